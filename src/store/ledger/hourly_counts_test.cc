#include "store/ledger/hourly_counts.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/ledger_testing.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::chrono::hours kHour{1};

class HourlyCountsTest : public LedgerOnBoth {
 protected:
  static Counts sent(std::uint32_t recipients) { return {.messages = 1, .recipients = recipients}; }
  static std::vector<std::string> names(const Result<std::vector<Sender>>& senders) {
    std::vector<std::string> texts;
    for (const Sender& sender : *senders) {
      texts.push_back(sender.account.text() + " " + std::to_string(sender.now.recipients));
    }
    return texts;
  }
};

TEST_P(HourlyCountsTest, WritesNothingOfAnAccountThatIsForgotten) {
  HourlyCounts counts(*database);
  for (const char* name : {"anna", "bob"}) {
    for (const int hour : {0, 1}) counts.add(account(name), kNoon + hour * kHour, sent(5));
  }
  counts.forget(account("anna"));
  EXPECT_THAT(names(counts.top(kNoon, 10)), ElementsAre("bob 5"));
  ASSERT_TRUE(counts.flush());
  EXPECT_THAT(names(counts.top(kNoon, 10)), ElementsAre("bob 5"));
  EXPECT_THAT(*counts.of(account("anna")), IsEmpty());
}

TEST_P(HourlyCountsTest, ComparesWithTheHourBeforeAndLastWeek) {
  const AccountId anna = account("anna");
  for (const bool flushed : {false, true}) {
    reopen();
    HourlyCounts counts(*database);
    const Timestamp now = kNoon + (flushed ? std::chrono::days{30} : std::chrono::days{0});
    counts.add(anna, now + std::chrono::minutes{59}, sent(5));
    counts.add(anna, now, {.messages = 1, .recipients = 2, .refused = 3, .bounced = 4, .logins = 5});
    counts.add(anna, now - kHour, sent(20));
    counts.add(anna, now - 7 * 24 * kHour, sent(30));
    counts.add(anna, now - 2 * kHour, sent(99));
    if (flushed) {
      ASSERT_TRUE(counts.flush());
    }
    const auto top = counts.top(now + std::chrono::minutes{30}, 10);
    ASSERT_TRUE(top);
    ASSERT_THAT(*top, SizeIs(1));
    const Sender& sender = top->front();
    EXPECT_EQ(sender.account, anna);
    EXPECT_EQ(sender.now, (Counts{.messages = 2, .recipients = 7, .refused = 3, .bounced = 4, .logins = 5}));
    EXPECT_EQ(sender.before.recipients, 20U);
    EXPECT_EQ(sender.last_week.recipients, 30U);
  }
}

TEST_P(HourlyCountsTest, AddsUpWhatIsWrittenAndWhatIsNot) {
  HourlyCounts counts(*database);
  for (const char* name : {"anna", "bob", "cleo"}) counts.add(account(name), kNoon, sent(10));
  ASSERT_TRUE(counts.flush());
  counts.add(account("bob"), kNoon, sent(5));
  counts.add(account("dora"), kNoon, sent(12));
  EXPECT_THAT(names(counts.top(kNoon, 10)), ElementsAre("bob 15", "dora 12", "anna 10", "cleo 10"));
  EXPECT_THAT(names(counts.top(kNoon, 2)), ElementsAre("bob 15", "dora 12"));
  EXPECT_THAT(names(counts.top(kNoon, 1)), ElementsAre("bob 15"));
  ASSERT_TRUE(counts.flush());
  EXPECT_THAT(names(counts.top(kNoon, 2)), ElementsAre("bob 15", "dora 12"));
  EXPECT_THAT(*counts.top(kNoon + kHour, 2), IsEmpty());
  EXPECT_THAT(*counts.top(kNoon, 0), IsEmpty());
}

TEST_P(HourlyCountsTest, FindsAnAccountFarDownThatSendsMuchNow) {
  HourlyCounts counts(*database);
  for (int i = 0; i < 50; ++i) counts.add(account("a" + std::to_string(i)), kNoon, sent(10));
  counts.add(account("late"), kNoon, sent(9));
  ASSERT_TRUE(counts.flush());
  counts.add(account("late"), kNoon, sent(2));
  EXPECT_THAT(names(counts.top(kNoon, 1)), ElementsAre("late 11"));
}

