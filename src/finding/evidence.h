// Evidence: one detector's finding, as numbers. Words are made only when somebody
// reads it (explain.h).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>

#include "base/time.h"
#include "net/ip_address.h"
#include "net/location.h"
#include "net/prefix.h"

namespace postreeve {

// What kind of behaviour a finding speaks of. Inside a group the strongest finding
// counts, between groups they add, so that one oddity is not counted twice.
enum class Group : std::uint8_t { kOrigin, kVolume, kRecipients, kAnswers, kContent };
inline constexpr std::size_t kGroupCount = 5;
[[nodiscard]] std::string_view to_text(Group group) noexcept;  // "origin"

// Who found it. Texts are stored with incidents: never renamed, never reused.
enum class DetectorId : std::uint8_t {
  kOriginNovelty,
  kCountriesAndSpeed,
  kOriginChurn,
  kClientConsistency,
  kGuessedPassword,
  kVolume,
  kNewRecipients,
  kRecipientFanOut,
  kRefusals,
  kCanaryRecipient,
  kCredentialTest,
  kHeaderSpoofing,
  kSleepingAccount,
  kScannerVerdict,
  kSharedOrigin,
  kReading,
  kComplaints,
  kContent,
};
inline constexpr std::size_t kDetectorCount = static_cast<std::size_t>(DetectorId::kContent) + 1;
[[nodiscard]] std::string_view to_text(DetectorId detector) noexcept;  // "origin_novelty"

// What exactly was found: one sentence each (the table in reason.cc), which also
// says which detector and group it belongs to.
enum class Reason : std::uint8_t {
  kFamiliarNetwork,
  kFamiliarProvider,
  kFamiliarByWebmail,
  kNewNetworkOfProvider,
  kNewProvider,
  kNewCountry,
  kForeignCountry,
  kColleaguesNetwork,
  kManyCountries,
  kImpossibleSpeed,
  kNetworkChurn,
  kNoSession,
  kGuessedFromHere,
  kGuessedElsewhere,
  kSprayingSource,
  kMessagesThisHour,
  kMessagesThisDay,
  kRecipientsNeverWritten,
  kRecipientsInOneMessage,
  kRecipientsThisHour,
  kRefusedRecipients,
  kDeliveredRecipients,
  kCanaryHit,
  kTestMessage,
  kDisplayNameIsAddress,
  kToNameIsAddress,
  kForeignFrom,
  kForeignEnvelope,
  kAwakened,
  kInfected,
  kLooksInfected,
  kSpam,
  kThiefsHost,
  kThiefsNetwork,
  kThiefsClient,
  kNewToManyTenants,
  kSettingMade,
  kSettingMadeBefore,
  kReadsAlong,
  kComplaints,
  kComplaintsOfStranger,
  kThiefsSubject,
  kSubjectOfStrangers,
  kThiefsPretence,
  kPretenceOfStrangers,
};
inline constexpr std::size_t kReasonCount = static_cast<std::size_t>(Reason::kPretenceOfStrangers) + 1;

[[nodiscard]] DetectorId detector_of(Reason reason) noexcept;
[[nodiscard]] Group group_of(Reason reason) noexcept;

// At most 39 bytes of somebody's text (a HELO name, an address), cut at a UTF-8 boundary.
class ShortText {
 public:
  constexpr ShortText() = default;
  explicit ShortText(std::string_view text) noexcept;
  [[nodiscard]] std::string_view text() const noexcept { return {bytes_.data(), size_}; }
  friend bool operator==(const ShortText& a, const ShortText& b) noexcept { return a.text() == b.text(); }

 private:
  std::uint8_t size_ = 0;
  std::array<char, 39> bytes_{};
};

// A number, place or name that a sentence needs.
using Argument = std::variant<std::monostate, std::int64_t, double, Duration, CountryCode, Prefix, ShortText>;

struct Evidence {
  Reason reason{};
  // ln(P(event | other hands) / P(event | owner)), within [-8, 8].
  float nats = 0;
  // Enough to suspend without a second group: confirmed malware, a canary asked from an
  // unfamiliar place, an origin pattern no owner can make.
  bool conclusive = false;
  std::array<Argument, 4> arguments{};
};

inline constexpr float kMaxNats = 8;

// Makes evidence with its weight clamped to [-kMaxNats, kMaxNats]; a weight that is no number is 0.
[[nodiscard]] Evidence make_evidence(Reason reason, double nats,
                                     std::initializer_list<Argument> arguments = {});

// Findings, at most one a detector. Fixed size, no allocation; copies cost what is in it.
class EvidenceList {
 public:
  static constexpr std::size_t kCapacity = kDetectorCount;

  EvidenceList() = default;
  EvidenceList(const EvidenceList& other) noexcept { *this = other; }
  EvidenceList& operator=(const EvidenceList& other) noexcept;

  // Requires size() < kCapacity.
  void add(const Evidence& evidence) noexcept { items_[size_++] = evidence; }
  // Adds `evidence`, or lets it take the place of a weaker finding of its detector.
  void keep_stronger(const Evidence& evidence) noexcept;
  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] const Evidence* begin() const noexcept { return items_.data(); }
  [[nodiscard]] const Evidence* end() const noexcept { return items_.data() + size_; }

 private:
  std::size_t size_ = 0;
  std::array<Evidence, kCapacity> items_;
};

}  // namespace postreeve
