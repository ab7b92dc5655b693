// Whoever compares must see a difference, and there must be none.
#include "lab/score/nodes.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/attackers/families.h"
#include "lab/attackers/underworld.h"
#include "lab/population/population.h"
#include "lab/population/staff.h"
#include "lab/score/engine_door.h"
#include "lab/score/scorer.h"
#include "redis/redis_testing.h"
#include "store/ledger/postgresql_testing.h"
#include "store/redis/redis_account_store.h"

namespace postreeve::lab {
namespace {

// Redis and PostgreSQL as they are, on loopback.
class NodesOfLab : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PrivatePostgresql::is_installed())
      GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
    postgresql = std::make_unique<PrivatePostgresql>();
    redis = std::make_unique<PrivateRedis>();
  }

  [[nodiscard]] Nodes::Servers servers() const { return {redis->url(), postgresql->server().connection}; }
  [[nodiscard]] std::unique_ptr<Nodes> open(std::size_t count) const {
    auto opened = Nodes::open(policy, locator, count, servers());
    if (!opened) throw std::runtime_error(opened.error().detail);
    return std::move(*opened);
  }

  Policy policy;
  Locator locator;
  std::unique_ptr<PrivatePostgresql> postgresql;
  std::unique_ptr<PrivateRedis> redis;
};

// Some days of a small server with take-overs of all families, owners of the kinds that these need, and staff
// that judges incidents.
struct Split final : Sink {
  explicit Split(const Nodes::Servers& servers) : world(options(), *this) {
    const std::filesystem::path path = std::filesystem::path(LAB_GEOGRAPHY) / "geo.mmdb";
    locator = *Locator::open(std::span(&path, 1));
    nodes = *Nodes::open(policy, locator, 3, servers);
    door = std::make_unique<EngineDoor>(policy, locator, Disaster{}, nodes.get());
    scorer = std::make_unique<Scorer>(*door, ScorerOptions{});
    populate(world);
    unleash(world);
    employ_staff(world);
    scorer->enter(world);
    world.run();
  }

  static WorldOptions options() {
    WorldOptions options;
    options.seed = 3;
    options.accounts = 72;
    options.days = 5;
    options.attacks = 110;
    options.attacks_from_day = 2;
    options.even_mix = true;
    options.staff = true;
    options.only_personas = {"office",       "consumer", "phone",   "academic",
                             "webmail_user", "outreach", "scanner", "first_after_year"};
    return options;
  }
  void observe(const Event& event, Doer doer) override {
    nodes->expect(doer);
    scorer->observe(event, doer);
  }
  std::span<const Fate> submit(const Submission& submission, Doer doer) override {
    nodes->expect(doer);
    return scorer->submit(submission, doer);
  }
  void honest_delay(std::uint32_t account, Duration delay) override { scorer->honest_delay(account, delay); }
  void honest_loss(std::uint32_t account) override { scorer->honest_loss(account); }

  World world;
  Locator locator;
  Policy policy;
  std::unique_ptr<Nodes> nodes;
  std::unique_ptr<EngineDoor> door;
  std::unique_ptr<Scorer> scorer;
};

TEST_F(NodesOfLab, say_what_one_node_says) {
  const Split split(servers());
  Comparison all;
  std::set<std::string_view> families;
  for (std::size_t i = 0; i < split.nodes->attacks().size(); ++i) {
    const Comparison& attack = split.nodes->attacks()[i];
    all.add(attack);
    if (attack.steps > 0) families.insert(split.world.attacks()[i].family);
  }
  EXPECT_GT(all.steps, 1000U);
  for (const Family& family : all_families()) EXPECT_TRUE(families.contains(family.name)) << family.name;
  EXPECT_EQ(all.other_action, 0U);
  EXPECT_EQ(all.other_standing, 0U);
  EXPECT_EQ(all.most_risk, 0.0F);
  EXPECT_EQ(split.nodes->honest().other_action, 0U);
  EXPECT_EQ(split.nodes->honest().other_standing, 0U);
  EXPECT_EQ(split.nodes->honest().most_risk, 0.0F);
  const auto ledgers = split.nodes->ledgers();
  ASSERT_TRUE(ledgers);
  EXPECT_GT(ledgers->standings, 10U);
  EXPECT_GT(ledgers->incidents, 50U);
  EXPECT_TRUE(ledgers->differences.empty()) << fmt::format("{}", fmt::join(ledgers->differences, "\n"));
  // Memory estimates by other sketches how many accounts a network failed with: a step or two weigh it
  // otherwise.
  EXPECT_EQ(split.nodes->beside_memory().other_action, 0U);
  EXPECT_EQ(split.nodes->beside_memory().other_standing, 0U);
  EXPECT_LT(split.nodes->beside_memory().most_risk, 1.5F);
  EXPECT_GT(split.nodes->judged_again(), 1000U);  // records were really handed from one to the other
  EXPECT_EQ(split.nodes->judged_alone(), 0U);
  EXPECT_EQ(split.nodes->faults(), 0U);
}

Login login_of_anna() {
  Login login;
  login.time = Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};
  login.account = *AccountId::from_login("anna@x.example", "");
  login.success = true;
  return login;
}

TEST_F(NodesOfLab, are_compared_with_the_door_as_well) {
  const auto nodes = open(2);
  Observation said;
  nodes->saw(login_of_anna(), said);
  EXPECT_EQ(nodes->beside_memory().other_action, 0U);
  said.verdict.action = Action::kReject;
  said.verdict.standing.level = Level::kHeld;
  nodes->saw(login_of_anna(), said);
  EXPECT_EQ(nodes->beside_memory().other_action, 1U);
  EXPECT_EQ(nodes->beside_memory().other_standing, 1U);
  EXPECT_EQ(nodes->honest().steps, 2U);
  EXPECT_EQ(nodes->honest().other_action, 0U);
}

// Only in the nodes' database.
struct Suspend final : RecordStep {
  void run(AccountRecord& record) override { record.standing.level = Level::kSuspended; }
};

TEST_F(NodesOfLab, are_told_from_one_that_judges_otherwise) {
  const auto nodes = open(2);
  const auto client = client_of(redis->url());
  Suspend suspend;
  RedisAccountStore(*client).update(keyed_hash(HashKey{}, login_of_anna().account.text()), suspend);
  nodes->expect({.account = 0, .attack = 2});
  nodes->saw(login_of_anna(), {});
  ASSERT_EQ(nodes->attacks().size(), 3U);
  EXPECT_EQ(nodes->attacks()[2].steps, 1U);
  EXPECT_EQ(nodes->attacks()[2].other_standing, 1U);
  EXPECT_EQ(nodes->honest().steps, 0U);
}

TEST_F(NodesOfLab, are_not_put_on_a_redis_that_somebody_uses) {
  ASSERT_TRUE(ask(*client_of(redis->url()), {"SET", "something", "of value"}));
  const auto nodes = Nodes::open(policy, locator, 2, servers());
  ASSERT_FALSE(nodes);
  EXPECT_EQ(nodes.error().code, ErrorCode::kConflict);
}

TEST_F(NodesOfLab, are_not_put_on_a_postgresql_that_somebody_uses) {
  open(1).reset();
  (void)ask(*client_of(redis->url()), {"FLUSHALL"});
  const auto nodes = Nodes::open(policy, locator, 1, servers());
  ASSERT_FALSE(nodes);
  EXPECT_EQ(nodes.error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace postreeve::lab
