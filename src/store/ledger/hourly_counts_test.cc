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

class HourlyCountsTest : public LedgerTest {
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

TEST_F(HourlyCountsTest, ComparesWithTheHourBeforeAndLastWeek) {
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

TEST_F(HourlyCountsTest, AddsUpWhatIsWrittenAndWhatIsNot) {
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

TEST_F(HourlyCountsTest, FindsAnAccountFarDownThatSendsMuchNow) {
  HourlyCounts counts(*database);
  for (int i = 0; i < 50; ++i) counts.add(account("a" + std::to_string(i)), kNoon, sent(10));
  counts.add(account("late"), kNoon, sent(9));
  ASSERT_TRUE(counts.flush());
  counts.add(account("late"), kNoon, sent(2));
  EXPECT_THAT(names(counts.top(kNoon, 1)), ElementsAre("late 11"));
}

TEST_F(HourlyCountsTest, StaysWithinItsMemory) {
  // No room on the disk either: a write is refused at once.
  reopen({.path = {}, .most_waiting = 0});
  HourlyCounts counts(*database, 10);
  for (int i = 0; i < 15; ++i) counts.add(account("a" + std::to_string(i)), kNoon, sent(1));
  counts.add(account("a0"), kNoon, sent(1));
  EXPECT_EQ(counts.dropped(), 5U);
  EXPECT_EQ(counts.flush().error().code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(names(counts.top(kNoon, 1)), ElementsAre("a0 2"));
}

TEST_F(HourlyCountsTest, WritesItselfWhenHalfItsMemoryIsUsed) {
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

TEST_F(HourlyCountsTest, LosesNothingBetweenThreads) {
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

}  // namespace
}  // namespace postreeve
