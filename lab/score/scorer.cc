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

Scorer::Scorer(Door& door, const ScorerOptions& options) : options_(options), door_(door) {
  mail_.resize(all_personas().size());
  trails_.resize(options_.watched.size());
}

Timestamp Scorer::counts_from() const {
  return world_->start() + std::chrono::days{options_.warm_up_days};
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
  const Judgement* judgement = std::get_if<Judgement>(&event);
  const bool clean = doer.account != kNobody && world_->accounts()[doer.account].attack < 0;
  if (judgement != nullptr && !judgement->confirmed && clean) {
    dismissals_.push_back({doer.account, judgement->time});
  }
  const Ruling& ruling = door_.observe(event);
  note(time_of(event), ruling, doer);
  if (!options_.watched.empty()) tell(event, ruling, doer);
}

std::span<const Fate> Scorer::submit(const Submission& submission, Doer doer) {
  const bool restricted = is_restriction(states_[doer.account].level);
  const Ruling& ruling = door_.submit(submission);
  note(submission.time, ruling, doer);
  if (!options_.watched.empty()) tell(submission, ruling, doer);
  if (doer.hostile()) {
    score_attack(submission, doer, ruling.fates, restricted);
  } else if (submission.time >= counts_from()) {
    score_mail(doer, ruling.fates);
  }
  return ruling.fates;
}

void Scorer::note(Timestamp time, const Ruling& ruling, Doer doer) {
  if (doer.account == kNobody) return;
  if (doer.hostile()) {
    AttackScore& attack = attack_of(doer.attack);
    if (!attack.first_event) attack.first_event = time;
  }
  if (!ruling.evidence.empty()) remember(states_[doer.account], ruling.evidence, time);
  for (const StandingChange& change : ruling.changes) note_change(change, doer);
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
  states_[doer.account].level = change.after.level;
  if (change.opens_incident) note_incident(change, doer);
  if (change.observed_only) ++observed_only_;
  if (!is_restriction(change.after.level) || change.observed_only) return;
  if (!is_restriction(change.before.level)) restrictions_.push_back(change.time);
  const std::int32_t attack = world_->accounts()[doer.account].attack;
  if (attack < 0) return raise_alarm(doer.account, change);
  if (change.time < world_->attacks()[static_cast<std::size_t>(attack)].begins) return;
  AttackScore& score = attack_of(attack);
  score.worst = std::max(score.worst, change.after.level);
  if (!score.contained) score.contained = change.time;
}

void Scorer::note_incident(const StandingChange& change, Doer doer) {
  world_->report_incident(doer.account);
  if (change.time < counts_from()) return;
  ++incidents_;
  if (world_->accounts()[doer.account].attack < 0) ++incidents_of_clean_;
}

void Scorer::raise_alarm(std::uint32_t account, const StandingChange& change) {
  const bool begins = !is_restriction(change.before.level);
  if (!begins && change.after.level <= change.before.level) return;
  AccountState& state = states_[account];
  std::erase_if(state.remembered, [&](const Remembered& r) { return change.time - r.time > kRecent; });
  Alarm alarm{.account = account, .time = change.time, .level = change.after.level, .begins = begins};
  for (const Remembered& r : state.remembered) {
    if (r.evidence.nats >= 1) alarm.detectors |= 1ULL << static_cast<unsigned>(r.detector);
  }
  alarms_.push_back(alarm);
  if (change.time >= counts_from()) keep_story(account, change);
}

void Scorer::keep_story(std::uint32_t account, const StandingChange& change) {
  if (false_alarms_.size() >= options_.show_false_alarms) return;
  if (std::ranges::find(false_alarms_, account, &FalseAlarm::account) != false_alarms_.end()) return;
  auto& remembered = states_[account].remembered;
  std::ranges::sort(remembered,
                    [](const auto& a, const auto& b) { return a.evidence.nats > b.evidence.nats; });
  FalseAlarm alarm{.account = account, .change = change, .sentences = {}};
  for (const Remembered& r : remembered) {
    alarm.sentences.push_back(fmt::format("{}  {:+.1f} {}: {}", format_rfc3339(r.time), r.evidence.nats,
                                          to_text(r.detector), explain(r.evidence)));
  }
  false_alarms_.push_back(std::move(alarm));
}

void Scorer::tell(const Event& event, const Ruling& ruling, Doer doer) {
  const auto found = std::ranges::find(options_.watched, doer.account, &ScorerOptions::Watched::account);
  if (found == options_.watched.end() || time_of(event) > found->until) return;
  const bool stopped = std::ranges::any_of(ruling.fates, [](Fate f) { return f != Fate::kOut; });
  std::string line = fmt::format("{:+6.1f} {:9} {} {}", ruling.risk, to_text(ruling.standing.level),
                                 std::holds_alternative<Submission>(event) && stopped ? "stopped" : "       ",
                                 write_trace_line(event));
  for (const Evidence& e : ruling.evidence) {
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
  if (world_->now() < counts_from()) return;
  MailScore& score = mail_of(account);
  ++score.delayed;
  const double seconds = static_cast<double>(delay.count()) / 1000;
  score.delay_seconds += seconds;
  delays_.push_back(static_cast<float>(seconds));
}

void Scorer::honest_loss(std::uint32_t account) {
  if (world_->now() >= counts_from()) ++mail_of(account).lost;
}

}  // namespace postreeve::lab
