// An account and one event of it, to show to detectors: for tests only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "detect/detectors.h"
#include "detect/origin_testing.h"
#include "detect/scene.h"

namespace postreeve {

inline constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} +
                                std::chrono::hours{12}};

[[nodiscard]] inline Origin thiefs_place() {
  return origin_at(66, 60, "VN");
}

// Other accounts as a test wants them.
struct KnownNeighbours final : Neighbours {
  std::map<Trait, TraitSnapshot> traits;
  [[nodiscard]] TraitSnapshot with(Trait trait) const override {
    const auto found = traits.find(trait);
    return found == traits.end() ? TraitSnapshot{} : found->second;
  }
  CountrySnapshot country;
  [[nodiscard]] CountrySnapshot in_country() const override { return country; }
};

// A record, the event's facts, and the scene they make. Change the parts, then look.
struct Stage {
  AccountRecord record;
  Origin origin;
  Activity activity;
  Side side = Side::kStranger;
  float strangeness = 1;  // at a stranger's place
  StepKind kind = StepKind::kMessage;
  Use use = Use::kSend;
  bool names_own_host = false;
  Timestamp time = kNow;
  NetworkSnapshot network;
  const Neighbours* neighbours = nullptr;
  RecipientFacts recipient;
  MessageFacts message;
  AnswerFacts answer;
  std::optional<Scan> scan;
  SettingFacts setting;
  bool is_grave = false;

  [[nodiscard]] Scene scene() const {
    return {.kind = kind,
            .time = time,
            .record = record,
            .side = side,
            .strangeness = side == Side::kStranger ? strangeness : 0,
            .activity = activity,
            .origin = origin,
            .use = use,
            .names_own_host = names_own_host,
            .network = network,
            .neighbours = neighbours,
            .recipient = recipient,
            .message = message,
            .answer = answer,
            .scan = scan ? &*scan : nullptr,
            .setting = setting,
            .is_grave = is_grave};
  }
};

// An account that used its office daily, with some messages each day, until yesterday.
[[nodiscard]] inline Stage settled_account(int days = 60, int messages_a_day = 4) {
  Stage stage;
  stage.origin = thiefs_place();
  const Timestamp start = kNow - std::chrono::hours{24} * days;
  std::uint32_t sent = 0;
  for (int day = 0; day < days; ++day) {
    for (int i = 0; i < messages_a_day; ++i) {
      const Timestamp time = start + std::chrono::hours{24} * day + std::chrono::minutes{10} * i;
      learn_use(stage.record.profile, time, office(), Use::kSend);
      learn_recipient(stage.record.profile, 1 + sent++ % 40);
      learn_message(stage.record.profile, time,
                    {.recipients = 1,
                     .messages_hour = 1,
                     .messages_day = static_cast<std::uint32_t>(i + 1),
                     .recipients_hour = 1});
    }
  }
  return stage;
}

// What a detector weighs; 0 when it has nothing to say.
[[nodiscard]] inline double nats_of(const std::optional<Evidence>& evidence) {
  return evidence ? static_cast<double>(evidence->nats) : 0;
}

[[nodiscard]] inline std::optional<Reason> reason_of(const std::optional<Evidence>& evidence) {
  return evidence ? std::optional(evidence->reason) : std::nullopt;
}

}  // namespace postreeve
