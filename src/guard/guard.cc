#include "guard/guard.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <future>
#include <iterator>
#include <mutex>
#include <utility>
#include <variant>

#include "finding/explain.h"
#include "guard/event_words.h"
#include "guard/standing_entries.h"

namespace postreeve {
namespace {

// Where judging failed, and failing is closed.
constexpr Reply kFailureReply = Reply::kFlood;

// What a rule of people refuses: logins and mail, for good, since only people change it.
constexpr Action kRuleAction = Action::kReject;

void set_time(Event& event, Timestamp time) {
  std::visit([time](auto& e) { e.time = time; }, event);
}

// Restrictions and what ends them; that an account is watched is only logged.
bool is_for_the_ledger(const StandingChange& change) {
  const auto matters = [](Level level) { return is_restriction(level) || level == Level::kRecovering; };
  return change.observed_only || matters(change.before.level) || matters(change.after.level);
}

}  // namespace

std::string_view to_text(Mode mode) noexcept {
  return mode == Mode::kObserve ? "observe" : "enforce";
}

// The engine with the rules that it was made of: swapped as one.
struct Judging {
  Judging(std::shared_ptr<const Rules> r, const Guard::Parts& parts)
      : rules(std::move(r)),
        engine(rules->policy(), rules->locator(), parts.key, parts.accounts, parts.counters) {}

  std::shared_ptr<const Rules> rules;
  Engine engine;
};

struct Guard::Impl {
  Impl(Parts p, std::shared_ptr<const Rules> rules, Mode m)
      : parts(std::move(p)), mode(m), judging(std::make_shared<Judging>(std::move(rules), parts)) {}

  std::shared_ptr<Judging> current() const {
    const std::scoped_lock lock(judging_mutex);
    return judging;
  }

  Answer answer_failure(const char* what) const;
  std::optional<Answer> answer_seen(std::uint64_t key, Door door, Timestamp now);
  Answer answer(const Observation& observation, Action action, Action would) const;
  // Somebody waits for the answer; nobody does: it has happened, whatever is found.
  enum class Use : std::uint8_t { kAnswered, kTold };
  // Judges one step; returns what the mail server is told and, in `change`, what the ledger must know first.
  Answer step(Judging& judging, const Event& event, Door door, Use use, Observation& observation);
  void note_message(Judging& judging, Submission message, Door door);
  void record(const Judging& judging, const Event& event, const Observation& observation,
              LedgerDatabase::Committed done);
  void record(StandingEntry entry, LedgerDatabase::Committed done);
  void keep_for_later(StandingEntry entry);
  void write_what_was_kept();
  void wait_for_the_ledger();
  void end_expired();
  Result<StandingChange> wait_for(StandingEntry entry);
  void tell(const Event& event, const Observation& observation, Door door, Action action,
            std::string_view rule, std::int64_t nanoseconds) const;

