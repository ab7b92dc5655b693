#include "lab/score/scorer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "finding/explain.h"
#include "intake/trace.h"
#include "lab/people/personas.h"

namespace postreeve::lab {
namespace {

// What a story shows is at most this old.
constexpr std::chrono::hours kRecent{24};
constexpr std::size_t kMostOfATrail = 60;
constexpr std::uint32_t kNobody = 0xffffffff;

}  // namespace

Scorer::Scorer(const Policy& policy, const Locator& locator, const ScorerOptions& options)
    : options_(options), engine_(policy, locator, HashKey{}, accounts_, counters_), door_(engine_) {
  mail_.resize(all_personas().size());
  alarms_.resize(all_personas().size());
  trails_.resize(options_.watched.size());
}

void Scorer::enter(World& world) {
  world_ = &world;
  states_.resize(world.accounts().size());
}

AttackScore& Scorer::attack_of(std::int32_t number) {
  const auto n = static_cast<std::size_t>(number);
  if (attacks_.size() <= n) attacks_.resize(world_->attacks().size());
  return attacks_[n];
}

MailScore& Scorer::mail_of(std::uint32_t account) {
  const Account& who = world_->accounts()[account];
  return who.attack >= 0 ? victims_mail_ : mail_[who.persona];
}

void Scorer::observe(const Event& event, Doer doer) {
  engine_.observe(event, observation_);
  note(event, observation_, doer);
}

std::span<const Fate> Scorer::submit(const Submission& submission, Doer doer) {
  const bool restricted = is_restriction(states_[doer.account].level);
  const auto fates = door_.submit(submission, [&](const Event& event, const Observation& observation) {
    note(event, observation, doer);
  });
  if (doer.hostile()) {
    score_attack(submission, doer, fates, restricted);
  } else {
    score_mail(doer, fates);
  }
  return fates;
}

void Scorer::note(const Event& event, const Observation& observation, Doer doer) {
  if (doer.account == kNobody) return;
  if (doer.hostile()) {
    AttackScore& attack = attack_of(doer.attack);
    if (!attack.first_event) attack.first_event = time_of(event);
  }
  AccountState& state = states_[doer.account];
  if (!observation.verdict.evidence.empty()) remember(state, observation.verdict.evidence, time_of(event));
  if (!options_.watched.empty()) tell(event, observation, doer);
  if (observation.change) note_change(*observation.change, doer);
}

void Scorer::remember(AccountState& state, const EvidenceList& evidence, Timestamp time) {
  for (const Evidence& e : evidence) {
    if (e.nats < 0.5F) continue;
    const DetectorId detector = detector_of(e.reason);
    const auto same = std::ranges::find(state.remembered, detector, &Remembered::detector);
    if (same == state.remembered.end()) {
      state.remembered.push_back({detector, e, time});
    } else if (e.nats >= same->evidence.nats || time - same->time > kRecent) {
      *same = {detector, e, time};
    }
  }
}

void Scorer::note_change(const StandingChange& change, Doer doer) {
  AccountState& state = states_[doer.account];
  state.level = change.after.level;
  if (change.opens_incident) {
    ++incidents_;
    const bool clean = world_->accounts()[doer.account].attack < 0;
    if (clean && std::exchange(state.had_incident, true)) ++repeated_alarms_;
    world_->report_incident(doer.account);
  }
  if (!is_restriction(change.after.level) || change.observed_only) return;
  const std::int32_t attack = world_->accounts()[doer.account].attack;
  if (attack < 0) return count_alarm(doer.account, state, change);
  if (change.time < world_->attacks()[static_cast<std::size_t>(attack)].begins) return;
  AttackScore& score = attack_of(attack);
  score.worst = std::max(score.worst, change.after.level);
  if (!score.contained) score.contained = change.time;
}

void Scorer::count_alarm(std::uint32_t account, AccountState& state, const StandingChange& change) {
  const auto day = (change.time - world_->start()) / std::chrono::days{1};
  if (day < options_.warm_up_days) return;
  const auto month = static_cast<std::uint16_t>(day / 30);
  AlarmScore& score = alarms_[world_->accounts()[account].persona];
  const auto slot = [&](Level level) -> std::uint64_t& {
    return level == Level::kSuspended ? score.suspended : level == Level::kHeld ? score.held : score.slowed;
  };
  if (state.month == month) {
    if (change.after.level <= state.counted) return;
    --slot(state.counted);
  } else {
    state.month = month;
    note_false_alarm(account, change);
  }
  state.counted = change.after.level;
  ++slot(state.counted);
}

void Scorer::note_false_alarm(std::uint32_t account, const StandingChange& change) {
  AccountState& state = states_[account];
  AlarmScore& score = alarms_[world_->accounts()[account].persona];
  if (world_->listed(change.time)) ++alarms_while_listed_;
  std::erase_if(state.remembered, [&](const Remembered& r) { return change.time - r.time > kRecent; });
  std::ranges::sort(state.remembered,
                    [](const auto& a, const auto& b) { return a.evidence.nats > b.evidence.nats; });
  for (const Remembered& r : state.remembered) {
    if (r.evidence.nats >= 1) ++score.by_detector[static_cast<std::size_t>(r.detector)];
  }
  if (false_alarms_.size() >= options_.show_false_alarms) return;
  FalseAlarm alarm{.account = account, .change = change, .sentences = {}};
  for (const Remembered& r : state.remembered) {
    alarm.sentences.push_back(fmt::format("{}  {:+.1f} {}: {}", format_rfc3339(r.time), r.evidence.nats,
                                          to_text(r.detector), explain(r.evidence)));
  }
  false_alarms_.push_back(std::move(alarm));
}

void Scorer::tell(const Event& event, const Observation& observation, Doer doer) {
  const auto found = std::ranges::find(options_.watched, doer.account, &ScorerOptions::Watched::account);
  if (found == options_.watched.end() || time_of(event) > found->until) return;
  const Verdict& verdict = observation.verdict;
  std::string line = fmt::format("{:+6.1f} {:9} {:6} {}", verdict.risk, to_text(verdict.standing.level),
                                 to_text(verdict.action), write_trace_line(event));
  for (const Evidence& e : verdict.evidence) {
    if (e.nats >= 0.5F) line += fmt::format("\n           {:+.1f} {}", e.nats, explain(e));
  }
  std::deque<std::string>& trail = trails_[static_cast<std::size_t>(found - options_.watched.begin())];
  trail.push_back(std::move(line));
  if (trail.size() > kMostOfATrail) trail.pop_front();
}

void Scorer::score_attack(const Submission& submission, Doer doer, std::span<const Fate> fates,
                          bool restricted_before) {
  AttackScore& score = attack_of(doer.attack);
  const auto out = static_cast<std::uint32_t>(std::ranges::count(fates, Fate::kOut));
  if (!score.first_message) {
    score.first_message = submission.time;
    score.before_first_message = out == 0 || restricted_before;
  }
  ++score.messages_tried;
  score.messages_leaked += out > 0 ? 1 : 0;
  score.recipients_tried += static_cast<std::uint32_t>(fates.size());
  score.recipients_leaked += out;
  if (out < fates.size() && !score.contained) score.contained = submission.time;
}

void Scorer::score_mail(Doer doer, std::span<const Fate> fates) {
  MailScore& score = mail_of(doer.account);
  const auto any = [&](Fate fate) { return std::ranges::find(fates, fate) != fates.end(); };
  if (any(Fate::kHeld)) ++score.held;
  if (doer.is_retry) return;
  ++score.messages;
  if (any(Fate::kDeferred)) ++score.deferred;
  if (any(Fate::kRejected)) ++score.rejected;
}

void Scorer::honest_delay(std::uint32_t account, Duration delay) {
  MailScore& score = mail_of(account);
  ++score.delayed;
  score.delay_seconds += static_cast<double>(delay.count()) / 1000;
}

void Scorer::honest_loss(std::uint32_t account) {
  ++mail_of(account).lost;
}

}  // namespace postreeve::lab
