#include "guard/guard.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <utility>
#include <variant>

#include "finding/explain.h"
#include "guard/event_words.h"
#include "guard/incident_keeper.h"
#include "guard/ledger_standings.h"
#include "guard/standing_entries.h"
#include "guard/standing_writer.h"

namespace postreeve {
namespace {

// What a rule of people refuses: logins and mail, for good, since only people change it.
constexpr Action kRuleAction = Action::kReject;

// A standing that goes on is told so long before it would be over in the ledger: some turns of tend().
constexpr std::chrono::seconds kBeforeItEnds{5};
// The turn of a node whose own records say that it goes on since a moment ago, and a commit.
constexpr std::chrono::seconds kForOtherNodes{2};

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
      : parts(std::move(p)),
        mode(m),
        judging(std::make_shared<Judging>(std::move(rules), parts)),
        diversion(parts.diversion),
        ledger_standings(parts.incidents, parts.shares_ledger),
        writer(parts.incidents, {parts.respond, parts.actions_recorded, parts.failed}),
        incident_keeper(writer) {}

  std::shared_ptr<Judging> current() const {
    const std::scoped_lock lock(judging_mutex);
    return judging;
  }

  // Answers exactly once: as it is told to, or as failures are answered when it goes without.
  class Answering {
   public:
    Answering(const Impl& guard, Done done) : guard_(guard), done_(std::move(done)) {}
    Answering(Answering&& other) noexcept
        : guard_(other.guard_), done_(std::exchange(other.done_, nullptr)) {}
    Answering(const Answering&) = delete;
    Answering& operator=(const Answering&) = delete;
    ~Answering() {
      if (done_) answer(guard_.answer_failure("it was not answered"));
    }
    void answer(const Answer& answer) {
      Done done = std::exchange(done_, nullptr);
      guard_.caught([&] { done(answer); });
    }

   private:
    const Impl& guard_;
    Done done_;
  };

  // For what must not undo what was decided: telling others.
  template <typename Call>
  void caught(Call call) const {
    try {
      call();
    } catch (const std::exception& failure) {
      if (parts.failed) parts.failed(failure.what());
    }
  }

  void judge(Event event, Door door, Answering answering);
  Answer answer_failure(const char* what) const;
  std::optional<Answer> answer_seen(std::uint64_t key, Door door, Timestamp now);
  void remember_told(const Event& event, Door door, const Observation& observation, Action would);
  Answer answer(const Observation& observation, Action action, Action would) const;
  // Somebody waits for the answer; nobody does: it has happened, whatever is found.
  enum class Use : std::uint8_t { kAnswered, kTold };
  // Judges one step; returns what the mail server is told and, in `change`, what the ledger must know first.
  // What it throws leaves a change in `observation` that is in the record and has to be recorded.
  Answer step(Judging& judging, const Event& event, Door door, Use use, Observation& observation);
  void note(Event event, Door door);
  void note_step(Judging& judging, const Event& event, Door door, Observation& observation);
  void note_message(Judging& judging, Submission message, Door door);
  void record(const Judging& judging, const Event& event, const Observation& observation,
              LedgerDatabase::Committed done);
  [[nodiscard]] bool others_have_records() const { return parts.shares_ledger && !parts.shares_records; }
  void look_at_standings(bool changes_standings);
  bool goes_on(const StandingRow& row, Timestamp now);
  void end(const StandingRow& row);
  void enforce(const StandingRow& row);
  void tell(const Decided& decided) const;

