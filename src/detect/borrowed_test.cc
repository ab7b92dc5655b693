#include "detect/borrowed.h"

#include <gtest/gtest.h>

#include "detect/client_consistency.h"
#include "detect/scene_testing.h"
#include "detect/strangeness.h"

namespace postreeve {
namespace {

// An account's first mail, from Vietnam, to a server whose people are elsewhere.
struct Newcomer {
  Stage stage;
  KnownNeighbours others;

  Newcomer() {
    stage.origin = thiefs_place();
    stage.side = Side::kUnsettled;
    stage.neighbours = &others;
    others.country = {.all = 1000, .here = 0, .tenant = 20, .tenant_here = 0};
  }
  [[nodiscard]] double foreignness() const { return foreignness_of(stage.scene()).nats; }
};

TEST(YoungAccount, IsSuspectWhereNobodyElseIsUsedFrom) {
  const Newcomer newcomer;
  EXPECT_GT(newcomer.foreignness(), 2);
  EXPECT_EQ(reason_of(weigh_origin_novelty(newcomer.stage.scene())), Reason::kForeignCountry);
  EXPECT_GT(strangeness_of(newcomer.stage.scene()), 0.2F);
}

TEST(YoungAccount, IsNotSuspectAtHome) {
  Newcomer newcomer;
  newcomer.others.country = {.all = 1000, .here = 900, .tenant = 20, .tenant_here = 18};
  EXPECT_EQ(newcomer.foreignness(), 0);
  EXPECT_EQ(weigh_origin_novelty(newcomer.stage.scene()), std::nullopt);
  EXPECT_EQ(strangeness_of(newcomer.stage.scene()), 0);
}

TEST(YoungAccount, IsNotSuspectOnAServerThatKnowsNobodyYet) {
  Newcomer newcomer;
  for (const std::uint32_t all : {0U, 5U, 10U}) {
    newcomer.others.country = {.all = all, .here = 0, .tenant = 0, .tenant_here = 0};
    EXPECT_LT(newcomer.foreignness(), 0.3) << all;
  }
}

TEST(YoungAccount, BorrowsFromItsTenantBeforeEverybody) {
  Newcomer newcomer;
  newcomer.others.country = {.all = 1000, .here = 10, .tenant = 12, .tenant_here = 9};
  EXPECT_EQ(newcomer.foreignness(), 0);  // a foreign company
  newcomer.others.country = {.all = 1000, .here = 300, .tenant = 600, .tenant_here = 0};
  EXPECT_GT(newcomer.foreignness(), 1);  // others' country
}

TEST(YoungAccount, DoesNotExcuseItself) {
  Newcomer newcomer;
  const double before = newcomer.foreignness();
  learn_use(newcomer.stage.record.profile, kNow - std::chrono::hours{1}, thiefs_place(), Use::kSend);
  newcomer.others.country = {.all = 1001, .here = 1, .tenant = 21, .tenant_here = 1};
  EXPECT_DOUBLE_EQ(newcomer.foreignness(), before);
}

TEST(YoungAccount, IsLessSuspectWhereItsMailboxIsRead) {
  Newcomer newcomer;
  const double before = newcomer.foreignness();
  learn_use(newcomer.stage.record.profile, kNow - std::chrono::hours{1}, thiefs_place(), Use::kRead);
  newcomer.others.country = {.all = 1001, .here = 1, .tenant = 21, .tenant_here = 1};
  EXPECT_NEAR(newcomer.foreignness(), before - 1.5, 1e-9);
}

TEST(YoungAccount, IsLessSuspectByAServerThatIsNamedForItsDomain) {
  Newcomer newcomer;
  const double before = newcomer.foreignness();
  newcomer.stage.names_own_host = true;
  EXPECT_DOUBLE_EQ(newcomer.foreignness(), before + kOwnHost);
}

TEST(SettledAccount, BorrowsNothing) {
  Stage stage = settled_account();
  const double alone = nats_of(weigh_origin_novelty(stage.scene()));
  KnownNeighbours others;
  others.country = {.all = 1000, .here = 0, .tenant = 20, .tenant_here = 0};
  stage.neighbours = &others;
  EXPECT_EQ(nats_of(weigh_origin_novelty(stage.scene())), alone);
  for (const Side side : {Side::kEstablished, Side::kUnsettled}) {
    stage.side = side;
    EXPECT_EQ(foreignness_of(stage.scene()).nats, 0);
  }
}

// Three messages within a month say little: as little as of a country that nobody of the server is used from.
TEST(SeldomUsedAccount, BorrowsWhatItsHabitsDoNotSay) {
  Stage stage = settled_account(3, 1);
  stage.time = kNow + std::chrono::days{30};
  const double alone = nats_of(weigh_origin_novelty(stage.scene()));
  KnownNeighbours others;
  others.country = {.all = 1000, .here = 0, .tenant = 20, .tenant_here = 0};
  stage.neighbours = &others;
  const double among_others = nats_of(weigh_origin_novelty(stage.scene()));
  EXPECT_GT(among_others, alone + 1);
  EXPECT_LT(among_others, nats_of(weigh_origin_novelty(settled_account().scene())));
  others.country = {.all = 1000, .here = 500, .tenant = 20, .tenant_here = 10};
  EXPECT_NEAR(nats_of(weigh_origin_novelty(stage.scene())), alone, 1e-6) << "where half of them are";
}

// A settled account in a network that is new to it.
struct Visitor {
  Stage stage = settled_account();
  KnownNeighbours others;

