#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

// A login from the thief's place after `failures` wrong passwords from there.
Stage after_guesses(std::uint16_t failures) {
  Stage stage = settled_account();
  stage.kind = StepKind::kLogin;
  stage.use = Use::kRead;
  stage.record.guesses.network = stage.origin.network;
  stage.record.guesses.from_network = failures;
  stage.record.guesses.last_day = day_of(kNow);
  return stage;
}

Stage after_guesses_elsewhere(std::uint32_t failures) {
  Stage stage = settled_account();
  stage.kind = StepKind::kLogin;
  stage.record.guesses.network = 999;
  stage.record.guesses.day.add(kNow - 1h, failures);
  return stage;
}

Stage from_sprayer(float failed, float succeeded) {
  Stage stage = settled_account();
  stage.kind = StepKind::kLogin;
  stage.network = {.failures = failed, .accounts_failed = failed, .accounts_succeeded = succeeded};
  return stage;
}

std::optional<Evidence> weigh(const Stage& stage) {
  return weigh_guessed_password(stage.scene());
}

TEST(GuessedPassword, SaysNothingOfAFirstTryThatIsRight) {
  EXPECT_FALSE(weigh(after_guesses(0)));
}

TEST(GuessedPassword, AllowsTwoTypingErrors) {
  EXPECT_FALSE(weigh(after_guesses(2)));
  const auto evidence = weigh(after_guesses(3));
  EXPECT_EQ(reason_of(evidence), Reason::kGuessedFromHere);
  EXPECT_NEAR(nats_of(evidence), 3 + std::log(3), 1e-5);
}

RC_GTEST_PROP(GuessedPassword, NeverWeighsLessAfterMoreGuessesAndAtMostSix, (std::uint16_t failures)) {
  const double less = nats_of(weigh(after_guesses(failures)));
  const double more = nats_of(weigh(after_guesses(static_cast<std::uint16_t>(failures | 1))));
  RC_ASSERT(less <= more);
  RC_ASSERT(more <= 6);
}

TEST(GuessedPassword, ForgetsGuessesOfTheDayBeforeYesterday) {
  Stage stage = after_guesses(20);
  stage.record.guesses.last_day = static_cast<std::uint16_t>(day_of(kNow) - 1);
  EXPECT_TRUE(weigh(stage));
  stage.record.guesses.last_day = static_cast<std::uint16_t>(day_of(kNow) - 2);
  EXPECT_FALSE(weigh(stage));
}

TEST(GuessedPassword, SaysNothingAtAnEstablishedPlace) {
  Stage stage = after_guesses(500);
  stage.side = Side::kEstablished;
  stage.network = from_sprayer(100, 0).network;
  EXPECT_FALSE(weigh(stage));
}

TEST(GuessedPassword, SaysNothingOfReportsOrWithoutAddress) {
  Stage stage = after_guesses(500);
  stage.kind = StepKind::kDelivery;
  EXPECT_FALSE(weigh(stage));
  stage.kind = StepKind::kScan;
  EXPECT_FALSE(weigh(stage));
  stage.kind = StepKind::kLogin;
  stage.origin = {};
  EXPECT_FALSE(weigh(stage));
}

TEST(GuessedPassword, SpeaksAtTheFirstSendWhereLoginsAreNotLogged) {
  Stage stage = after_guesses(20);
  stage.kind = StepKind::kRecipient;
  EXPECT_TRUE(weigh(stage));
}

TEST(GuessedElsewhere, NeedsTenFailuresAndANewNetwork) {
  EXPECT_FALSE(weigh(after_guesses_elsewhere(9)));
  const auto evidence = weigh(after_guesses_elsewhere(10));
  EXPECT_EQ(reason_of(evidence), Reason::kGuessedElsewhere);
  EXPECT_EQ(nats_of(evidence), 2);
  Stage known = after_guesses_elsewhere(10);
  learn_use(known.record.profile, kNow - 24h, known.origin, Use::kRead);
  EXPECT_FALSE(weigh(known));
}

TEST(GuessedElsewhere, AccusesNobodyWhoseHabitsAreNotKnown) {
  Stage stage = after_guesses_elsewhere(50);
  stage.side = Side::kUnsettled;
  EXPECT_FALSE(weigh(stage));
}

TEST(Spraying, CountsAccountsThatFailed) {
  EXPECT_FALSE(weigh(from_sprayer(3.9F, 0)));
  const auto evidence = weigh(from_sprayer(40, 1));
  EXPECT_EQ(reason_of(evidence), Reason::kSprayingSource);
  EXPECT_NEAR(nats_of(evidence), 2 + std::log(10), 1e-5);
  EXPECT_EQ(nats_of(weigh(from_sprayer(1e9F, 0))), 6);
}

TEST(Spraying, IsNotAnOfficeWherePeopleMistypeNowAndThen) {
  EXPECT_FALSE(weigh(from_sprayer(20, 100)));
  EXPECT_FALSE(weigh(from_sprayer(20, 7)));
  EXPECT_TRUE(weigh(from_sprayer(21, 7)));
}

TEST(Spraying, IsTakenWhenItIsTheStrongerFinding) {
  Stage stage = after_guesses(3);
  stage.network = {.failures = 400, .accounts_failed = 400, .accounts_succeeded = 1};
  EXPECT_EQ(reason_of(weigh(stage)), Reason::kSprayingSource);
  stage.network.accounts_failed = 5;
  EXPECT_EQ(reason_of(weigh(stage)), Reason::kGuessedFromHere);
}

TEST(GuessedPassword, WeighsLessAtAProviderOfTheOwners) {
  for (Stage stage : {after_guesses(200), from_sprayer(400, 1)}) {
    const double elsewhere = nats_of(weigh(stage));
    Origin before = stage.origin;
    before.network = 67;  // the address at home was another one
    for (const auto ago : {96h, 72h, 48h}) learn_use(stage.record.profile, kNow - ago, before, Use::kRead);
    EXPECT_EQ(nats_of(weigh(stage)), elsewhere);  // a thief reads, too
    for (const auto ago : {48h, 24h}) learn_use(stage.record.profile, kNow - ago, before, Use::kSend);
    EXPECT_LT(nats_of(weigh(stage)), 0.5 * elsewhere);
    EXPECT_GT(nats_of(weigh(stage)), 0);
  }
}

}  // namespace
}  // namespace postreeve
