// The factors are fitted anew from time to time: what is said here holds for any of them.
#include "judge/weights.h"

#include <gtest/gtest.h>

#include <optional>

#include "detect/detectors.h"
#include "judge/account_testing.h"

namespace postreeve {
namespace {

// What the detector of places says of mail from there, before anything is made of it.
Evidence novelty_of(const Account& account, const Origin& origin) {
  const Activity activity;
  const Scene scene{.kind = StepKind::kMessage,
                    .time = account.now,
                    .record = account.record,
                    .side = Side::kStranger,
                    .activity = activity,
                    .origin = origin,
                    .use = Use::kSend,
                    .network = {},
                    .recipient = {},
                    .message = {},
                    .answer = {},
                    .setting = {}};
  return *weigh_origin_novelty(scene);
}

std::optional<Evidence> told_of(const Verdict& verdict, Reason reason) {
  for (const Evidence& evidence : verdict.evidence) {
    if (evidence.reason == reason) return evidence;
  }
  return std::nullopt;
}

TEST(FactorOf, IsAppliedToWhatSpeaksAgainstTheOwner) {
  Account anna;
  anna.live();
  const Evidence found = novelty_of(anna, thiefs_place());
  ASSERT_GT(found.nats, 0);
  anna.begin();
  const auto told = told_of(anna.submit(thiefs_place()), found.reason);
  ASSERT_TRUE(told);
  EXPECT_FLOAT_EQ(told->nats, found.nats * factor_of(found.reason, true));
}

TEST(FactorOf, IsNotAppliedToWhatSpeaksForTheOwner) {
  Account anna;
  anna.live();
  anna.record.profile.rates.new_networks = anna.record.profile.rates.used_days;  // a new one every day
  const Origin another = origin_at(2, 10, "PL", 99);
  const Evidence found = novelty_of(anna, another);
  ASSERT_LT(found.nats, 0);
  anna.begin();
  const auto told = told_of(anna.submit(another), found.reason);
  ASSERT_TRUE(told);
  EXPECT_FLOAT_EQ(told->nats, found.nats);
}

TEST(FactorOf, KeepsANewPlaceAloneBelowWhatSlows) {
  for (const Reason reason : {Reason::kNewNetworkOfProvider, Reason::kNewProvider, Reason::kNewCountry}) {
    const double most = static_cast<double>(kMaxNats * factor_of(reason, true));
    EXPECT_LT(Ladder{}.prior + most, Ladder{}.slowed);
  }
}

TEST(FactorOf, NeitherSilencesAFindingNorDoublesIt) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    for (const bool strange : {true, false}) {
      EXPECT_GT(factor_of(static_cast<Reason>(i), strange), 0.0F) << i;
      EXPECT_LT(factor_of(static_cast<Reason>(i), strange), 2.0F) << i;
    }
  }
}

}  // namespace
}  // namespace postreeve
