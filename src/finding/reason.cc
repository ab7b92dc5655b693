#include <algorithm>

#include "finding/evidence.h"
#include "finding/reason_table.h"

namespace postreeve {
namespace {

using enum Reason;

// One row a reason, in the order of the enumeration.
constexpr std::array<ReasonRow, kReasonCount> kTable{{
    {kFamiliarNetwork, DetectorId::kOriginNovelty, Group::kOrigin,
     "{0} is a network the account has long used"},
    {kFamiliarProvider, DetectorId::kOriginNovelty, Group::kOrigin,
     "the account's usual client at a provider it has long used ({0})"},
    {kFamiliarByWebmail, DetectorId::kOriginNovelty, Group::kOrigin,
     "over the webmail, used from a place in {0} that the account has long used"},
    {kNewNetworkOfProvider, DetectorId::kOriginNovelty, Group::kOrigin,
     "a network never used before ({0}), of a provider that was"},
    {kNewProvider, DetectorId::kOriginNovelty, Group::kOrigin,
     "first use ever from this provider in {1} ({0}); until now {2} networks in {3}"},
    {kNewCountry, DetectorId::kOriginNovelty, Group::kOrigin,
     "first use ever from {1} ({0}); until now {2} networks in {3}"},
    {kForeignCountry, DetectorId::kOriginNovelty, Group::kOrigin,
     "used from {1} ({0}); of {3} places of all accounts {2} are there, and its own are not known yet"},
    {kColleaguesNetwork, DetectorId::kOriginNovelty, Group::kOrigin,
     "new to the account, but {0} is a network that {1} colleagues use"},
    {kManyCountries, DetectorId::kCountriesAndSpeed, Group::kOrigin,
     "used from {0} countries new to it within {1}, the last one {2}"},
    {kImpossibleSpeed, DetectorId::kCountriesAndSpeed, Group::kOrigin,
     "used from {0} {1} after a use from {2}, {3} km away"},
    {kNetworkChurn, DetectorId::kOriginChurn, Group::kOrigin,
     "used from {0} unfamiliar providers within {1}; usual are {2} new ones a day"},
    {kNoSession, DetectorId::kClientConsistency, Group::kOrigin,
     "sends from {0} without opening the mailbox from there, as its mail programs always do"},
    {kGuessedFromHere, DetectorId::kGuessedPassword, Group::kOrigin,
     "the password was guessed: {0} wrong ones from {1} within a day, then the right one"},
    {kGuessedElsewhere, DetectorId::kGuessedPassword, Group::kOrigin,
     "{0} wrong passwords from unfamiliar networks within a day, then a first success from {1}"},
    {kSprayingSource, DetectorId::kGuessedPassword, Group::kOrigin,
     "{0} tried the passwords of {1} accounts within two days, then got in here"},
    {kMessagesThisHour, DetectorId::kVolume, Group::kVolume,
     "{0} messages within an hour; usual are {1} a day, the most in an hour were {2}"},
    {kMessagesThisDay, DetectorId::kVolume, Group::kVolume, "{0} messages within a day; usual are {1}"},
    {kRecipientsNeverWritten, DetectorId::kNewRecipients, Group::kRecipients,
     "{0} of the last {1} recipients never written to before; usual are {2} in a hundred"},
    {kRecipientsInOneMessage, DetectorId::kRecipientFanOut, Group::kRecipients,
     "{0} recipients in one message; usual are {1}"},
    {kRecipientsThisHour, DetectorId::kRecipientFanOut, Group::kRecipients,
     "{0} recipients within an hour; the most before were {1}"},
    {kRefusedRecipients, DetectorId::kRefusals, Group::kAnswers,
     "{0} of {1} recipients of the last day were refused, the last with {2}"},
    {kDeliveredRecipients, DetectorId::kRefusals, Group::kAnswers, "{0} of {1} recipients were delivered"},
    {kCanaryHit, DetectorId::kCanaryRecipient, Group::kContent,
     "wrote to {0}, an address only thieves write to when they test a stolen login"},
    {kTestMessage, DetectorId::kCredentialTest, Group::kContent,
     "looks like a thief's test of the login: {0} bytes to one unknown {1} mailbox, client calls itself {2}, "
     "subject {3}"},
    {kDisplayNameIsAddress, DetectorId::kHeaderSpoofing, Group::kContent,
     "the sender's display name pretends to be {0}, the address is {1}"},
    {kToNameIsAddress, DetectorId::kHeaderSpoofing, Group::kContent,
     "the display name of the recipient is the address itself ({0}), as mass mailers write it"},
    {kForeignFrom, DetectorId::kHeaderSpoofing, Group::kContent,
     "writes as {0}, which is not the account's own address"},
    {kForeignEnvelope, DetectorId::kHeaderSpoofing, Group::kContent,
     "sends in the name of {0}, which is not the account's own address"},
    {kAwakened, DetectorId::kSleepingAccount, Group::kVolume,
     "{0} messages within a day after {1} of silence"},
    {kInfected, DetectorId::kScannerVerdict, Group::kContent, "{0} found {1} in a message"},
    {kLooksInfected, DetectorId::kScannerVerdict, Group::kContent,
     "to {0} a message looks dangerous ({1}), which honest mail does too at times"},
    {kSpam, DetectorId::kScannerVerdict, Group::kContent, "{0} takes a message for spam ({1})"},
    {kThiefsHost, DetectorId::kSharedOrigin, Group::kOrigin,
     "strangers in other accounts ({1} of late) came from this very address in {0}"},
    {kThiefsNetwork, DetectorId::kSharedOrigin, Group::kOrigin,
     "strangers in other accounts ({1} of late) came from {0}"},
    {kThiefsClient, DetectorId::kSharedOrigin, Group::kOrigin,
     "the client calls itself like that of strangers in other accounts ({1} of late); it comes from {0}"},
    {kNewToManyTenants, DetectorId::kSharedOrigin, Group::kOrigin,
     "{0} is new to this account and, within a day, to accounts of {1} other customers"},
    {kSettingMade, DetectorId::kReading, Group::kOrigin,
     "{0} set from {2} in {3}, where the account does not send from; it names {1}"},
    {kSettingMadeBefore, DetectorId::kReading, Group::kOrigin,
     "mail from an unfamiliar place ({2}), {1} after {0} was set from one"},
    {kReadsAlong, DetectorId::kReading, Group::kOrigin,
     "read on {0} days from a provider in {2} ({1}) that nothing was sent from, while the owner sends "
     "elsewhere"},
    {kComplaints, DetectorId::kComplaints, Group::kAnswers,
     "{0} complaints about mail to some {1} recipients; usual is one in {2}"},
    {kComplaintsOfStranger, DetectorId::kComplaints, Group::kAnswers,
     "{0} complaints about mail to {1} recipients that was sent from unfamiliar places"},
    {kThiefsSubject, DetectorId::kContent, Group::kContent,
     "strangers in other accounts ({0} of late) sent the same subject, {1}"},
    {kSubjectOfStrangers, DetectorId::kContent, Group::kContent,
     "strangers in accounts of other customers ({0} within two days) sent the same subject, {1}"},
    {kThiefsPretence, DetectorId::kContent, Group::kContent,
     "strangers in other accounts ({0} of late) pretended to be {1} too"},
    {kPretenceOfStrangers, DetectorId::kContent, Group::kContent,
     "strangers in accounts of other customers ({0} within two days) pretended to be {1} too"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].reason) != i) return false;
  }
  return true;
}
static_assert(in_order(), "a row of kTable is not at its reason's place");

}  // namespace

const ReasonRow& row_of(Reason reason) noexcept {
  return kTable[static_cast<std::size_t>(reason)];
}

DetectorId detector_of(Reason reason) noexcept {
  return row_of(reason).detector;
}
Group group_of(Reason reason) noexcept {
  return row_of(reason).group;
}

}  // namespace postreeve