TEST_P(HourlyCountsTest, AddsUpWhatManyAccountsDidHoweverManyGoIntoAStatement) {
  for (const std::uint32_t accounts : {1U, 99U, 100U, 101U, 250U}) {
    reopen();
    HourlyCounts of_these(*database);
    for (int flushes = 0; flushes < 2; ++flushes) {
      for (std::uint32_t i = 0; i < accounts; ++i) {
        const std::string name = std::to_string(accounts) + "." + std::to_string(i);
        of_these.add(
            account(name), kNoon + kHour * (i % 2),
            {.messages = i, .recipients = 2, .withdrawn = 1, .refused = 3, .bounced = 4, .logins = 5});
      }
      ASSERT_TRUE(of_these.flush());
    }
    for (std::uint32_t i = 0; i < accounts; ++i) {
      const auto hours = of_these.of(account(std::to_string(accounts) + "." + std::to_string(i)));
      ASSERT_THAT(*hours, SizeIs(1)) << i << " of " << accounts;
      EXPECT_EQ(hours->front().hour, kNoon + kHour * (i % 2));
      EXPECT_EQ(hours->front().counts,
                (Counts{.messages = 2 * i, .recipients = 2, .refused = 8, .bounced = 8, .logins = 10}));
    }
  }
}

TEST_P(HourlyCountsTest, CountsWhatWasWithdrawnAsRefused) {
  for (const bool flushed : {false, true}) {
    reopen();
    HourlyCounts counts(*database);
    const Timestamp hour = kNoon + (flushed ? kHour : std::chrono::hours{0});
    counts.add(account("anna"), hour, {.recipients = 7, .refused = 1});
    counts.add(account("anna"), hour, {.withdrawn = 3});
    counts.add(account("bob"), hour, {.withdrawn = 2});  // asked for in the hour before
    if (flushed) {
      ASSERT_TRUE(counts.flush());
    }
    const auto top = *counts.top(hour, 10);
    ASSERT_THAT(top, SizeIs(2));
    EXPECT_EQ(top[0].now, (Counts{.recipients = 4, .refused = 4}));
    EXPECT_EQ(top[1].now, Counts{});
  }
}

TEST_P(HourlyCountsTest, LetsOthersUpWhereSomeoneIsWithdrawn) {
  HourlyCounts counts(*database);
  for (const char* name : {"anna", "bob", "cleo"}) counts.add(account(name), kNoon, sent(20));
  counts.add(account("dora"), kNoon, sent(15));
  counts.add(account("emil"), kNoon, sent(10));
  ASSERT_TRUE(counts.flush());
  // None of those who come up is in memory.
  counts.add(account("anna"), kNoon, {.withdrawn = 18});
  counts.add(account("bob"), kNoon, {.withdrawn = 19});
  EXPECT_THAT(names(counts.top(kNoon, 3)), ElementsAre("cleo 20", "dora 15", "emil 10"));
  ASSERT_TRUE(counts.flush());
  EXPECT_THAT(names(counts.top(kNoon, 4)), ElementsAre("cleo 20", "dora 15", "emil 10", "anna 2"));
}

TEST_P(HourlyCountsTest, StaysWithinItsMemory) {
  // No room on the disk either: a write is refused at once.
  reopen({.path = {}, .most_waiting = 0});
  HourlyCounts counts(*database, 10);
  for (int i = 0; i < 15; ++i) counts.add(account("a" + std::to_string(i)), kNoon, sent(1));
  counts.add(account("a0"), kNoon, sent(1));
  EXPECT_EQ(counts.dropped(), 5U);
  EXPECT_EQ(counts.flush().error().code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(names(counts.top(kNoon, 1)), ElementsAre("a0 2"));
}

TEST_P(HourlyCountsTest, WritesItselfWhenHalfItsMemoryIsUsed) {
  HourlyCounts counts(*database, 10);
  for (int i = 0; i < 5; ++i) counts.add(account("a" + std::to_string(i)), kNoon, sent(1));
  // top() waits for the write.
  EXPECT_THAT(*counts.top(kNoon, 10), SizeIs(5));
  long long count = 0;
  EXPECT_TRUE(database->read([&](soci::session& session) -> Result<void> {
    first_row(session, "SELECT COUNT(*) FROM hourly_count", std::tie(count));
    return {};
  }));
  EXPECT_EQ(count, 5);
}

TEST_P(HourlyCountsTest, LosesNothingBetweenThreads) {
  HourlyCounts counts(*database, 100);
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        counts.add(account("a" + std::to_string(i % 20)), kNoon, sent(1));
        if (t == 0 && i % 20 == 0) {
          EXPECT_TRUE(counts.flush());
        }
        if (t == 1 && i % 20 == 0) {
          std::uint32_t sum = 0;
          const auto top = counts.top(kNoon, 20);
          for (const Sender& sender : *top) sum += sender.now.recipients;
          EXPECT_LE(sum, 600U);
          EXPECT_GE(sum, static_cast<std::uint32_t>(i));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto top = counts.top(kNoon, 20);
  for (const Sender& sender : *top) EXPECT_EQ(sender.now.recipients, 30U);
  EXPECT_EQ(counts.dropped(), 0U);
}

POSTREEVE_ON_BOTH(HourlyCountsTest);

}  // namespace
}  // namespace postreeve
