// Two nodes with records of their own and one ledger on PostgreSQL.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "guard/guard_testing.h"
#include "store/ledger/postgresql_testing.h"

namespace postreeve {
namespace {

const AccountId& anna() {
  static const AccountId account = account_named(kAnna);
  return account;
}

bool comes_true(const std::function<bool()>& condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

// What app/server.cc puts together of a node, as far as standings go.
class Node : public GuardRoom {
 public:
  explicit Node(const PostgresqlServer& server) {
    guard.reset();
    incidents.reset();
    database = std::move(*LedgerDatabase::open({.path = directory.file("spool.db"), .server = server}));
    incidents = std::make_unique<IncidentBook>(*database);
    Guard::Parts parts{*accounts, *counters, *incidents, HashKey{{'k'}}, [this] { return now; }};
    parts.respond = [this](const StandingEntry& entry, bool was_observed) {
      return respond ? respond(entry, was_observed) : std::vector<OutboxAction>{};
    };
    parts.shares_ledger = true;
    guard = std::make_unique<Guard>(std::move(parts), rules(), Mode::kEnforce);
    EXPECT_TRUE(guard->restore());
    database->follow({.standings = [this](std::uint64_t version) -> Result<void> {
                        const auto rows = incidents->changed_since(version);
                        if (!rows) return fail(rows.error());
                        guard->adopt(*rows);
                        return {};
                      },
                      .rules = {}});
  }
  ~Node() { database->stop_following(); }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  [[nodiscard]] bool refuses() {
    return send(kOfficeAddress, "somebody@y.example").action != Action::kAccept;
  }
};

class PostgresqlGuards : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PrivatePostgresql::is_installed())
      GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
    postgresql = std::make_unique<PrivatePostgresql>();
    server = postgresql->new_ledger();
    server.timeout = std::chrono::seconds{20};  // is away only when a test says so, however busy the machine
  }

  std::unique_ptr<PrivatePostgresql> postgresql;
  PostgresqlServer server;
};

TEST_F(PostgresqlGuards, RefuseWhomAnotherOneSuspendedAndLetGoWhomItReleased) {
  Node one(server);
  Node two(server);
  EXPECT_FALSE(two.refuses());
  ASSERT_TRUE(one.guard->order(anna(), Level::kSuspended, "postmaster", "a test"));
  EXPECT_TRUE(comes_true([&] { return two.refuses(); }));
  one.now += std::chrono::seconds{1};
  two.now += std::chrono::seconds{1};
  ASSERT_TRUE(one.guard->order(anna(), Level::kClear, "postmaster", "a test"));
  EXPECT_TRUE(comes_true([&] { return !two.refuses(); }));
}

TEST_F(PostgresqlGuards, GoOnContainingWhileTheServerIsAwayAndTellItAfterwards) {
  Node one(server);
  Node two(server);
  postgresql->stop();
  ASSERT_TRUE(one.guard->order(anna(), Level::kSuspended, "postmaster", "a test"));
  EXPECT_TRUE(one.refuses());
  EXPECT_EQ(one.guard->unwritten(), 0U);
  EXPECT_FALSE(two.refuses());
  postgresql->start();
  EXPECT_TRUE(comes_true([&] { return two.refuses(); }));
  EXPECT_EQ((*two.incidents->standing_of(anna()))->standing.level, Level::kSuspended);
}