  Parts parts;
  std::atomic<Mode> mode;
  mutable std::mutex judging_mutex;
  std::shared_ptr<Judging> judging;
  Sightings sightings;
  std::vector<DecisionWatcher*> watchers;
  std::mutex ledger_mutex;
  std::condition_variable all_answered;
  std::size_t under_way = 0;       // handed to the ledger and not yet answered
  std::deque<StandingEntry> kept;  // changes that the disk did not take
};

std::optional<Answer> Guard::Impl::answer_seen(std::uint64_t key, Door door, Timestamp now) {
  if (!parts.several_doors || key == 0) return std::nullopt;
  const std::optional<Sightings::Seen> seen = sightings.take(key, door, now);
  if (!seen) return std::nullopt;
  Answer answer;
  answer.action = answer.would = seen->action;
  answer.reply = seen->reply;
  return answer;
}

Answer Guard::Impl::answer_failure(const char* what) const {
  if (parts.failed) parts.failed(what);
  Answer answer;
  if (!parts.fails_closed || mode.load(std::memory_order_relaxed) == Mode::kObserve) return answer;
  answer.action = answer.would = Action::kDefer;
  answer.reply = kFailureReply;
  return answer;
}

Answer Guard::Impl::answer(const Observation& observation, Action action, Action would) const {
  const Verdict& verdict = observation.verdict;
  Answer answer{.action = action,
                .reply = action == Action::kAccept ? Reply::kNone : verdict.reply,
                .would = would,
                .level = verdict.standing.level,
                .risk = verdict.risk,
                .incident = verdict.standing.incident,
                .reason = {},
                .holds_message = false};
  const Evidence* best = would == Action::kAccept ? nullptr : weightiest(verdict.evidence);
  if (best != nullptr) answer.reason = explain(*best);
  return answer;
}

Answer Guard::Impl::step(Judging& now, const Event& event, Door door, Use use, Observation& observation) {
  const auto begin = std::chrono::steady_clock::now();
  const Ruling ruling = now.rules->ruling_on(event);
  const bool is_enforced = mode.load(std::memory_order_relaxed) == Mode::kEnforce;
  Action would = kRuleAction;
  if (ruling.kind == Ruling::Kind::kRefused) {
    reset(observation);
    observation.verdict.action = would;
    observation.verdict.reply = Reply::kPolicy;
  } else {
    now.engine.observe(event, observation);
    would = ruling.kind == Ruling::Kind::kAllowed ? Action::kAccept : observation.verdict.action;
  }
  const Action action = is_enforced && use == Use::kAnswered ? would : Action::kAccept;
  Answer result = answer(observation, action, would);
  if (ruling.kind == Ruling::Kind::kRefused) result.reason = ruling.rule;
  // Whom a repeated step is of is not worked out again; a hold loses nothing.
  const bool is_covered = observation.verdict.in_scope || observation.repeated;
  result.holds_message = is_enforced && ruling.kind == Ruling::Kind::kNone && is_covered &&
                         std::holds_alternative<Recipient>(event) && result.level == Level::kHeld;
  const auto took = std::chrono::steady_clock::now() - begin;
  tell(event, observation, door, action, ruling.rule, std::chrono::nanoseconds(took).count());
  return result;
}

void Guard::Impl::tell(const Event& event, const Observation& observation, Door door, Action action,
                       std::string_view rule, std::int64_t nanoseconds) const {
  const bool is_observed = mode.load(std::memory_order_relaxed) == Mode::kObserve;
  const Decided decided{event, observation, door, action, is_observed, rule, nanoseconds};
  for (DecisionWatcher* watcher : watchers) watcher->saw(decided);
}

void Guard::Impl::record(const Judging& now, const Event& event, const Observation& observation,
                         LedgerDatabase::Committed done) {
  StandingEntry entry =
      standing_entry(event, observation, now.engine.key_of(account_of(event)), now.rules->policy());
  entry.is_observed |= mode.load(std::memory_order_relaxed) == Mode::kObserve;
  record(std::move(entry), std::move(done));
}

// A restriction holds although the disk is full: it is written as soon as there is room.
void Guard::Impl::record(StandingEntry entry, LedgerDatabase::Committed done) {
  {
    const std::scoped_lock lock(ledger_mutex);
    ++under_way;
  }
  if (parts.respond && entry.actions.empty()) entry.actions = parts.respond(entry);
  auto settle = [this, entry, done = std::move(done)](const Result<void>& written) mutable {
    // What time brings about is found again, and what is no entry never becomes one.
    const bool has_actions = !entry.actions.empty();
    const bool is_worth_it =
        !written && !entry.ends_stored && written.error().code != ErrorCode::kInvalidInput;
    if (is_worth_it) keep_for_later(std::move(entry));
    done(written);
    if (written && has_actions && parts.actions_recorded) parts.actions_recorded();
    const std::scoped_lock lock(ledger_mutex);
    if (--under_way == 0) all_answered.notify_all();
  };
  parts.incidents.record(std::move(entry), std::move(settle));
}

void Guard::Impl::keep_for_later(StandingEntry entry) {
  constexpr std::size_t kMostKept = 100'000;
  const std::scoped_lock lock(ledger_mutex);
  if (kept.size() < kMostKept) kept.push_back(std::move(entry));
}

// One first: a disk that is full is not asked a thousand times a second.
void Guard::Impl::write_what_was_kept() {
  std::deque<StandingEntry> entries;
  {
    const std::scoped_lock lock(ledger_mutex);
    if (kept.empty()) return;
    entries.swap(kept);
  }
  if (!wait_for(std::move(entries.front()))) {
    const std::scoped_lock lock(ledger_mutex);
    kept.insert(kept.begin(), std::next(entries.begin()), entries.end());
    return;
  }
  entries.pop_front();
  for (StandingEntry& entry : entries) record(std::move(entry), [](const Result<void>&) {});
}

void Guard::Impl::wait_for_the_ledger() {
  std::unique_lock lock(ledger_mutex);
  all_answered.wait(lock, [this] { return under_way == 0; });
}

// The record notices that a standing is over when its account is next seen; the ledger would wait for that.
void Guard::Impl::end_expired() {
  const Result<std::vector<StandingRow>> rows = parts.incidents.standings();
  if (!rows) return;
  const Timestamp now = parts.clock();
  for (const StandingRow& row : *rows) {
    const std::uint32_t until = row.standing.until;
    if (until == 0 || from_seconds32(until) > now) continue;
    record(ended_entry(row, from_seconds32(until)), [](const Result<void>&) {});
  }
}

Result<StandingChange> Guard::Impl::wait_for(StandingEntry entry) {
  const StandingChange change = entry.change;
  std::promise<Result<void>> promise;
  std::future<Result<void>> written = promise.get_future();
  record(std::move(entry), [&promise](const Result<void>& result) { promise.set_value(result); });
  const Result<void> result = written.get();
  if (result) return change;
  return fail(
      result.error().code,
      "it is in effect, but a restart would forget it; writing is tried again: " + result.error().detail);
}

Guard::Guard(Parts parts, std::shared_ptr<const Rules> rules, Mode mode)
    : impl_(std::make_unique<Impl>(std::move(parts), std::move(rules), mode)) {}
Guard::~Guard() {
  impl_->wait_for_the_ledger();
}

Result<void> Guard::restore() {
  const auto judging = impl_->current();
  const IncidentBook& incidents = impl_->parts.incidents;
  for (const auto& rows : {incidents.standings(), incidents.lifted()}) {
    if (!rows) return fail(rows.error());
    for (const StandingRow& row : *rows) judging->engine.restore(row.key, row.standing);
  }
  return {};
}

void Guard::tend() {
  impl_->write_what_was_kept();
  impl_->end_expired();
}

void Guard::wait_for_the_ledger() {
  impl_->wait_for_the_ledger();
}

std::size_t Guard::unwritten() const {
  const std::scoped_lock lock(impl_->ledger_mutex);
  return impl_->kept.size();
}

void Guard::judge(Event event, Door door, Done done) {
  if (account_of(event).empty()) {
    done(Answer{});
    return;
  }
  const Timestamp time = now();
  set_time(event, time);
  const std::uint64_t key = impl_->parts.several_doors ? Sightings::key_of(event) : 0;
  if (const std::optional<Answer> seen = impl_->answer_seen(key, door, time)) {
    done(*seen);
    return;
  }
  const auto judging = impl_->current();
  Observation observation;
  Answer answer;
  try {
    answer = impl_->step(*judging, event, door, Impl::Use::kAnswered, observation);
  } catch (const std::exception& failure) {
    done(impl_->answer_failure(failure.what()));
    return;
  }
  if (key != 0 && !observation.repeated) impl_->sightings.add(key, door, {answer.action, answer.reply}, time);
  if (!observation.change || !is_for_the_ledger(*observation.change)) {
    done(answer);
    return;
  }
  impl_->record(
      *judging, event, observation,
      [answer = std::move(answer), done = std::move(done)](const Result<void>&) mutable { done(answer); });
}

void Guard::note(Event event, Door door) {
  if (account_of(event).empty()) return;
  set_time(event, std::min(time_of(event), now()));
  const auto judging = impl_->current();
  if (auto* message = std::get_if<Submission>(&event)) {
    impl_->note_message(*judging, std::move(*message), door);
    return;
  }
  if (impl_->answer_seen(Sightings::key_of(event), door, now())) return;
  Observation observation;
  (void)impl_->step(*judging, event, door, Impl::Use::kTold, observation);
  if (observation.change && is_for_the_ledger(*observation.change))
    impl_->record(*judging, event, observation, [](const Result<void>&) {});
}

// A message as a log tells of it: what gates saw of it is not counted again.
void Guard::Impl::note_message(Judging& now, Submission message, Door door) {
  const Timestamp time = parts.clock();
  if (answer_seen(Sightings::key_of(message), door, time)) return;
  Event event = Recipient{.time = message.time,
                          .account = message.account,
                          .session = message.session,
                          .transaction = message.queue_id,
                          .sender = message.sender,
                          .recipient = {}};
  Observation observation;
  const auto observe = [&](const Event& step) {
    (void)this->step(now, step, door, Use::kTold, observation);
    if (observation.change && is_for_the_ledger(*observation.change))
      record(now, step, observation, [](const Result<void>&) {});
  };
  for (const std::string& recipient : message.recipients) {
    std::get<Recipient>(event).recipient = recipient;
    if (!answer_seen(Sightings::key_of(event), door, time)) observe(event);
  }
  message.recipient_count =
      std::max(message.recipient_count, static_cast<std::uint32_t>(message.recipients.size()));
  observe(Event(std::move(message)));
}

Standing Guard::standing_of(const AccountId& account) const {
  return impl_->current()->engine.standing_of(account, now());
}

Result<StandingChange> Guard::order(const AccountId& account, Level level, const std::string& author,
                                    const std::string& reason) {
  const auto judging = impl_->current();
  Observation observation;
  judging->engine.order(account, level, now(), observation);
  if (!observation.change) return fail(ErrorCode::kConflict, "the account's standing is that already");
  StandingEntry entry = order_entry({account, judging->engine.key_of(account), author, reason},
                                    *observation.change, judging->rules->policy());
  return impl_->wait_for(std::move(entry));
}

Result<StandingChange> Guard::settle(const AccountId& account, bool confirmed, const std::string& author,
                                     const std::string& reason) {
  const auto judging = impl_->current();
  const Event event = Judgement{
      .time = now(), .account = account, .confirmed = confirmed, .person = author, .reason = reason};
  Observation observation;
  judging->engine.observe(event, observation);
  if (!observation.change) {
    StandingChange none;
    none.before = none.after = observation.verdict.standing;
    return none;
  }
  StandingEntry entry = order_entry({account, judging->engine.key_of(account), author, reason},
                                    *observation.change, judging->rules->policy());
  return impl_->wait_for(std::move(entry));
}

void Guard::set_rules(std::shared_ptr<const Rules> rules) {
  auto judging = std::make_shared<Judging>(std::move(rules), impl_->parts);
  const std::scoped_lock lock(impl_->judging_mutex);
  impl_->judging = std::move(judging);
}

std::shared_ptr<const Rules> Guard::rules() const {
  return impl_->current()->rules;
}

void Guard::set_mode(Mode mode) {
  impl_->mode = mode;
}
Mode Guard::mode() const {
  return impl_->mode;
}

void Guard::add_watcher(DecisionWatcher& watcher) {
  impl_->watchers.push_back(&watcher);
}

Timestamp Guard::now() const {
  return impl_->parts.clock();
}

Hash128 Guard::key_of(const AccountId& account) const {
  return impl_->current()->engine.key_of(account);
}

}  // namespace postreeve
