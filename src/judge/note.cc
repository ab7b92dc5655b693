#include "judge/note.h"

#include <algorithm>
#include <cmath>

#include "detect/new_recipients.h"
#include "detect/reading.h"
#include "detect/refusals.h"
#include "profile/sessions.h"
#include "profile/webmail.h"

namespace postreeve {
namespace {

Activity& activity_of(AccountRecord& record, Side side) {
  return side == Side::kStranger ? stranger_of(record).activity : record.owner;
}

void note_recipient(Activity& activity, const Scene& scene, const Facts& facts) {
  if (activity.transaction.key != facts.transaction_key || facts.transaction_key == 0) {
    activity.transaction = {.key = facts.transaction_key};
  }
  ++activity.transaction.recipients;
  if (!scene.recipient.is_known) ++activity.transaction.unknown;
  if (scene.recipient.is_retry) return;
  activity.recipients_hour.add(scene.time);
  activity.recipients_day.add(scene.time);
  if (!scene.recipient.is_known) activity.new_recipients_day.add(scene.time);
  const double sum = activity.novelty.step(novelty_step(scene, !scene.recipient.is_known), kMostNoveltyStep);
  activity.novelty.s = static_cast<float>(std::min(sum, kMostNovelty));
}

void note_message(Activity& activity, const Scene& scene) {
  if (scene.message.is_retry) return;
  activity.messages_hour.add(scene.time);
  activity.messages_day.add(scene.time);
}

void note_answer(Activity& activity, const AccountProfile& profile, const Scene& scene) {
  (scene.answer.refused ? activity.refused_day : activity.delivered_day).add(scene.time);
  const double sum = activity.refusals + refusal_step(profile, scene.answer);
  activity.refusals = static_cast<float>(std::clamp(sum, 0.0, kMostRefusalSum));
}

std::int16_t hundredths(float degrees) {
  return static_cast<std::int16_t>(std::lround(std::clamp(degrees, -180.0F, 180.0F) * 100));
}

void note_place(AccountRecord& record, const Scene& scene) {
  if (scene.side == Side::kStranger) {
    Stranger& stranger = stranger_of(record);
    stranger.providers.add(scene.origin.provider, scene.time, std::chrono::hours{24});
    const std::uint16_t country = scene.origin.country.packed();
    if (country != 0 && record.profile.countries.find(country) == nullptr) {
      stranger.countries.add(country, scene.time, std::chrono::hours{24});
    }
  }
  if (!scene.origin.position || to_seconds32(scene.time) < record.last_use.time) return;
  record.last_use = {
      .time = to_seconds32(scene.time),
      .country = scene.origin.country.packed(),
      .latitude = hundredths(scene.origin.position->latitude),
      .longitude = hundredths(scene.origin.position->longitude),
      .radius_km = static_cast<std::uint16_t>(std::clamp(scene.origin.position->radius_km, 0.0F, 60'000.0F)),
      .familiar = scene.side != Side::kStranger};
}

Lesson lesson_of(const Scene& scene) {
  Lesson lesson;
  lesson.time = to_seconds32(scene.time);
  lesson.network = scene.origin.network;
  lesson.provider = scene.origin.provider;
  lesson.client = scene.origin.client;
  lesson.country = scene.origin.country.packed();
  // To set something makes no place one to send from.
  lesson.use = scene.kind == StepKind::kSettingChange ? Use::kRead : scene.use;
  if (scene.kind == StepKind::kRecipient) lesson.recipient = scene.recipient.key;
  return lesson;
}

void note_setting(Stranger& stranger, const Scene& scene) {
  const double nats = setting_weight(scene.setting);
  const bool is_fresh =
      stranger.setting_time != 0 && scene.time - from_seconds32(stranger.setting_time) < kSettingMemory;
  if (is_fresh && nats < static_cast<double>(stranger.setting_nats)) return;
  stranger.setting = scene.setting.kind;
  stranger.setting_nats = static_cast<float>(nats);
  stranger.setting_time = to_seconds32(scene.time);
}

SentMessage sent_message(const Scene& scene, const Facts& facts) {
  return {.recipients = scene.message.recipients,
          .messages_hour = scene.activity.messages_hour.count(scene.time),
          .messages_day = scene.activity.messages_day.count(scene.time),
          .recipients_hour = scene.activity.recipients_hour.count(scene.time),
          .sender = facts.sender_key,
          .header_from = facts.header_from_key,
          .beside_session = has_session(scene.record, scene.origin, scene.time),
          .pretends = !scene.message.from_name_address.text().empty()};
}

void learn_now(AccountProfile& profile, const Scene& scene, const Facts& facts) {
  switch (scene.kind) {
    case StepKind::kLogin:
      learn_use(profile, scene.time, scene.origin, scene.use);
      break;
    case StepKind::kSettingChange:
      learn_use(profile, scene.time, scene.origin, Use::kRead);
      break;
    case StepKind::kRecipient:
      learn_recipient(profile, scene.recipient.key);
      break;
    case StepKind::kMessage:
      learn_use(profile, scene.time, scene.origin, Use::kSend);
      learn_message(profile, scene.time, sent_message(scene, facts));
      break;
    case StepKind::kDelivery:
      learn_answer(profile, scene.answer.refused);
      break;
    case StepKind::kComplaint:
      learn_complaint(profile);
      break;
    case StepKind::kScan:
      break;
  }
}

// Whether the owner, who was about within a month, used none of the established places for so long.
// A thief works beside the owner; who is alone at a new place has moved there.
bool owner_moved(const AccountProfile& profile, Timestamp time, Duration away) {
  constexpr std::chrono::days kAbout{30};
  std::uint16_t last_day = 0;
  for (const Habit& network : profile.networks.all()) {
    if (network.send_days >= kFamiliarSendDays) last_day = std::max(last_day, network.last_day);
  }
  return last_day < day_of(time - away) && last_day >= day_of(time - kAbout);
}

}  // namespace

void note_failed_login(AccountRecord& record, const Facts& facts) {
  const Habit* network = record.profile.networks.find(facts.origin.network);
  if (network != nullptr && network->days >= kFamiliarSendDays) return;  // a stale phone, a typing error
  if (facts.login != nullptr && !is_guess(facts.login->reason)) return;
  Guesses& guesses = record.guesses;
  const auto password = static_cast<std::uint32_t>(facts.login == nullptr ? 0 : facts.login->password_hash);
  if (password != 0 && password == guesses.last_password) return;
  guesses.last_password = password;
  guesses.day.add(facts.time);
  const std::uint16_t today = day_of(facts.time);
  const bool goes_on = guesses.network == facts.origin.network && guesses.last_day + 1 >= today;
  guesses.network = facts.origin.network;
  guesses.from_network =
      goes_on ? static_cast<std::uint16_t>(std::min(guesses.from_network + 1, 0xffff)) : std::uint16_t{1};
  guesses.last_day = std::max(guesses.last_day, today);
}

void note_activity(AccountRecord& record, const Scene& scene, const Facts& facts) {
  Activity& activity = activity_of(record, scene.side);
  // A recipient too is a sign of life, or he would be forgotten from one recipient to the next.
  if (scene.side == Side::kStranger && facts.origin.known) {
    Stranger& stranger = stranger_of(record);
    stranger.last_seen = std::max(stranger.last_seen, to_seconds32(scene.time));
  }
  switch (scene.kind) {
    case StepKind::kLogin:
      note_place(record, scene);
      if (facts.opens_webmail) note_webmail_login(record, scene.origin, scene.time);
      break;
    case StepKind::kRecipient:
      note_recipient(activity, scene, facts);
      break;
    case StepKind::kMessage:
      note_message(activity, scene);
      note_place(record, scene);
      if (scene.side == Side::kStranger) stranger_of(record).note_transaction(facts.answer_transaction);
      break;
    case StepKind::kDelivery:
      note_answer(activity, record.profile, scene);
      break;
    case StepKind::kSettingChange:
      note_place(record, scene);
      if (scene.side == Side::kStranger) note_setting(stranger_of(record), scene);
      break;
    case StepKind::kComplaint:
      activity.complaints.add(scene.time);
      break;
    case StepKind::kScan:
      break;
  }
}

void learn_accepted(AccountRecord& record, const Scene& scene, const Facts& facts, Learning learning) {
  // A relay's bounces must teach what is usual for it even while they are weighed.
  const bool is_answer = scene.kind == StepKind::kDelivery || scene.kind == StepKind::kComplaint;
  const bool owners_answer = is_answer && scene.side != Side::kStranger;
  if (learning == Learning::kNow || owners_answer) {
    learn_now(record.profile, scene, facts);
    return;
  }
  if (is_answer || scene.kind == StepKind::kScan) return;
  Stranger& stranger = stranger_of(record);
  Lesson lesson = lesson_of(scene);
  lesson.harmless = learning == Learning::kLater;
  lesson.by_place = learning == Learning::kWhenMoved;
  keep(stranger, lesson);
  if (!lesson.harmless) stranger.last_suspect = std::max(stranger.last_suspect, to_seconds32(scene.time));
}

void settle_lessons(AccountRecord& record, Timestamp time, const Ladder& ladder) {
  if (record.stranger == nullptr || is_restriction(record.standing.level)) return;
  const Level level = record.standing.level;
  if (level == Level::kClear) adopt_harmless(record, time - ladder.lesson_wait);
  if (level <= Level::kWatched && owner_moved(record.profile, time, ladder.lesson_wait))
    adopt_of_place(record, time - ladder.lesson_wait);
  const Stranger& stranger = *record.stranger;
  // Suspicious lessons wait for quiet, harmless ones ripen by themselves, an idle stranger leaves.
  const bool is_suspicious = stranger.last_suspect != 0 && !stranger.lessons.empty();
  const std::uint32_t latest = is_suspicious ? stranger.last_suspect : stranger.last_seen;
  if (time - from_seconds32(latest) < ladder.lesson_wait) return;
  adopt_stranger(record);
}

}  // namespace postreeve
