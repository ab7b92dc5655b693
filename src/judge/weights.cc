// Written by hand: not fitted yet.
#include "judge/weights.h"

#include <array>

namespace postreeve {
namespace {

using enum Reason;

// One row a reason, in the order of the enumeration: at a stranger's place, at a usual one.
constexpr std::array<ReasonWeight, kReasonCount> kWeights{{
    {kFamiliarNetwork, 1.00F, 1.00F},
    {kFamiliarProvider, 1.00F, 1.00F},
    {kFamiliarByWebmail, 1.00F, 1.00F},
    {kNewNetworkOfProvider, 1.00F, 1.00F},
    {kNewProvider, 1.00F, 1.00F},
    {kNewCountry, 1.00F, 1.00F},
    {kManyCountries, 1.00F, 1.00F},
    {kImpossibleSpeed, 1.00F, 1.00F},
    {kNetworkChurn, 1.00F, 1.00F},
    {kNoSession, 1.00F, 1.00F},
    {kGuessedFromHere, 1.00F, 1.00F},
    {kGuessedElsewhere, 1.00F, 1.00F},
    {kSprayingSource, 1.00F, 1.00F},
    {kMessagesThisHour, 1.00F, 1.00F},
    {kMessagesThisDay, 1.00F, 1.00F},
    {kRecipientsNeverWritten, 1.00F, 1.00F},
    {kRecipientsInOneMessage, 1.00F, 1.00F},
    {kRecipientsThisHour, 1.00F, 1.00F},
    {kRefusedRecipients, 1.00F, 1.00F},
    {kDeliveredRecipients, 1.00F, 1.00F},
    {kCanaryHit, 1.00F, 1.00F},
    {kTestMessage, 1.00F, 1.00F},
    {kDisplayNameIsAddress, 1.00F, 1.00F},
    {kToNameIsAddress, 1.00F, 1.00F},
    {kForeignFrom, 1.00F, 1.00F},
    {kForeignEnvelope, 1.00F, 1.00F},
    {kAwakened, 1.00F, 1.00F},
    {kInfected, 1.00F, 1.00F},
    {kSpam, 1.00F, 1.00F},
    {kThiefsHost, 1.00F, 1.00F},
    {kThiefsNetwork, 1.00F, 1.00F},
    {kThiefsClient, 1.00F, 1.00F},
    {kNewToManyTenants, 1.00F, 1.00F},
    {kSettingMade, 1.00F, 1.00F},
    {kSettingMadeBefore, 1.00F, 1.00F},
    {kReadsAlong, 1.00F, 1.00F},
    {kComplaints, 1.00F, 1.00F},
    {kComplaintsOfStranger, 1.00F, 1.00F},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    if (static_cast<std::size_t>(kWeights[i].reason) != i) return false;
  }
  return true;
}
static_assert(in_order(), "a reason was added or moved: give it a row of 1.00F at its place, or fit anew");

}  // namespace

float factor_of(Reason reason, bool strange) noexcept {
  const ReasonWeight& weight = kWeights[static_cast<std::size_t>(reason)];
  return strange ? weight.strange : weight.usual;
}

}  // namespace postreeve
