#include <gtest/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

TraitSnapshot accused(float guilt, std::uint8_t honest = 0) {
  return {.honest = honest, .victims = 1, .guilt = guilt};
}

// A stranger of a settled account, and what others know of where he comes from.
struct Shared {
  Stage stage = settled_account();
  KnownNeighbours others;
  std::optional<Evidence> weigh() {
    stage.neighbours = &others;
    return weigh_shared_origin(stage.scene());
  }
};

TEST(SharedOrigin, SaysNothingOfAPlaceNobodyKnows) {
  Shared shared;
  EXPECT_EQ(shared.weigh(), std::nullopt);
  shared.stage.neighbours = nullptr;
  EXPECT_EQ(weigh_shared_origin(shared.stage.scene()), std::nullopt);
}

TEST(SharedOrigin, AccusesTheNextAccountFromTheThiefsAddress) {
  Shared shared;
  shared.others.traits[Trait::kHost] = accused(1);
  EXPECT_GE(nats_of(shared.weigh()), 7.5);
  EXPECT_EQ(reason_of(shared.weigh()), Reason::kThiefsHost);
}

TEST(SharedOrigin, AddsToNoveltyButStaysBelowWhatSlowsForANetworkOrAClient) {
  for (const Trait trait : {Trait::kNetwork, Trait::kClient}) {
    Shared shared;
    shared.others.traits[trait] = accused(2);
    const double novelty = nats_of(weigh_origin_novelty(shared.stage.scene()));
    EXPECT_GT(nats_of(shared.weigh()), novelty);
    EXPECT_LT(nats_of(shared.weigh()), 7);
  }
}

TEST(SharedOrigin, IsSurerOfASuspensionThanOfASlowedAccount) {
  Shared shared;
  shared.stage.origin = origin_at(66, 10, "PL");  // a new network of the usual provider
  shared.others.traits[Trait::kHost] = accused(0.3F);
  const double slowed = nats_of(shared.weigh());
  shared.others.traits[Trait::kHost] = accused(1);
  EXPECT_GT(nats_of(shared.weigh()), slowed);
}

TEST(SharedOrigin, ExcusesWhatHonestPeopleUse) {
  Shared shared;
  shared.stage.origin = origin_at(66, 10, "PL");
  double before = 8.1;
  for (std::uint8_t honest = 0; honest < 4; ++honest) {
    shared.others.traits[Trait::kHost] = accused(1, honest);
    const double nats = nats_of(shared.weigh());
    EXPECT_LT(nats, before) << int{honest};
    before = nats;
  }
  shared.others.traits[Trait::kHost] = accused(2, 4);
  EXPECT_EQ(shared.weigh(), std::nullopt);
}

TEST(SharedOrigin, ExcusesAnyAddressOfACarriersNetwork) {
  Shared shared;
  shared.others.traits[Trait::kHost] = accused(2);
  shared.others.traits[Trait::kNetwork] = accused(2, 5);
  EXPECT_EQ(shared.weigh(), std::nullopt);
}

TEST(SharedOrigin, DoesNotTakeTheAccusationOfAColleagueForAReason) {
  Shared shared;
  shared.stage.origin = origin_at(66, 10, "PL");
  shared.others.traits[Trait::kNetwork] = accused(1);
  EXPECT_GT(nats_of(shared.weigh()), 1);
  shared.others.traits[Trait::kNetwork].guilt_of_colleagues = 1;
  EXPECT_EQ(shared.weigh(), std::nullopt);
}

TEST(SharedOrigin, NoticesAPlaceNewToManyTenantsWithoutSlowingForIt) {
  Shared shared;
  shared.others.traits[Trait::kNetwork].strangers = 1;
  EXPECT_EQ(shared.weigh(), std::nullopt);  // two customers may meet
  shared.others.traits[Trait::kNetwork].strangers = 3;
  EXPECT_EQ(reason_of(shared.weigh()), Reason::kNewToManyTenants);
  EXPECT_LE(nats_of(shared.weigh()), 6.5);
}

TEST(SharedOrigin, DoesNotLookAtEstablishedPlacesOrHomes) {
  Shared shared;
  shared.others.traits[Trait::kHost] = accused(2);
  shared.stage.side = Side::kEstablished;
  EXPECT_EQ(shared.weigh(), std::nullopt);
  shared.stage.side = Side::kUnsettled;
  shared.stage.origin = office();  // unsettled, but used daily
  EXPECT_EQ(shared.weigh(), std::nullopt);
}

TEST(SharedOrigin, AccusesAYoungAccountByOtherCustomersIncidentsOnly) {
  Shared shared;
  shared.stage = Stage{};
  shared.stage.side = Side::kUnsettled;
  shared.stage.origin = thiefs_place();
  shared.others.traits[Trait::kHost] = accused(1);
  EXPECT_GT(nats_of(shared.weigh()), 3);
  EXPECT_LT(nats_of(shared.weigh()), 5);
  shared.others.traits[Trait::kHost].guilt_of_colleagues = 1;  // they sit in one office
  EXPECT_EQ(shared.weigh(), std::nullopt);
}

TEST(SharedOrigin, NeverSlowsForALoginAlone) {
  Shared shared;
  shared.others.traits[Trait::kHost] = accused(2);
  shared.stage.kind = StepKind::kLogin;
  shared.stage.use = Use::kRead;
  EXPECT_GT(nats_of(shared.weigh()), 5);
  EXPECT_LT(nats_of(shared.weigh()), 7);
}

}  // namespace
}  // namespace postreeve