  Visitor(std::uint8_t colleagues, std::uint32_t tenant, float guilt = 0) {
    stage.neighbours = &others;
    others.traits[Trait::kNetwork] = {.honest = colleagues, .colleagues = colleagues, .guilt = guilt};
    others.country = {.all = 100'000, .here = 1, .tenant = tenant, .tenant_here = 1};
  }
  [[nodiscard]] double excuse() const { return at_home(stage.scene()).by_colleagues; }
};

TEST(Colleagues, ExcuseTheirNetwork) {
  const Visitor alone(0, 20);
  const Visitor visitor(2, 20);
  EXPECT_EQ(alone.excuse(), 0);
  EXPECT_EQ(visitor.excuse(), 3);
  EXPECT_LT(nats_of(weigh_origin_novelty(visitor.stage.scene())),
            nats_of(weigh_origin_novelty(alone.stage.scene())));
}

TEST(Colleagues, SpeakForTheOwnerWhereLittleElseIsNew) {
  Visitor visitor(4, 20);
  visitor.stage.origin = origin_at(2, 10, "PL");  // another network of the usual provider
  const std::optional<Evidence> found = weigh_origin_novelty(visitor.stage.scene());
  EXPECT_EQ(reason_of(found), Reason::kColleaguesNetwork);
  EXPECT_LT(nats_of(found), 0);
}

TEST(Colleagues, AreNoneAmongAHundredThousandStrangersOfOneDomain) {
  EXPECT_LT(Visitor(5, 100'000).excuse(), 0.01);
}

TEST(Colleagues, ExcuseNothingWhereSomebodyWasAccused) {
  EXPECT_EQ(Visitor(4, 20, 0.3F).excuse(), 0);
}

// A settled account in a network where `others` of other tenants are at home.
Stage where_others_live(const KnownNeighbours& neighbours) {
  Stage stage = settled_account();
  stage.neighbours = &neighbours;
  return stage;
}

TEST(OthersAtHome, MakeANetworkLessStrange) {
  KnownNeighbours others;
  double before = nats_of(weigh_origin_novelty(where_others_live(others).scene()));
  constexpr std::uint8_t kSeveral[] = {2, 3, 5};
  for (const std::uint8_t honest : kSeveral) {
    others.traits[Trait::kNetwork] = {.honest = honest};
    const std::optional<Evidence> found = weigh_origin_novelty(where_others_live(others).scene());
    EXPECT_LT(nats_of(found), before) << int{honest};
    EXPECT_EQ(reason_of(found), Reason::kNewCountry) << int{honest};
    before = nats_of(found);
  }
}

TEST(OthersAtHome, NeverSpeakForTheOwner) {
  KnownNeighbours others;
  others.traits[Trait::kNetwork] = {.honest = 5};
  Stage stage = settled_account();
  stage.origin = origin_at(2, 10, "PL", kOwnClient);  // the usual laptop, at the usual provider
  stage.record.profile.rates.new_networks = 5;
  stage.origin.client = 99;
  const double before = nats_of(weigh_origin_novelty(stage.scene()));
  ASSERT_GT(before, 0);
  ASSERT_LT(before, 2);
  stage.neighbours = &others;
  EXPECT_EQ(nats_of(weigh_origin_novelty(stage.scene())), 0);
}

TEST(OthersAtHome, ExcuseLessTheMoreOfThemWereAccused) {
  KnownNeighbours others;
  others.traits[Trait::kNetwork] = {.honest = 5};
  EXPECT_EQ(at_home(where_others_live(others).scene()).by_others, 2);
  others.traits[Trait::kNetwork].guilt = 2.5F;
  EXPECT_EQ(at_home(where_others_live(others).scene()).by_others, 1);
  others.traits[Trait::kNetwork].guilt = 9;
  EXPECT_EQ(at_home(where_others_live(others).scene()).by_others, 0);
}

TEST(OthersAtHome, AreNoColleagues) {
  KnownNeighbours others;
  others.traits[Trait::kNetwork] = {.honest = 5, .colleagues = 5};
  EXPECT_EQ(at_home(where_others_live(others).scene()).by_others, 0);
}

TEST(OthersAtHome, AreSeveral) {
  KnownNeighbours others;
  others.traits[Trait::kNetwork] = {.honest = 1};
  EXPECT_EQ(at_home(where_others_live(others).scene()).by_others, 0);
}

}  // namespace
}  // namespace postreeve
