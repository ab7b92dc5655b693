#include "control/plain_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding/explain.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint32_t kMorning = 1'772'438'400;  // 2026-03-02 08:00

Standing standing(Level level, std::uint32_t until = 0, Scope scope = Scope::kUnfamiliarOrigins) {
  Standing made;
  made.since = kMorning;
  made.until = until;
  made.level = level;
  made.scope = scope;
  return made;
}

IncidentRow incident() {
  IncidentRow row;
  row.account = *AccountId::from_login("anna@x.example", "");
  row.opened = from_seconds32(kMorning);
  row.level = Level::kSuspended;
  row.first_evidence = "first use ever from Vietnam";
  row.outgo = {.messages = 4, .recipients = 12};
  return row;
}

TEST(PlainWords, SayWhatIsRestrictedSinceWhenWhyAndWhatGotOut) {
  const IncidentRow row = incident();
  EXPECT_EQ(
      in_words(standing(Level::kSuspended), &row),
      "suspended for unfamiliar places since 2026-03-02 08:00 UTC, until a person or a new password ends "
      "it: mail is refused; because first use ever from Vietnam; 4 messages to 12 recipients got out");
  EXPECT_EQ(
      in_words(standing(Level::kSlowed, kMorning + 7200, Scope::kWholeAccount), nullptr),
      "slowed since 2026-03-02 08:00 UTC, until 2026-03-02 10:00 UTC: mail to many new recipients is put "
      "off");
}

TEST(PlainWords, SayThatNothingIsRestricted) {
  EXPECT_EQ(in_words(Standing{}, nullptr), "clear: nothing is restricted");
  EXPECT_THAT(in_words(standing(Level::kWatched), nullptr), HasSubstr("nothing is restricted"));
}

TEST(PlainWords, TellAnIncidentWithItsOutcome) {
  IncidentRow row = incident();
  EXPECT_EQ(
      in_words(row),
      "anna@x.example became suspended for unfamiliar places on 2026-03-02 08:00 UTC; because first use "
      "ever from Vietnam; 4 messages to 12 recipients got out; nobody has judged it yet");
  row.outcome = Outcome::kDismissed;
  row.outgo = {};
  row.is_observed = true;
  EXPECT_THAT(in_words(row), HasSubstr("nothing got out; only observed: nothing was refused; dismissed"));
  EXPECT_EQ(in_words(Outgo{.messages = 1, .recipients = 1}), "1 message to 1 recipient got out");
}

TEST(PlainWords, TellNeitherSubjectsNorRecipients) {
  const ShortText secret("confidential");
  const ShortText helo("ylmf-pc");
  const Evidence findings[] = {
      make_evidence(Reason::kCanaryHit, 3, {secret}),
      make_evidence(Reason::kTestMessage, 3, {std::int64_t{300}, helo, helo, secret}),
      make_evidence(Reason::kThiefsSubject, 3, {std::int64_t{2}, secret}),
      make_evidence(Reason::kSubjectOfStrangers, 3, {std::int64_t{2}, secret}),
      make_evidence(Reason::kToNameIsAddress, 3, {secret})};
  for (const Evidence& finding : findings) {
    IncidentRow row = incident();
    row.first_evidence = explain(finding);
    ASSERT_THAT(row.first_evidence, HasSubstr("confidential"));
    EXPECT_THAT(in_words(row), Not(HasSubstr("confidential")));
    EXPECT_THAT(in_words(row), HasSubstr("; 4 messages to 12 recipients got out"));
  }
}

}  // namespace
}  // namespace postreeve
