#include "detect/detectors.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <string>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

constexpr StepKind kKinds[] = {StepKind::kLogin,    StepKind::kRecipient, StepKind::kMessage,
                               StepKind::kDelivery, StepKind::kScan,      StepKind::kSettingChange,
                               StepKind::kComplaint};
constexpr Side kSides[] = {Side::kEstablished, Side::kUnsettled, Side::kStranger};

template <typename Number>
Number any(Number from, Number to) {
  return *rc::gen::inRange<Number>(from, to);
}

float any_rate() {
  return static_cast<float>(any(0, 1'000'000)) / 100;
}

Timestamp any_time() {
  return *rc::gen::element(kNow, Timestamp{}, kNow - std::chrono::days{400}, from_seconds32(UINT32_MAX)) +
         std::chrono::seconds{any(0, 200'000)};
}

Origin any_origin() {
  Origin origin =
      origin_at(any(0U, 5U), any(0U, 5U), *rc::gen::element<std::string>("PL", "VN", ""), any(0U, 3U));
  origin.known = any(0, 5) != 0;
  origin.trusted = any(0, 5) == 0;
  if (any(0, 2) == 0) {
    origin.position = Position{static_cast<float>(any(-90, 91)), static_cast<float>(any(-180, 181)),
                               static_cast<float>(any(0, 10'000))};
  }
  return origin;
}

Rates any_rates() {
  Rates rates;
  for (float* rate : {&rates.used_days, &rates.active_days, &rates.messages, &rates.recipients,
                      &rates.new_recipients, &rates.delivered, &rates.refused, &rates.new_networks,
                      &rates.new_providers, &rates.new_countries, &rates.complaints}) {
    *rate = any_rate();
  }
  return rates;
}

void fill_with_anything(Activity& activity) {
  activity.messages_hour.add(any_time(), any(0U, 70'000U));
  activity.messages_day.add(any_time(), any(0U, 70'000U));
  activity.recipients_hour.add(any_time(), any(0U, 70'000U));
  activity.recipients_day.add(any_time(), any(0U, 70'000U));
  activity.refused_day.add(any_time(), any(0U, 70'000U));
  for (int i = any(0, 3); i > 0; --i) activity.complaints.add(any_time());
  activity.novelty.s = static_cast<float>(any(0, 1'000)) / 100;
  activity.refusals = static_cast<float>(any(0, 1'000)) / 100;
}

void fill_with_anything(AccountRecord& record) {
  for (int i = any(0, 8); i > 0; --i) {
    learn_use(record.profile, any_time(), any_origin(), any(0, 2) == 0 ? Use::kRead : Use::kSend);
  }
  record.profile.rates = any_rates();
  record.profile.peaks = {0, any_rate(), any_rate(), any_rate(), any_rate()};
  record.profile.last_sent = any(0U, UINT32_MAX);
  record.last_use.time = any(0U, UINT32_MAX);
  record.last_use.latitude = any<std::int16_t>(-9'000, 9'000);
  record.last_use.longitude = any<std::int16_t>(-18'000, 18'000);
  record.guesses.network = any(0U, 5U);
  record.guesses.from_network = any<std::uint16_t>(0, 65'535);
  record.guesses.last_day = any<std::uint16_t>(0, 65'535);
  record.guesses.day.add(any_time(), any(0U, 70'000U));
  if (any(0, 3) == 0) return;
  Stranger& stranger = stranger_of(record);
  stranger.setting = *rc::gen::element(SettingKind::kOther, SettingKind::kForward);
  stranger.setting_time = any(0U, UINT32_MAX);
  stranger.setting_nats = static_cast<float>(any(0, 300)) / 100;
  stranger.outgo.recipients = any(0U, UINT32_MAX);
  for (int i = any(0, 20); i > 0; --i) {
    stranger.providers.add(any(0U, 30U), any_time(), std::chrono::hours{24});
    stranger.countries.add(any(0U, 30U), any_time(), std::chrono::hours{24});
  }
}

// Anything whatever, as far as the types allow it.
Stage any_stage() {
  Stage stage;
  fill_with_anything(stage.record);
  fill_with_anything(stage.activity);
  stage.origin = any_origin();
  stage.side = *rc::gen::elementOf(std::vector<Side>(std::begin(kSides), std::end(kSides)));
  stage.kind = *rc::gen::elementOf(std::vector<StepKind>(std::begin(kKinds), std::end(kKinds)));
  stage.use = any(0, 2) == 0 ? Use::kRead : Use::kSend;
  stage.time = any_time();
  stage.network = {any_rate(), any_rate(), any_rate()};
  stage.recipient.is_known = any(0, 2) == 0;
  stage.recipient.is_canary = any(0, 2) == 0;
  stage.recipient.in_message = any(0U, UINT32_MAX);
  stage.message.recipients = any(0U, UINT32_MAX);
  stage.message.size = any<std::uint64_t>(0, 3'000);
  stage.message.unknown_recipients = static_cast<std::uint32_t>(any(0, 2));
  stage.message.recipient_domain = "gmail.com";
  stage.message.subject = *rc::gen::element<std::string_view>("ZYaeD", "hello", "\xff\xfe");
  stage.message.helo_name = *rc::gen::element<std::string_view>("localhost", "", "\xf0");
  stage.message.from_is_own = any(0, 2) == 0;
  stage.answer = {
      any(0, 2) == 0, {any<std::uint16_t>(0, 6), any<std::uint16_t>(0, 8), 1}, {any_rate(), any_rate()}};
  stage.setting.kind =
      *rc::gen::element(SettingKind::kForward, SettingKind::kFilter, SettingKind::kAppPassword,
                        SettingKind::kRecoveryAddress, SettingKind::kOther);
  stage.setting.target_domain = *rc::gen::element<std::string_view>("", "gmail.com", "\xff");
  stage.is_grave = any(0, 2) == 0;
  if (any(0, 2) == 0) {
    stage.scan = Scan{};
    stage.scan->result = *rc::gen::element(ScanResult::kSpam, ScanResult::kInfected);
  }
  return stage;
}

RC_GTEST_PROP(Detectors, ReturnANumberWithinEightNatsForEveryInput, ()) {
  const Stage stage = any_stage();
  for (const Detector& detector : all_detectors()) {
    const std::optional<Evidence> evidence = detector.weigh(stage.scene());
    if (!evidence) continue;
    RC_ASSERT(std::isfinite(evidence->nats));
    RC_ASSERT(std::abs(evidence->nats) <= kMaxNats);
    RC_ASSERT(detector_of(evidence->reason) == detector.id);
  }
}

RC_GTEST_PROP(Detectors, SayTheSameOfTheSameScene, ()) {
  const Stage stage = any_stage();
  for (const Detector& detector : all_detectors()) {
    const std::optional<Evidence> once = detector.weigh(stage.scene());
    const std::optional<Evidence> twice = detector.weigh(stage.scene());
    RC_ASSERT(once.has_value() == twice.has_value());
    if (!once) continue;
    RC_ASSERT(once->nats == twice->nats);
    RC_ASSERT(once->reason == twice->reason);
    RC_ASSERT(once->arguments == twice->arguments);
  }
}

TEST(Detectors, AreInTheOrderOfTheirIds) {
  std::size_t i = 0;
  for (const Detector& detector : all_detectors()) EXPECT_EQ(static_cast<std::size_t>(detector.id), i++);
  EXPECT_EQ(i, EvidenceList::kCapacity);
}

TEST(Detectors, DoNotTakeAnEmptyRecordForASilentAccount) {
  for (const StepKind kind : kKinds) {
    Stage stage;
    stage.kind = kind;
    stage.side = Side::kUnsettled;
    stage.origin = office();
    stage.recipient.in_message = 1;
    stage.message.recipients = 1;
    double sum = 0;
    for (const Detector& detector : all_detectors()) sum += nats_of(detector.weigh(stage.scene()));
    EXPECT_LT(sum, 1.0) << static_cast<int>(kind);
  }
}

TEST(Detectors, FindNothingConclusiveAtAnEstablishedPlaceButMalware) {
  for (const StepKind kind : kKinds) {
    Stage stage = settled_account();
    stage.kind = kind;
    stage.side = Side::kEstablished;
    stage.origin = office();
    stage.recipient.is_canary = true;
    stage.recipient.in_message = 1'000;
    stage.activity.recipients_hour.add(kNow, 10'000);
    stage.activity.messages_hour.add(kNow, 10'000);
    for (const Detector& detector : all_detectors()) {
      const auto evidence = detector.weigh(stage.scene());
      EXPECT_FALSE(evidence && evidence->conclusive) << to_text(detector.id);
    }
  }
}

}  // namespace
}  // namespace postreeve
