#include "detect/detectors.h"

#include <array>

namespace postreeve {

std::span<const Detector> all_detectors() noexcept {
  static constexpr std::array<Detector, 18> kDetectors{{
      {DetectorId::kOriginNovelty, weigh_origin_novelty},
      {DetectorId::kCountriesAndSpeed, weigh_countries_and_speed},
      {DetectorId::kOriginChurn, weigh_origin_churn},
      {DetectorId::kClientConsistency, weigh_client_consistency},
      {DetectorId::kGuessedPassword, weigh_guessed_password},
      {DetectorId::kVolume, weigh_volume},
      {DetectorId::kNewRecipients, weigh_new_recipients},
      {DetectorId::kRecipientFanOut, weigh_recipient_fan_out},
      {DetectorId::kRefusals, weigh_refusals},
      {DetectorId::kCanaryRecipient, weigh_canary_recipient},
      {DetectorId::kCredentialTest, weigh_credential_test},
      {DetectorId::kHeaderSpoofing, weigh_header_spoofing},
      {DetectorId::kSleepingAccount, weigh_sleeping_account},
      {DetectorId::kScannerVerdict, weigh_scanner_verdict},
      {DetectorId::kSharedOrigin, weigh_shared_origin},
      {DetectorId::kReading, weigh_reading},
      {DetectorId::kComplaints, weigh_complaints},
      {DetectorId::kContent, weigh_content},
  }};
  return kDetectors;
}

}  // namespace postreeve