TEST_F(PostgresqlGuards, LetNobodyGoWhomOneOfThemKeepsRestricted) {
  Node one(server);
  Node two(server);
  ASSERT_TRUE(one.guard->order(anna(), Level::kSlowed, "postmaster", "a test"));
  ASSERT_TRUE(comes_true([&] { return is_restriction(two.guard->standing_of(anna()).level); }));
  auto record = *one.accounts->find(one.guard->key_of(anna()));
  const Timestamp first_end = from_seconds32(record.standing.until);
  record.standing.until += 3'600;  // as with a message that the thief tries to send
  one.set_record(one.guard->key_of(anna()), record);
  const auto tend_at = [&](Timestamp time) {
    one.now = two.now = time;
    for (Node* node : {&one, &two}) {  // of which two has the duty
      node->guard->tend(node == &two);
      node->guard->wait_for_the_ledger();
    }
  };
  tend_at(first_end - std::chrono::seconds{1});
  tend_at(first_end + std::chrono::minutes{1});
  EXPECT_EQ((*two.incidents->standing_of(anna()))->standing, record.standing);
  for (Node* node : {&one, &two})
    EXPECT_TRUE(comes_true([&] { return node->guard->standing_of(anna()) == record.standing; }));
}

TEST_F(PostgresqlGuards, TellOfAnEscalationForANodeThatWasGone) {
  Node two(server);
  two.respond = [](const StandingEntry& entry, bool) {
    std::vector<OutboxAction> actions;
    for (const Level level : {Level::kHeld, Level::kSuspended}) {
      if (entry.change.before.level < level && entry.change.after.level >= level)
        actions.push_back({.kind = std::string(to_text(level)), .payload = "{}", .not_before = {}});
    }
    return actions;
  };
  ASSERT_TRUE(two.guard->order(anna(), Level::kHeld, "postmaster", "a test"));
  AccountRecord record = *two.accounts->find(two.guard->key_of(anna()));
  record.standing.level = Level::kSuspended;
  record.standing.until = 0;
  record.standing.since += 1;
  two.set_record(two.guard->key_of(anna()), record);
  two.now += std::chrono::seconds{12};
  EXPECT_TRUE(two.refuses());
  two.guard->wait_for_the_ledger();
  two.guard->tend(false);
  two.guard->wait_for_the_ledger();
  EXPECT_EQ((*two.incidents->standing_of(anna()))->standing, record.standing);
  const auto actions = Outbox(*two.database).of_incident(record.standing.incident);
  ASSERT_EQ(actions->size(), 2U);
  EXPECT_EQ(actions->back().action.kind, "suspended");
}

TEST_F(PostgresqlGuards, TellOfAStandingForANodeThatWasGoneAndLetItAddWhatItKnows) {
  Node one(server);
  Node two(server);
  StandingEntry entry;
  entry.account = anna();
  entry.key = two.guard->key_of(anna());
  entry.change.time = two.now;
  entry.change.after = {.since = to_seconds32(two.now),
                        .until = 0,
                        .incident = {0xabcd},
                        .level = Level::kSuspended,
                        .scope = Scope::kWholeAccount};
  entry.author = kOurselves;
  entry.evidence = {{.detector = "volume", .group = "volume", .nats = 5, .says = "900 messages this hour"}};
  entry.actions = {{.kind = "flag", .payload = "{}", .not_before = {}}};
  two.respond = [&entry](const StandingEntry&, bool) { return entry.actions; };
  AccountRecord record;
  record.standing = entry.change.after;
  two.set_record(entry.key, record);

  EXPECT_TRUE(two.refuses());
  two.guard->wait_for_the_ledger();
  EXPECT_FALSE(two.incidents->get({0xabcd}));
  two.now += std::chrono::seconds{11};
  EXPECT_TRUE(two.refuses());
  two.guard->wait_for_the_ledger();
  ASSERT_TRUE(two.incidents->get({0xabcd}));
  const Outbox outbox(*two.database);
  EXPECT_EQ(outbox.of_incident({0xabcd})->size(), 1U);

  ASSERT_TRUE(one.incidents->record(entry));
  const auto incident = one.incidents->get({0xabcd});
  EXPECT_EQ(incident->first_evidence, "900 messages this hour");
  EXPECT_EQ(incident->opened, entry.change.time);
  EXPECT_FALSE(incident->is_observed);
  EXPECT_EQ(one.incidents->timeline({0xabcd})->size(), 3U);
  EXPECT_EQ(outbox.of_incident({0xabcd})->size(), 1U);
}

}  // namespace
}  // namespace postreeve