  Parts parts;
  std::atomic<Mode> mode;
  mutable std::mutex judging_mutex;
  std::shared_ptr<Judging> judging;
  Diversion diversion;
  LedgerStandings ledger_standings;
  Sightings sightings;
  std::vector<DecisionWatcher*> watchers;
  StandingWriter writer;  // ends before what is above, by which whoever waits for the ledger is answered
  IncidentKeeper incident_keeper;
};

std::optional<Answer> Guard::Impl::answer_seen(std::uint64_t key, Door door, Timestamp now) {
  if (!parts.several_doors || key == 0) return std::nullopt;
  const std::optional<Sightings::Seen> seen = sightings.take(key, door, now);
  if (!seen) return std::nullopt;
  // A mail server asks before it logs: what only the log saw was another message, or the way of one that no
  // gate stands in.
  if (seen->by == Door::kLog && (door == Door::kPostfixPolicy || door == Door::kMilter)) return std::nullopt;
  Answer answer;
  answer.action = answer.would = seen->action;
  answer.reply = seen->reply;
  // It goes its other way already; a milter could only hold it.
  if (seen->action == Action::kDivert && seen->by == Door::kPostfixPolicy && door == Door::kMilter)
    answer.action = answer.would = Action::kAccept;
  return answer;
}

// Whoever is asked about it later answers as would have been answered here.
void Guard::Impl::remember_told(const Event& event, Door door, const Observation& observation, Action would) {
  const std::uint64_t key = parts.several_doors && !observation.repeated ? Sightings::key_of(event) : 0;
  if (key == 0) return;
  const bool is_enforced = mode.load(std::memory_order_relaxed) == Mode::kEnforce;
  Sightings::Seen seen{.action = is_enforced ? would : Action::kAccept, .reply = Reply::kNone, .by = door};
  if (seen.action != Action::kAccept) seen.reply = observation.verdict.reply;
  sightings.add(key, door, seen, time_of(event));
}

Answer Guard::Impl::answer_failure(const char* what) const {
  if (parts.failed) parts.failed(what);
  Answer answer;
  if (!parts.fails_closed || mode.load(std::memory_order_relaxed) == Mode::kObserve) return answer;
  answer.action = answer.would = Action::kDefer;
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
  reset(observation);
  if (ruling.kind == Ruling::Kind::kRefused) {
    observation.verdict.action = would;
    observation.verdict.reply = Reply::kPolicy;
  } else {
    now.engine.observe(event, observation, ruling.trust);
    would = ruling.kind == Ruling::Kind::kAllowed ? Action::kAccept : observation.verdict.action;
    if (would == Action::kAccept && ruling.kind == Ruling::Kind::kNone && use == Use::kAnswered)
      would = diversion.action_for(event, observation, now.engine.key_of(account_of(event)));
    if (!observation.change && !observation.repeated && is_restriction(observation.verdict.standing.level))
      incident_keeper.saw({.account = account_of(event),
                           .key = now.engine.key_of(account_of(event)),
                           .standing = observation.verdict.standing,
                           .is_observed = !is_enforced},
                          now.rules->policy(), parts.clock());
  }
  const Action action = is_enforced && use == Use::kAnswered ? would : Action::kAccept;
  Answer result = answer(observation, action, would);
  if (ruling.kind == Ruling::Kind::kRefused) result.reason = ruling.rule;
  // Whom a repeated step is of is not worked out again; a hold loses nothing.
  const Level in_force = observation.repeated ? result.level : observation.verdict.in_force;
  result.holds_message = is_enforced && ruling.kind == Ruling::Kind::kNone && in_force == Level::kHeld &&
                         std::holds_alternative<Recipient>(event);
  const auto took = std::chrono::steady_clock::now() - begin;
  tell({.event = event,
        .observation = observation,
        .door = door,
        .action = action,
        .would = would,
        .is_observed = !is_enforced,
        .is_by_web_server = is_by_web_server(event, now.rules->policy()),
        .rule = ruling.rule,
        .nanoseconds = std::chrono::nanoseconds(took).count()});
  return result;
}

void Guard::Impl::tell(const Decided& decided) const {
  for (DecisionWatcher* watcher : watchers) caught([&] { watcher->saw(decided); });
}

void Guard::Impl::record(const Judging& now, const Event& event, const Observation& observation,
                         LedgerDatabase::Committed done) {
  StandingEntry entry =
      standing_entry(event, observation, now.engine.key_of(account_of(event)), now.rules->policy());
  entry.is_observed |= mode.load(std::memory_order_relaxed) == Mode::kObserve;
  writer.write(std::move(entry), std::move(done));
}

void Guard::Impl::look_at_standings(bool changes_standings) {
  const Result<std::vector<StandingRow>> rows = parts.incidents.standings();
  if (!rows) return;
  const Timestamp now = parts.clock();
  const bool is_enforced = mode.load(std::memory_order_relaxed) == Mode::kEnforce;
  for (const StandingRow& row : *rows) {
    const auto ended_by = [&](Timestamp time) {
      return row.standing.until != 0 && from_seconds32(row.standing.until) <= time;
    };
    if (ended_by(now + kBeforeItEnds) && goes_on(row, now)) continue;
    if (!changes_standings) continue;
    if (ended_by(now)) {
      if (!others_have_records() || ended_by(now - kForOtherNodes)) end(row);
    } else if (is_enforced && row.is_observed && is_restriction(row.standing.level)) {
      enforce(row);
    }
  }
}

// Its end moves in the record with what the thief does, and nobody is told of that. Where the ledger said
// that it is over, other nodes would let him out, and what was done outside would be undone.
bool Guard::Impl::goes_on(const StandingRow& row, Timestamp now) {
  const Standing recorded = current()->engine.standing_of(row.account, now);
  if (!holds_beyond(recorded, row.standing)) return false;
  writer.write(found_entry(row, recorded, row.is_observed, now));
  return true;
}

// The record notices that a standing is over when its account is next seen; the ledger would wait for that.
void Guard::Impl::end(const StandingRow& row) {
  writer.write(ended_entry(row, from_seconds32(row.standing.until)));
}

// Gates enforce it since the mode changed; what is done outside the mail path follows.
void Guard::Impl::enforce(const StandingRow& row) {
  const Result<IncidentRow> incident = parts.incidents.get(row.standing.incident);
  writer.write(enforced_entry(row, incident.value_or(IncidentRow{}), parts.clock()));
}

Guard::Guard(Parts parts, std::shared_ptr<const Rules> rules, Mode mode)
    : impl_(std::make_unique<Impl>(std::move(parts), std::move(rules), mode)) {}
Guard::~Guard() = default;

Result<void> Guard::restore(const std::stop_token& stop) {
  const auto judging = impl_->current();
  const IncidentBook& incidents = impl_->parts.incidents;
  for (const auto& rows : {incidents.standings(), incidents.lifted()}) {
    if (!rows) return fail(rows.error());
    for (const StandingRow& row : *rows) {
      if (stop.stop_requested()) return {};
      if (impl_->parts.shares_records) {
        adopt({&row, 1});
      } else {
        judging->engine.restore(row.key, row.standing);
      }
    }
  }
  return {};
}

void Guard::adopt(std::span<const StandingRow> rows) {
  impl_->ledger_standings.apply(impl_->current()->engine, rows, now());
}

void Guard::tend(bool changes_standings) {
  impl_->writer.write_what_was_kept();
  impl_->ledger_standings.look_again(impl_->current()->engine, now());
  impl_->incident_keeper.look_again(impl_->parts.incidents, now());
  if (changes_standings || impl_->others_have_records()) impl_->look_at_standings(changes_standings);
}

void Guard::wait_for_the_ledger() {
  impl_->writer.wait_until_answered();
}

std::size_t Guard::unwritten() const {
  return impl_->writer.unwritten();
}

std::string Guard::sightings() const {
  return impl_->sightings.saved(impl_->parts.clock());
}

bool Guard::restore_sightings(std::string_view bytes) {
  return impl_->sightings.restore(bytes);
}

void Guard::judge(Event event, Door door, Done done) {
  if (account_of(event).empty()) {
    done(Answer{});
    return;
  }
  set_time(event, now());
  if (impl_->parts.threads == nullptr) {
    impl_->judge(std::move(event), door, {*impl_, std::move(done)});
    return;
  }
  // Shared, so that whoever is not taken is told why.
  auto answering = std::make_shared<Impl::Answering>(*impl_, std::move(done));
  JudgingThreads::Job job = [impl = impl_.get(), event = std::move(event), door, answering]() mutable {
    impl->caught([&] { impl->judge(std::move(event), door, std::move(*answering)); });
  };
  if (!impl_->parts.threads->take(job))
    answering->answer(impl_->answer_failure("too many wait to be judged"));
}

void Guard::Impl::judge(Event event, Door door, Answering answering) {
  const Timestamp time = time_of(event);
  const std::uint64_t key = parts.several_doors ? Sightings::key_of(event) : 0;
  if (const std::optional<Answer> seen = answer_seen(key, door, time)) {
    if (parts.seen_again) caught([&] { parts.seen_again(event); });
    answering.answer(*seen);
    return;
  }
  const auto rules_now = current();
  Observation observation;
  Answer answer;
  try {
    answer = step(*rules_now, event, door, Use::kAnswered, observation);
    if (key != 0 && !observation.repeated)
      sightings.add(key, door, {answer.action, answer.reply, door}, time);
  } catch (const std::exception& failure) {
    answer = answer_failure(failure.what());
  }
  if (!observation.change || !is_for_the_ledger(*observation.change)) {
    answering.answer(answer);
    return;
  }
  caught([&] {
    record(*rules_now, event, observation,
           [answer = std::move(answer), answering = std::move(answering)](const Result<void>&) mutable {
             answering.answer(answer);
           });
  });
}

Result<void> Guard::note(Event event, Door door) {
  if (account_of(event).empty()) return {};
  set_time(event, std::min(time_of(event), now()));
  try {
    impl_->note(std::move(event), door);
  } catch (const std::exception& failure) {
    if (impl_->parts.failed) impl_->parts.failed(failure.what());
    return fail(ErrorCode::kUnavailable, failure.what());
  }
  return {};
}

void Guard::Impl::note(Event event, Door door) {
  const auto judging_now = current();
  if (auto* message = std::get_if<Submission>(&event)) {
    note_message(*judging_now, std::move(*message), door);
    return;
  }
  if (answer_seen(Sightings::key_of(event), door, parts.clock())) return;
  Observation observation;
  note_step(*judging_now, event, door, observation);
}

void Guard::Impl::note_step(Judging& now, const Event& event, Door door, Observation& observation) {
  const auto record_change = [&] {
    if (observation.change && is_for_the_ledger(*observation.change))
      record(now, event, observation, [](const Result<void>&) {});
  };
  try {
    const Answer answer = step(now, event, door, Use::kTold, observation);
    remember_told(event, door, observation, answer.would);
  } catch (...) {
    record_change();
    throw;
  }
  record_change();
}

// A message as somebody tells of it afterwards: what was seen of it already is not counted again.
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
  for (const std::string& recipient : message.recipients) {
    std::get<Recipient>(event).recipient = recipient;
    if (!answer_seen(Sightings::key_of(event), door, time)) note_step(now, event, door, observation);
  }
  message.recipient_count =
      std::max(message.recipient_count, static_cast<std::uint32_t>(message.recipients.size()));
  note_step(now, Event(std::move(message)), door, observation);
}

