#include "app/state_copy.h"

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/clock.h"
#include "app/secret_key.h"
#include "app/state.h"
#include "guard/guard_testing.h"
#include "redis/redis_testing.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kAccounts = 700;  // two parts

struct Learn final : RecordStep {
  void run(AccountRecord& record) override { record.profile.first_seen = 1'780'000'000; }
};
Hash128 name(std::uint64_t i) {
  return {mix64(i), mix64(i + 1)};
}

// Two files; and a Redis for those who want it.
class MovingHouse : public testing::Test {
 protected:
  MovingHouse() {
    from_.state_path = directory_.file("old/state.db");
    to_.state_path = directory_.file("new/state.db");
    to_.state_memory_mib = from_.state_memory_mib = 16;
  }

  // A Redis on a busy machine takes its time.
  static Result<std::unique_ptr<State>> open(const Serving& serving) {
    return State::open(serving, {}, std::chrono::seconds{10});
  }
  static std::unique_ptr<State> serve(const Serving& serving) {
    auto state = open(serving);
    EXPECT_TRUE(state) << state.error().detail;
    return state ? std::move(*state) : nullptr;
  }
  // What a `serve` leaves behind.
  void live() const {
    const auto state = serve(from_);
    Learn learn;
    for (std::uint64_t i = 0; i < kAccounts; ++i) state->accounts->update(name(i), learn);
    state->counters->use(mix64(1), std::chrono::hours{1}, now(), 5);
    for (const char* value : {"203.0.113.0/24", "carl@x.example"})
      ASSERT_TRUE(state->lists.add(entry_of(ListName::kBlock, value)));
    ASSERT_TRUE(state->flush());
  }
  static void expect_lived(const Serving& serving) {
    const auto state = serve(serving);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->accounts->size(), kAccounts);
    EXPECT_EQ(state->accounts->active(), kAccounts);
    EXPECT_EQ(state->accounts->find(name(kAccounts - 1))->profile.first_seen, 1'780'000'000U);
    EXPECT_EQ(state->counters->used(mix64(1), std::chrono::hours{1}, now()), 5U);
    EXPECT_THAT(*state->lists.entries({}, now()), testing::SizeIs(2));
  }

  [[nodiscard]] Result<StateCopied> copy(bool replaces = false) const { return copy(from_, to_, replaces); }
  static Result<StateCopied> copy(const Serving& from, const Serving& to, bool replaces = false) {
    StateCopy one(from, to, replaces);
    const auto plan = one.look(true);
    if (!plan) return fail(plan.error());
    return one.run([](std::string_view, std::uint64_t, std::uint64_t) {});
  }
  // Killed while it copied `what`.
  void interrupt_at(std::string_view what) const {
    StateCopy one(from_, to_, false);
    ASSERT_TRUE(one.look(true));
    EXPECT_THROW((void)one.run([&](std::string_view doing, std::uint64_t, std::uint64_t) {
      if (doing == what) throw std::runtime_error("killed");
    }),
                 std::runtime_error);
  }

  TemporaryDirectory directory_;
  Serving from_;
  Serving to_;
};

TEST_F(MovingHouse, TakesEverythingAlong) {
  live();
  const auto copied = copy();
  ASSERT_TRUE(copied) << copied.error().detail;
  EXPECT_EQ(copied->records, kAccounts);
  EXPECT_EQ(copied->rows, 2U);
  EXPECT_GE(copied->counters, 1U);
  expect_lived(to_);
  expect_lived(from_);
}

TEST_F(MovingHouse, GoesOnAfterItWasInterruptedAnywhere) {
  live();
  for (const std::string_view what : {"records", "records compared", "rows of the ledger"}) {
    interrupt_at(what);
    StateCopy again(from_, to_, false);
    const auto plan = again.look(false);
    ASSERT_TRUE(plan) << plan.error().detail;
    EXPECT_TRUE(plan->goes_on);
  }
  ASSERT_TRUE(copy());
  expect_lived(to_);
}

TEST_F(MovingHouse, LetsNobodyServeTheDestinationBeforeItIsComplete) {
  live();
  interrupt_at("records");
  const auto served = open(to_);
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().code, ErrorCode::kConflict);
  EXPECT_THAT(served.error().detail, HasSubstr("postreeve state copy"));
  EXPECT_TRUE(open(from_)) << "but the old house";
}

TEST_F(MovingHouse, BeginsAnewOnlyWhenToldOnceTheSourceWasUsedInBetween) {
  live();
  interrupt_at("records");
  serve(from_);
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().detail, HasSubstr("--replace"));
  ASSERT_TRUE(copy(true));
  expect_lived(to_);
}

TEST_F(MovingHouse, WaitsForWhoeverServesOneOfThem) {
  live();
  for (const Serving* served : {&from_, &to_}) {
    const auto state = serve(*served);
    const auto refused = copy();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(refused.error().detail, HasSubstr(served->state_path + ".lock"));
  }
}

TEST_F(MovingHouse, LeavesAloneWhatIsThereUnlessItIsToldToReplaceIt) {
  live();
  ASSERT_TRUE(copy());
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().detail, HasSubstr("700 records"));
  {
    const auto state = serve(to_);
    ASSERT_TRUE(state->lists.add(entry_of(ListName::kAllow, "198.51.100.0/24")));
  }
  ASSERT_TRUE(copy(true));
  expect_lived(to_);
}

