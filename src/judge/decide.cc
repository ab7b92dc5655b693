#include "judge/decide.h"

#include <algorithm>

#include "detect/detectors.h"
#include "detect/strangeness.h"
#include "judge/ladder.h"
#include "judge/note.h"
#include "judge/side_for.h"
#include "judge/weights.h"

namespace postreeve {
namespace {

// Known recipients an hour that a slowed stranger may still write to: replies inside stolen
// threads and mail to the address book go to known recipients too.
constexpr std::uint32_t kSlowedKnownPerHour = 5;

// A side that has no activity yet looks like this.
const Activity& activity_of(const AccountRecord& record, Side side) {
  static const Activity kNone{};
  if (side != Side::kStranger) return record.owner;
  return record.stranger ? record.stranger->activity : kNone;
}

Scene scene_of(const AccountRecord& record, const Facts& facts, Side side) {
  const Activity& activity = activity_of(record, side);
  Scene scene{.kind = facts.kind,
              .time = facts.time,
              .record = record,
              .side = side,
              .activity = activity,
              .origin = facts.origin,
              .use = facts.use,
              .names_own_host = facts.names_own_host,
              .network = facts.network,
              .neighbours = facts.neighbours,
              .recipient = facts.recipient,
              .message = facts.message,
              .answer = facts.answer,
              .scan = facts.scan,
              .setting = facts.setting,
              .is_grave = facts.is_grave};
  const bool is_retry = facts.mail_key != 0 && record.recent.is_retry(facts.mail_key, facts.time);
  if (facts.kind == StepKind::kDelivery) {
    scene.answer.refused_today = record.owner.refused_day.count(facts.time);
    scene.answer.delivered_today = record.owner.delivered_day.count(facts.time);
  }
  if (facts.kind == StepKind::kRecipient) {
    const OpenTransaction& open = activity.transaction;
    const bool same = facts.transaction_key != 0 && open.key == facts.transaction_key;
    scene.recipient.in_message = same ? open.recipients + 1U : 1U;
    scene.recipient.is_known = record.profile.known_recipients.contains(facts.recipient.key);
    scene.recipient.is_retry = is_retry;
  }
  if (facts.kind == StepKind::kMessage) {
    scene.message.is_retry = is_retry;
    const OpenTransaction& open = activity.transaction;
    const bool same = facts.transaction_key != 0 && open.key == facts.transaction_key;
    // Of a message whose recipients nobody asked for, those of the day.
    scene.message.unknown_recipients = same ? open.unknown : activity.new_recipients_day.count(facts.time);
    const HabitTable<3>& senders = record.profile.senders;
    const auto is_habit = [&](std::uint32_t key) {
      const Habit* habit = senders.find(key);
      return habit != nullptr && habit->send_days >= kFamiliarSendDays;
    };
    const bool as_many = writes_as_many(record.profile);
    scene.message.pretends_often = is_habit(kPretenceKey);
    scene.message.sender_is_own = facts.message.sender_is_own || as_many || is_habit(facts.sender_key);
    scene.message.from_is_own = facts.message.from_is_own || as_many || is_habit(facts.header_from_key);
  }
  scene.strangeness = strangeness_of(scene);
  return scene;
}

// What the owner's established place said for him is not said of a place where nobody knows.
double odds_of(const AccountRecord& record, const Scene& scene, const RiskState& risk, const Ladder& ladder) {
  const double odds = risk_of(record, scene.activity, scene.time, ladder);
  if (scene.side != Side::kUnsettled || !scene.origin.known) return odds;
  return odds - std::min(0.0, static_cast<double>(risk.nats[static_cast<std::size_t>(Group::kOrigin)]));
}

// A login alone never blocks: what its place says stays below what slows, on probation as well.
float heaviest(const Evidence& evidence, Use use) {
  const bool is_place = group_of(evidence.reason) == Group::kOrigin;
  return is_place && use != Use::kSend ? kMostOfAGroup : kMaxNats;
}

// What a finding against the owner is worth at the scene's place. An unusual amount and recipients never
// written to are worth the less the less strange a stranger's place is: newsletters and circulars come from
// there, too.
float factor_at(const Scene& scene, Reason reason) {
  constexpr double kWhereNothingIsStrange = 0.75;
  const bool is_strangers = scene.side == Side::kStranger;
  const float factor = factor_of(reason, is_strangers);
  const Group group = group_of(reason);
  const bool is_amount = group == Group::kVolume || group == Group::kRecipients;
  if (!is_strangers || !is_amount) return factor;
  return factor * static_cast<float>(by_strangeness(scene, kWhereNothingIsStrange, 1));
}

// Weighs the scene; returns whether a finding was conclusive.
bool weigh(const Scene& scene, RiskState& risk, EvidenceList& evidence) {
  bool conclusive = false;
  for (const Detector& detector : all_detectors()) {
    std::optional<Evidence> found = detector.weigh(scene);
    if (!found) continue;
    if (found->nats > 0) {
      found->nats = std::min(found->nats * factor_at(scene, found->reason), heaviest(*found, scene.use));
    }
    evidence.add(*found);
    risk.add(*found);
    conclusive |= found->conclusive;
  }
  return conclusive;
}

bool in_scope(const Standing& standing, Side side) {
  return is_restriction(standing.level) &&
         (standing.scope == Scope::kWholeAccount || side == Side::kStranger);
}

// What holds for where the event came from. While strangers are restricted more severely than the owner's
// places call for, these get what they call for: they are not free for that, nor suspended for the thief.
Level in_force(const Standing& standing, Side side, Level wanted) {
  if (!is_restriction(standing.level)) return Level::kClear;
  if (in_scope(standing, side)) return standing.level;
  return is_restriction(wanted) ? wanted : Level::kClear;
}

void tell_change(const AccountRecord& record, const Standing& before, Timestamp time, Decision& decision) {
  StandingChange change;
  change.time = time;
  change.before = before;
  change.after = record.standing;
  if (record.stranger) change.outgo = record.stranger->outgo;
  change.opens_incident =
      is_restriction(record.standing.level) && before.incident != record.standing.incident;
  decision.change = change;
}

// Whether a restriction on the side continues the latest incident: thieves come back within a week.
bool same_story(const Standing& standing, Timestamp time) {
  return standing.incident.known() && time - from_seconds32(standing.since) < std::chrono::days{7};
}

// Whether somebody whose restriction ran out is suspected again. Time has told: he is not slowed once more,
// or a patient thief would live within the budget and the pauses of a slowed account.
bool is_relapse(const Standing& before, Level wanted, Timestamp time) {
  const bool ran_out = before.level == Level::kClear || before.level == Level::kWatched;
  return wanted == Level::kSlowed && ran_out && same_story(before, time);
}

// Whether somebody who was slowed for the whole time is as suspect as ever and still writes to strangers.
bool outstays(const AccountRecord& record, Level wanted, Side side, const Facts& facts,
              const Ladder& ladder) {
  const Standing& standing = record.standing;
  if (wanted != Level::kSlowed || standing.level != Level::kSlowed || !in_scope(standing, side)) return false;
  if (facts.time - from_seconds32(standing.since) < ladder.slowed_for) return false;
  return facts.kind == StepKind::kRecipient &&
         !record.profile.known_recipients.contains(facts.recipient.key) &&
         !record.recent.is_retry(facts.mail_key, facts.time);
}

Scope scope_of(Side side) {
  return side == Side::kStranger ? Scope::kUnfamiliarOrigins : Scope::kWholeAccount;
}

void enter(AccountRecord& record, Level level, Side side, const Facts& facts, const Policy& policy) {
  Standing& standing = record.standing;
  const Scope scope = scope_of(side);
  const bool was_restricted = is_restriction(standing.level);
  // Asked before `since` moves, at every rung: who passes through watched begins a new story too.
  const bool goes_on = was_restricted || same_story(standing, facts.time);
  if (!goes_on) standing.incident = {};
  if (is_restriction(level) && !standing.incident.known()) {
    standing.incident = incident_id(facts.account, facts.time);
  }
  standing.scope = was_restricted ? std::max(standing.scope, scope) : scope;
  if (standing.level != level) standing.since = to_seconds32(facts.time);
  standing.level = level;
  standing.until = end_of(level, facts.time, policy.ladder);
}

// The fuse is out: the account is watched for an hour, and a person is told once.
void watch_instead(AccountRecord& record, Side side, const Facts& facts, const Policy& policy,
                   Decision& decision) {
  const Standing before = record.standing;
  if (before.level == Level::kRecovering) return;  // on probation already
  if (before.level == Level::kWatched && before.until != 0) return;
  enter(record, Level::kWatched, side, facts, policy);
  record.standing.until = to_seconds32(facts.time + std::chrono::hours{1});
  tell_change(record, before, facts.time, decision);
  decision.change->observed_only = true;
}

// What happened before a restriction was lifted does not bring it back: logs are read again after a crash,
// and know seconds only.
bool is_told_late(const Standing& standing, Timestamp time) {
  const bool is_lifted = standing.level == Level::kClear || standing.level == Level::kRecovering;
  return is_lifted && time <= from_seconds32(standing.since);
}

// The standing follows the risk upwards at once; downwards it waits for its end.
void judge_standing(AccountRecord& record, Level wanted, Side side, const Facts& facts, const Policy& policy,
                    Decision& decision) {
  const Standing before = record.standing;
  if (is_told_late(before, facts.time)) return;
  if (is_relapse(before, wanted, facts.time) || outstays(record, wanted, side, facts, policy.ladder))
    wanted = Level::kHeld;
  const bool restricts = is_restriction(wanted);
  if (restricts && !is_restriction(before.level) && facts.fuse_is_out) {
    watch_instead(record, side, facts, policy, decision);
    return;
  }
  if (restricts && wanted >= before.level) enter(record, wanted, side, facts, policy);
  // Who is watched because the fuse is out stays so for his hour: a person was told.
  const bool lower_rung =
      before.until == 0 && (before.level == Level::kClear || before.level == Level::kWatched);
  // What strangers raised does not end because the owner had an ordinary day.
  const bool of_others =
      wanted < before.level && before.scope != scope_of(side) && record.stranger != nullptr;
  if (!restricts && lower_rung && wanted != before.level && side != Side::kEstablished && !of_others) {
    enter(record, wanted, side, facts, policy);
  }
  if (record.standing.level != before.level || record.standing.scope != before.scope) {
    tell_change(record, before, facts.time, decision);
  }
}

// Whether something is restricted, but not what comes from that side.
bool is_beside(const Standing& standing, Side side) {
  return is_restriction(standing.level) && !in_scope(standing, side);
}

// The standing stays as it is when the owner's places call for less than strangers do, so it cannot tell of
// them: each rung that they come to is told once.
void tell_beside(const AccountRecord& record, Side side, Level before, Level wanted, Timestamp time,
                 Decision& decision) {
  const bool is_new_rung = is_restriction(wanted) && wanted > before;
  if (is_new_rung && is_beside(record.standing, side)) tell_change(record, record.standing, time, decision);
}

bool take_slowed_budget(AccountRecord& record, const Scene& scene, const Policy& policy) {
  Stranger& stranger = stranger_of(record);
  const bool known = scene.recipient.is_known;
  auto& used = known ? stranger.slowed_known_hour : stranger.slowed_unknown_hour;
  const std::uint32_t most = known ? kSlowedKnownPerHour : policy.ladder.slowed_recipients_per_hour;
  if (used.count(scene.time) >= most) return false;
  used.add(scene.time);
  return true;
}

void answer(Verdict& verdict, Action action, Reply reply) {
  if (action <= verdict.action) return;
  verdict.action = action;
  verdict.reply = reply;
}

// Who is over the budget of a slowed account and still watched goes on being slowed: risk that fades a little
// below the threshold would let a thief out again in the middle of his run.
void go_on_slowed(AccountRecord& record, const Scene& scene, Level wanted, const Policy& policy) {
  if (wanted < Level::kWatched || scene.recipient.is_retry) return;
  record.standing.until = std::max(record.standing.until, end_of(Level::kSlowed, scene.time, policy.ladder));
}

void answer_standing(AccountRecord& record, const Scene& scene, Level wanted, const Policy& policy,
                     Verdict& verdict) {
  const bool is_mail = scene.kind == StepKind::kRecipient || scene.kind == StepKind::kMessage;
  if (!is_mail) return;
  switch (verdict.in_force) {
    case Level::kSlowed:
      if (scene.kind == StepKind::kRecipient && !take_slowed_budget(record, scene, policy)) {
        answer(verdict, Action::kDefer, Reply::kSlowed);
        if (record.standing.level == Level::kSlowed) go_on_slowed(record, scene, wanted, policy);
      }
      break;
    case Level::kHeld:
      if (scene.kind == StepKind::kMessage) answer(verdict, Action::kHold, Reply::kNone);
      break;
    case Level::kSuspended:
      if (policy.suspended_rejects) {
        answer(verdict, Action::kReject, Reply::kDisabled);
      } else {
        answer(verdict, Action::kDefer, Reply::kAbused);
      }
      break;
    case Level::kClear:
    case Level::kWatched:
    case Level::kRecovering:
      break;
  }
}

Reply reply_for(Action action) {
  if (action == Action::kReject) return Reply::kPolicy;
  return action == Action::kDefer ? Reply::kFlood : Reply::kNone;
}

void answer_limits(const Scene& scene, const Facts& facts, Verdict& verdict) {
  const LimitFacts& limit = facts.limit;
  if (limit.action > verdict.action) verdict.limit = limit.number;
  answer(verdict, limit.action, reply_for(limit.action));
  if (scene.kind != StepKind::kRecipient || scene.recipient.in_message <= limit.most_in_message) return;
  if (limit.most_action > verdict.action) verdict.limit = limit.most_number;
  answer(verdict, limit.most_action,
         limit.most_action == Action::kDefer ? Reply::kTooManyRecipients : reply_for(limit.most_action));
}

void count_outgo(AccountRecord& record, const Scene& scene, const Verdict& verdict) {
  // What the owner goes on sending from established places got out rightly.
  const bool watched = record.standing.level == Level::kWatched && scene.side != Side::kEstablished;
  const bool suspicious = scene.side == Side::kStranger || watched || verdict.in_scope();
  if (!suspicious || verdict.action != Action::kAccept || scene.kind != StepKind::kMessage) return;
  Stranger& stranger = stranger_of(record);
  // Until something is wrong, each strange place begins a story of its own; a test of the
  // credentials comes up to two days before the run.
  const bool elsewhere =
      record.standing.level < Level::kWatched && stranger.outgo_provider != scene.origin.provider;
  const bool long_ago = !is_restriction(record.standing.level) &&
                        scene.time - from_seconds32(stranger.outgo_latest) > std::chrono::days{2};
  if (elsewhere || long_ago) stranger.outgo = {};
  stranger.outgo_provider = scene.origin.provider;
  stranger.outgo_latest = to_seconds32(scene.time);
  Outgo& outgo = stranger.outgo;
  if (outgo.messages == 0) outgo.since = to_seconds32(scene.time);
  ++outgo.messages;
  outgo.recipients += std::max(1U, scene.message.recipients);
}

// Whether thieves of other accounts came from there.
bool is_of_thieves(const Evidence& evidence) {
  using enum Reason;
  return evidence.reason == kThiefsHost || evidence.reason == kThiefsNetwork ||
         evidence.reason == kThiefsClient;
}

// Whether anything but the place itself, or what others know of it, speaks against a stranger: then what he
// does makes nothing familiar, however low the risk. A network becomes familiar by honest sends only.
bool has_findings(const RiskState& risk, const EvidenceList& evidence) {
  constexpr float kLittle = 0.5F;
  if (std::ranges::any_of(evidence, is_of_thieves)) return true;
  float worst = 0;
  for (std::size_t group = 0; group < risk.nats.size(); ++group) {
    if (group != static_cast<std::size_t>(Group::kOrigin)) worst = std::max(worst, risk.nats[group]);
  }
  return worst > kLittle;
}

// Whether a stranger sends from a country that mail of this account never came from.
bool is_from_new_country(const Scene& scene) {
  if (scene.use != Use::kSend || !scene.origin.country.known()) return false;
  const Habit* country = scene.record.profile.countries.find(scene.origin.country.packed());
  return country == nullptr || country->send_days == 0;
}

// Whether the owner's program writes there, and to nobody new: who tests a password does neither.
bool is_as_usual(const Scene& scene) {
  return scene.kind == StepKind::kMessage && scene.message.unknown_recipients == 0 &&
         knows_client(scene.record.profile, scene.origin.client);
}

Learning learning_of(const Scene& scene, Level wanted, const Verdict& verdict) {
  if (verdict.in_scope()) return Learning::kWhenQuiet;
  if (scene.side == Side::kEstablished) return Learning::kNow;
  // Where nothing is known of places, a busy day that nobody objects to is the owner's: a newsletter's first
  // issue goes to thousands, more than lessons can tell of.
  if (scene.side == Side::kUnsettled && wanted <= Level::kWatched) return Learning::kNow;
  const bool by_place = scene.side == Side::kStranger && !has_findings(scene.activity.risk, verdict.evidence);
  if (wanted >= Level::kWatched)
    return wanted == Level::kWatched && by_place ? Learning::kWhenMoved : Learning::kWhenQuiet;
  if (!by_place) return Learning::kWhenQuiet;
  return is_from_new_country(scene) && !is_as_usual(scene) ? Learning::kLater : Learning::kNow;
}

// The same request again: the same answer, nothing counted.
bool answer_repeated(const AccountRecord& record, const Facts& facts, Decision& decision) {
  if (facts.step_key == 0) return false;
  const std::optional<RecentStep> before = record.recent.find_step(facts.step_key);
  if (!before) return false;
  decision.verdict.action = before->action;
  decision.verdict.reply = before->reply;
  decision.verdict.standing = record.standing;
  decision.repeated = true;
  return true;
}

void note_first_uses(const AccountProfile& profile, const Facts& facts, Decision& decision) {
  const std::uint16_t today = day_of(facts.time);
  const auto is_first = [today](const Habit* habit) { return habit == nullptr || habit->last_day != today; };
  decision.network_first_today = is_first(profile.networks.find(facts.origin.network));
  decision.client_first_today =
      facts.kind == StepKind::kMessage && is_first(profile.clients.find(facts.origin.client));
}

}  // namespace

void reset(Decision& decision) {
  decision.verdict.action = Action::kAccept;
  decision.verdict.reply = Reply::kNone;
  decision.verdict.limit = 0;
  decision.verdict.risk = 0;
  decision.verdict.standing = {};
  decision.verdict.in_force = Level::kClear;
  decision.verdict.evidence.clear();
  decision.change.reset();
  decision.repeated = false;
  decision.of_stranger = false;
  decision.side = Side::kUnsettled;
  decision.network_first_today = false;
  decision.client_first_today = false;
  decision.country = {};
  decision.learned_country = false;
}

void decide(AccountRecord& record, const Facts& facts, const Policy& policy, Decision& decision) {
  reset(decision);
  decision.country = facts.origin.country;
  if (answer_repeated(record, facts, decision)) return;
  let_expire(record.standing, facts.time);
  settle_lessons(record, facts.time, policy.ladder);
  Verdict& verdict = decision.verdict;
  if (facts.kind == StepKind::kLogin && facts.login != nullptr && !facts.login->success) {
    note_failed_login(record, facts);
    verdict.standing = record.standing;
    return;
  }

  record.profile.peaks.turn_day(facts.time);  // or a day's first message would not know of yesterday
  const Side side = side_for(record, facts);
  if (side == Side::kStranger) stranger_of(record);  // the scene borrows its activity
  const Scene scene = scene_of(record, facts, side);
  note_first_uses(record.profile, facts, decision);
  decision.side = scene.side;
  RiskState& risk = scene.side == Side::kStranger ? stranger_of(record).activity.risk : record.owner.risk;
  risk.fade(facts.time, policy.ladder.evidence_half_life);
  const Level before =
      is_beside(record.standing, scene.side)
          ? level_for(odds_of(record, scene, risk, policy.ladder), risk, false, policy.ladder)
          : Level::kClear;
  const bool is_late = is_told_late(record.standing, facts.time);
  const RiskState risk_before = risk;
  const bool conclusive = weigh(scene, risk, verdict.evidence);
  const double odds = odds_of(record, scene, risk, policy.ladder);
  const Level wanted = level_for(odds, risk, conclusive, policy.ladder);
  judge_standing(record, wanted, scene.side, facts, policy, decision);
  if (is_late) risk = risk_before;  // nor does it wait for the next event
  verdict.in_force = in_force(record.standing, scene.side, wanted);
  tell_beside(record, scene.side, before, wanted, facts.time, decision);
  answer_standing(record, scene, wanted, policy, verdict);
  answer_limits(scene, facts, verdict);

  note_activity(record, scene, facts);
  count_outgo(record, scene, verdict);
  const auto knows_country = [&] {
    return record.profile.countries.find(facts.origin.country.packed()) != nullptr;
  };
  const bool knew_country = knows_country();
  if (verdict.action == Action::kAccept)
    learn_accepted(record, scene, facts, learning_of(scene, wanted, verdict));
  decision.learned_country = !knew_country && knows_country();
  if (facts.step_key != 0) {
    record.recent.add(
        {facts.step_key, facts.mail_key, to_seconds32(facts.time), verdict.action, verdict.reply});
  }
  verdict.risk = static_cast<float>(odds);
  verdict.standing = record.standing;
  decision.of_stranger = scene.side == Side::kStranger;
}

void apply_credential_change(AccountRecord& record, Timestamp time, const Policy& policy,
                             Decision& decision) {
  reset(decision);
  let_expire(record.standing, time);
  const Standing before = record.standing;
  decision.verdict.standing = before;
  // Whoever was restricted later had the new password, or does not need it.
  if (is_restriction(before.level) && to_seconds32(time) < before.since) return;
  if (is_restriction(before.level)) {
    record.standing.level = Level::kRecovering;
    record.standing.since = to_seconds32(time);
    record.standing.until = end_of(Level::kRecovering, time, policy.ladder);
    record.owner.risk = {};
    record.stranger.reset();
    tell_change(record, before, time, decision);
  }
  record.guesses = {};
  decision.verdict.standing = record.standing;
}

void apply_judgement(AccountRecord& record, const Hash128& account, const Judgement& judgement,
                     const Policy& policy, Decision& decision) {
  reset(decision);
  let_expire(record.standing, judgement.time);
  const Standing before = record.standing;
  // Who confirms it late does not shut out the owner, who has a new password and is on probation.
  const bool owner_is_back = judgement.confirmed && before.level == Level::kRecovering;
  if (!owner_is_back) {
    Standing& standing = record.standing;
    if (judgement.confirmed) {
      // Where nothing was restricted nobody knows yet which places are the thief's.
      if (!is_restriction(before.level)) standing.scope = Scope::kWholeAccount;
      if (!standing.incident.known()) standing.incident = incident_id(account, judgement.time);
      standing.level = Level::kSuspended;
    } else {
      adopt_stranger(record);
      record.owner.risk = {};
      record.dismissed = to_seconds32(judgement.time);
      standing.level = Level::kClear;
      standing.incident = {};
    }
    standing.since = to_seconds32(judgement.time);
    standing.until = end_of(standing.level, judgement.time, policy.ladder);
    if (before.level != standing.level) tell_change(record, before, judgement.time, decision);
  }
  if (judgement.confirmed) disown_stranger(record);
  decision.verdict.standing = record.standing;
}

}  // namespace postreeve