Standing Guard::standing_of(const AccountId& account) const {
  return impl_->current()->engine.standing_of(account, now());
}

Fuse Guard::fuse() const {
  return impl_->current()->engine.fuse(now());
}

Result<StandingChange> Guard::order(const AccountId& account, Level level, const std::string& author,
                                    const std::string& reason) {
  const auto judging = impl_->current();
  impl_->ledger_standings.catch_up(judging->engine, account);
  Observation observation;
  judging->engine.order(account, level, now(), observation);
  if (!observation.change) return fail(ErrorCode::kConflict, "the account's standing is that already");
  StandingEntry entry = order_entry({account, judging->engine.key_of(account), author, reason},
                                    *observation.change, judging->rules->policy());
  entry.is_observed = mode() == Mode::kObserve;
  return impl_->writer.write_and_wait(std::move(entry));
}

Result<StandingChange> Guard::settle(const AccountId& account, IncidentJudgement judgement,
                                     const std::string& author, const std::string& reason) {
  const auto judging = impl_->current();
  const Event event = Judgement{.time = now(),
                                .account = account,
                                .confirmed = judgement.outcome == Outcome::kConfirmed,
                                .person = author,
                                .reason = reason};
  impl_->ledger_standings.catch_up(judging->engine, account);
  Observation observation;
  judging->engine.observe(event, observation);
  if (!observation.change) {
    StandingChange none;
    none.before = none.after = observation.verdict.standing;
    return none;
  }
  StandingEntry entry = order_entry({account, judging->engine.key_of(account), author, reason},
                                    *observation.change, judging->rules->policy());
  entry.is_observed = mode() == Mode::kObserve;
  entry.judgement = std::move(judgement);
  return impl_->writer.write_and_wait(std::move(entry));
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

bool Guard::knows_recipient(const AccountId& account, std::string_view recipient) const {
  return impl_->current()->engine.knows_recipient(account, recipient);
}

}  // namespace postreeve
