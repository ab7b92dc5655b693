// What stays of a thief after a person confirmed him, and habits that change for good.
#include <gtest/gtest.h>

#include <algorithm>

#include "judge/account_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

const Origin kNewOffice = origin_at(5, 50, "PL", kOwnClient);

bool knows_place(const AccountProfile& profile, const Origin& place) {
  return profile.networks.find(place.network) != nullptr ||
         profile.providers.find(place.provider) != nullptr ||
         profile.countries.find(place.country.packed()) != nullptr;
}

TEST(Confirmed, ForgetsWhatTheThiefTaughtBeforeHeWasSuspected) {
  Account anna;
  anna.live();
  for (int day = 0; day < 6; ++day) {
    anna.login(thiefs_place());  // reads quietly, which is learned
    anna.send(office(), {1});
    anna.now += 24h;
  }
  ASSERT_TRUE(knows_place(anna.record.profile, thiefs_place()));
  anna.run();
  ASSERT_TRUE(is_restriction(anna.level()));
  anna.judge_by_person(true);
  EXPECT_FALSE(knows_place(anna.record.profile, thiefs_place()));
  EXPECT_EQ(anna.record.profile.clients.find(thiefs_place().client), nullptr);
  EXPECT_TRUE(anna.record.stranger == nullptr || anna.record.stranger->lessons.empty());
}

TEST(Confirmed, LeavesNothingThatMakesTheThiefLessOfAStranger) {
  Account before;
  before.live();
  Account after;
  after.live();
  for (int day = 0; day < 6; ++day) {
    after.login(thiefs_place());
    after.now += 24h;
  }
  after.run();
  after.judge_by_person(true);
  after.change_credentials();
  after.now += std::chrono::days{31};
  before.now = after.now;
  before.login(thiefs_place());
  after.login(thiefs_place());
  ASSERT_FALSE(after.decision.verdict.evidence.empty());
  EXPECT_EQ(after.decision.verdict.evidence.begin()->reason,
            before.decision.verdict.evidence.begin()->reason);
}

TEST(Confirmed, LeavesTheOwnersPlacesAlone) {
  Account anna;
  anna.live(60);
  anna.run();
  anna.judge_by_person(true);
  EXPECT_EQ(side_of(anna.record.profile, office(), Use::kSend, day_of(anna.now)), Side::kEstablished);
  EXPECT_TRUE(knows_client(anna.record.profile, kOwnClient));

  // Malware on the owner's machine: the whole account is closed, and what it sends waits as lessons.
  Account bob;
  bob.live(60);
  bob.judge_by_person(true);
  bob.send(office(), {1});
  bob.judge_by_person(true);
  EXPECT_EQ(side_of(bob.record.profile, office(), Use::kSend, day_of(bob.now)), Side::kEstablished);
}

TEST(Confirmed, LeavesAProviderThatTheOwnerShares) {
  Account anna;
  anna.live(60);
  const Origin neighbour = origin_at(67, office().provider, "PL", 9);  // a thief on the owner's provider
  for (int day = 0; day < 3; ++day) {
    anna.login(neighbour);
    anna.now += 24h;
  }
  std::uint32_t victim = 50'000;
  for (int i = 0; i < 10; ++i) {
    std::vector<std::uint32_t> victims;
    for (int n = 0; n < 30; ++n) victims.push_back(victim++);
    anna.send(neighbour, victims);
  }
  anna.judge_by_person(true);
  EXPECT_EQ(anna.record.profile.networks.find(neighbour.network), nullptr);
  EXPECT_NE(anna.record.profile.providers.find(office().provider), nullptr);
  EXPECT_NE(anna.record.profile.countries.find(office().country.packed()), nullptr);
}

// Days until nothing speaks against mail from `place`, four messages each workday; 99 if never.
int days_until_familiar(Account& anna, const Origin& place) {
  for (int day = 0; day < 30; ++day) {
    bool odd = false;
    for (int i = 0; i < 4; ++i) {
      anna.send(place, {1 + static_cast<std::uint32_t>(day * 4 + i) % 40});
      EXPECT_FALSE(is_restriction(anna.level())) << day;
      odd |=
          std::ranges::any_of(anna.decision.verdict.evidence, [](const Evidence& e) { return e.nats > 0; });
      anna.now += 2h;
    }
    if (!odd && side_of(anna.record.profile, place, Use::kSend, day_of(anna.now)) == Side::kEstablished)
      return day;
    anna.now += day % 5 == 4 ? 64h : 16h;  // the weekend
  }
  return 99;
}

TEST(ANewOffice, IsFamiliarOnItsThirdDay) {
  Account anna;
  anna.live(60);
  EXPECT_LE(days_until_familiar(anna, kNewOffice), 2);
}

TEST(ANewOffice, IsFamiliarSoonInAnotherCountryToo) {
  Account anna;
  anna.live(60);
  EXPECT_LE(days_until_familiar(anna, origin_at(5, 50, "DE", kOwnClient)), 6);
}

TEST(ANewOffice, IsFamiliarSoonForAClientWithoutAName) {
  Account anna;
  Origin old_office = office();
  old_office.client = 0;
  for (int i = 0; i < 240; ++i) {
    anna.send(old_office, {1 + static_cast<std::uint32_t>(i) % 40});
    anna.now += 6h;
  }
  Account bob = Account{};
  bob.record = anna.record;
  bob.now = anna.now;
  EXPECT_LE(days_until_familiar(anna, origin_at(5, 50, "PL")), 2);
  EXPECT_LE(days_until_familiar(bob, origin_at(5, 50, "DE")), 10);
}

TEST(AStrangePlace, IsNotLearnedWhileTheOwnerGoesOnElsewhere) {
  Account anna;
  Origin old_office = office();
  old_office.client = 0;
  for (int i = 0; i < 240; ++i) {
    anna.send(old_office, {1 + static_cast<std::uint32_t>(i) % 40});
    anna.now += 6h;
  }
  const Origin quiet_thief = origin_at(66, 60, "VN");
  for (int day = 0; day < 10; ++day) {
    anna.send(quiet_thief, {1 + static_cast<std::uint32_t>(day)});
    anna.now += 6h;
    anna.send(old_office, {1 + static_cast<std::uint32_t>(day)});
    anna.now += 18h;
  }
  EXPECT_EQ(side_of(anna.record.profile, quiet_thief, Use::kSend, day_of(anna.now)), Side::kStranger);
}

}  // namespace
}  // namespace postreeve
