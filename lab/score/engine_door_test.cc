#include "lab/score/engine_door.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "lab/attackers/underworld.h"
#include "lab/population/population.h"
#include "lab/score/scorer.h"

namespace postreeve::lab {
namespace {

Locator map_of_the_lab(const char* file) {
  const std::filesystem::path path = std::filesystem::path(LAB_GEOGRAPHY) / file;
  Result<Locator> locator = Locator::open(std::span(&path, 1));
  return locator ? std::move(*locator) : Locator();
}

// Honest people only; something goes wrong in the morning of the eighth day. Lower thresholds than
// an operator would set, so that there is something to hold back.
struct Town final : Sink {
  explicit Town(Disaster disaster = {}, std::uint32_t accounts = 400)
      : world(options(accounts), *this), locator(map_of_the_lab("geo.mmdb")) {
    disaster.from = world.start() + days(8) + hours(10);
    policy.ladder.prior += 3;
    door = std::make_unique<EngineDoor>(policy, locator, disaster);
    scorer = std::make_unique<Scorer>(*door, ScorerOptions{});
    populate(world);
    unleash(world);
    scorer->enter(world);
    world.run();
  }

  static WorldOptions options(std::uint32_t accounts) {
    WorldOptions options;
    options.accounts = accounts;
    options.days = 10;
    options.only_personas = {"office", "consumer", "phone", "academic"};
    return options;
  }
  void observe(const Event& event, Doer doer) override { scorer->observe(event, doer); }
  std::span<const Fate> submit(const Submission& submission, Doer doer) override {
    return scorer->submit(submission, doer);
  }
  void honest_delay(std::uint32_t account, Duration delay) override { scorer->honest_delay(account, delay); }
  void honest_loss(std::uint32_t account) override { scorer->honest_loss(account); }

  [[nodiscard]] std::uint32_t most_restrictions() const {
    return most_within_an_hour(scorer->restrictions());
  }

  World world;
  Locator locator;
  Policy policy;
  std::unique_ptr<EngineDoor> door;
  std::unique_ptr<Scorer> scorer;
};

TEST(Fuse, is_not_needed_when_nothing_goes_wrong) {
  const Town town;
  EXPECT_FALSE(town.locator.empty());
  EXPECT_EQ(town.scorer->observed_only(), 0U);
}

// Networks stay what they were, and so do the programs of who sits there: only a few in a hundred are
// suspected because of a map, so it takes a larger town for more than five within an hour.
TEST(Fuse, holds_when_the_rows_of_the_geography_file_are_shuffled) {
  const Locator shuffled = map_of_the_lab("geo_shuffled.mmdb");
  ASSERT_FALSE(shuffled.empty());
  constexpr std::uint32_t kLargerTown = 5000;
  const Town town({.locator = &shuffled, .everyone = {}}, kLargerTown);
  EXPECT_LE(town.most_restrictions(), 5U);
  EXPECT_GT(town.scorer->observed_only(), 5U);
}

TEST(Fuse, holds_when_every_client_is_behind_one_address) {
  const Town town({.locator = nullptr, .everyone = IpAddress::parse("198.51.100.1")});
  EXPECT_LE(town.most_restrictions(), 5U);
  EXPECT_GT(town.scorer->observed_only(), 5U);
}

TEST(EngineDoor, knows_what_its_records_cost) {
  Town town;
  const AccountId& account = town.world.accounts().front().id;
  EXPECT_GE(town.door->record_bytes(account), 500U);
  EXPECT_GT(town.door->nanoseconds().size(), 100U);
  EXPECT_GT(town.door->memory_bytes(), 400 * 500U);
}

}  // namespace
}  // namespace postreeve::lab
