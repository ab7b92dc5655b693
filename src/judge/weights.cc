// Written by `postreeve-lab fit --seed 301 --worlds 6 --accounts 1200 --days 45 --attacks 230`.
// At risk 0 the fit had 73.8 % of its take-overs' first messages restricted, and 15.5 honest accounts in
// 10,000 account-months. By hand since (docs/decisions/0008, 0024): at usual places all factors are those of
// the fit before; at strange ones kNewProvider (fitted 0.55), kNewCountry (0.91), kMessagesThisHour (0.78),
// kMessagesThisDay (0.35), kRecipientsNeverWritten (0.98), kRecipientsInOneMessage (0.58), kThiefsClient
// (1.00), kNewToManyTenants (1.09), kThiefsSubject and kSubjectOfStrangers (1.60).
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
    {kNewNetworkOfProvider, 0.79F, 1.00F},
    {kNewProvider, 0.80F, 1.00F},
    {kNewCountry, 0.77F, 1.00F},
    {kForeignCountry, 1.00F, 1.00F},
    {kColleaguesNetwork, 1.00F, 1.00F},
    {kManyCountries, 1.60F, 1.00F},
    {kImpossibleSpeed, 0.41F, 1.00F},
    {kNetworkChurn, 1.08F, 1.00F},
    {kNoSession, 0.28F, 1.00F},
    {kGuessedFromHere, 1.08F, 1.00F},
    {kGuessedElsewhere, 1.00F, 1.00F},
    {kSprayingSource, 1.24F, 1.00F},
    {kMessagesThisHour, 1.49F, 1.08F},
    {kMessagesThisDay, 0.45F, 0.32F},
    {kRecipientsNeverWritten, 1.00F, 0.20F},
    {kRecipientsInOneMessage, 0.80F, 0.30F},
    {kRecipientsThisHour, 0.79F, 1.10F},
    {kRefusedRecipients, 1.60F, 1.09F},
    {kDeliveredRecipients, 1.00F, 1.00F},
    {kCanaryHit, 1.00F, 1.00F},
    {kTestMessage, 1.08F, 1.00F},
    {kDisplayNameIsAddress, 1.60F, 1.00F},
    {kToNameIsAddress, 0.20F, 0.20F},
    {kForeignFrom, 1.45F, 0.22F},
    {kForeignEnvelope, 1.00F, 1.00F},
    {kAwakened, 1.00F, 1.00F},
    {kInfected, 1.00F, 1.00F},
    {kLooksInfected, 1.00F, 1.00F},
    {kSpam, 1.00F, 1.00F},
    {kThiefsHost, 1.17F, 1.00F},
    {kThiefsNetwork, 0.81F, 1.00F},
    {kThiefsClient, 0.40F, 1.00F},
    {kNewToManyTenants, 0.20F, 1.00F},
    {kSettingMade, 0.64F, 1.00F},
    {kSettingMadeBefore, 1.24F, 1.00F},
    {kReadsAlong, 0.26F, 1.00F},
    {kComplaints, 1.00F, 1.04F},
    {kComplaintsOfStranger, 1.03F, 1.00F},
    {kThiefsSubject, 1.00F, 1.00F},
    {kSubjectOfStrangers, 1.00F, 1.00F},
    {kThiefsPretence, 1.00F, 1.00F},
    {kPretenceOfStrangers, 1.00F, 1.00F},
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