TEST_F(MovingHouse, LeavesALedgerAloneToo) {
  live();
  {
    const auto state = serve(to_);
    ASSERT_TRUE(state->lists.add(entry_of(ListName::kAllow, "198.51.100.0/24")));
  }
  std::filesystem::remove(to_.state_path + ".key");
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("a ledger of 1 rows"));
}

TEST_F(MovingHouse, TakesTheKeyAlongAndNeverMixesTwo) {
  live();
  std::filesystem::create_directories(directory_.file("new"));
  ASSERT_TRUE(load_or_make_key(to_.state_path + ".key"));
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().detail, HasSubstr(to_.state_path + ".key"));
  std::filesystem::remove(to_.state_path + ".key");
  ASSERT_TRUE(copy());
  EXPECT_EQ(load_key(to_.state_path + ".key")->bytes, load_key(from_.state_path + ".key")->bytes);
}

TEST_F(MovingHouse, ChangesNothingWhileItOnlyLooks) {
  live();
  StateCopy one(from_, to_, false);
  const auto plan = one.look(false);
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(plan->records, kAccounts);
  EXPECT_EQ(plan->rows, 2U);
  EXPECT_TRUE(plan->records_move && plan->ledger_moves && plan->copies_key);
  EXPECT_FALSE(std::filesystem::exists(directory_.file("new")));
}

TEST_F(MovingHouse, HasNothingToDoWhereBothAreOne) {
  live();
  Serving same = from_;
  same.state_path = directory_.file("old/../old/state.db");
  EXPECT_EQ(copy(from_, same, true).error().code, ErrorCode::kInvalidInput);
  std::filesystem::create_directory_symlink(directory_.file("old"), directory_.file("link"));
  same.state_path = directory_.file("link/state.db");
  EXPECT_EQ(copy(from_, same, true).error().code, ErrorCode::kInvalidInput);
  expect_lived(from_);
}

TEST_F(MovingHouse, SaysThatThereIsNoState) {
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(refused.error().detail, HasSubstr(from_.state_path));
  EXPECT_FALSE(std::filesystem::exists(from_.state_path));
}

class MovingToRedis : public MovingHouse {
 protected:
  MovingToRedis() {
    to_.state_path = from_.state_path;  // as on a machine whose configuration gets one more line
    to_.redis = redis_.url();
  }

  PrivateRedis redis_;
};

TEST_F(MovingToRedis, LeavesTheLedgerWhereBothKeepIt) {
  live();
  const auto copied = copy();
  ASSERT_TRUE(copied) << copied.error().detail;
  EXPECT_EQ(copied->records, kAccounts);
  EXPECT_EQ(copied->rows, 0U);
  expect_lived(to_);
}

TEST_F(MovingToRedis, ComesBackWithWhatWasLearnedThere) {
  live();
  ASSERT_TRUE(copy());
  {
    const auto state = serve(to_);
    struct Dismiss final : RecordStep {
      void run(AccountRecord& record) override { record.dismissed = 3; }
    } dismiss;
    state->accounts->update(name(5), dismiss);
  }
  EXPECT_EQ(copy(to_, from_).error().code, ErrorCode::kConflict) << "the old records are still there";
  ASSERT_TRUE(copy(to_, from_, true));
  expect_lived(from_);
  EXPECT_EQ(serve(from_)->accounts->find(name(5))->dismissed, 3U);
}

TEST_F(MovingToRedis, KeepsOtherMachinesAwayUntilItIsComplete) {
  live();
  interrupt_at("records");
  Serving other = to_;
  other.state_path = directory_.file("other/state.db");
  other.key_file = from_.state_path + ".key";
  const auto served = open(other);
  ASSERT_FALSE(served);
  EXPECT_THAT(served.error().detail, HasSubstr("not complete"));
  EXPECT_TRUE(open(from_)) << "the old house stays open";
}

TEST_F(MovingToRedis, SeesThatAnotherMachineUsesIt) {
  live();
  Serving other = to_;
  other.state_path = directory_.file("other/state.db");
  other.key_file = from_.state_path + ".key";
  const auto state = serve(other);
  std::jthread serving([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      (void)state->shared->tend(now());
      std::this_thread::sleep_for(std::chrono::milliseconds{500});
    }
  });
  const auto client = client_of(redis_.url());
  while (look_at_redis(*client, {})->serving.empty())
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().detail, HasSubstr("stop it everywhere"));
}

TEST_F(MovingToRedis, RefusesARedisOfAnotherKey) {
  live();
  Serving other = to_;
  other.state_path = directory_.file("other/state.db");
  serve(other);
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().detail, HasSubstr("another key"));
}

TEST_F(MovingToRedis, NeverEmptiesARedisThatIsTheSourceByAnotherName) {
  live();
  ASSERT_TRUE(copy());
  Serving same = to_;
  same.redis = "redis://localhost:" + std::to_string(redis_.port());
  const auto refused = copy(to_, same, true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  expect_lived(to_);
}

TEST_F(MovingToRedis, SaysThatItDoesNotAnswer) {
  live();
  redis_.kill();
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().detail, HasSubstr(redis_.url()));
}

}  // namespace
}  // namespace postreeve
