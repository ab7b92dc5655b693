#include "response/tenant_digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/response_testing.h"
#include "response/wall_clock.h"
#include "store/ledger/ledger_testing.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TenantDigestTest : public LedgerTest {
 protected:
  // The account's standing changed, and its notice is about to go out.
  Task noticed(const std::string& account, Level after = Level::kHeld, const std::string& tenant = "shop") {
    StandingEntry entry = changed(Level::kClear, after);
    entry.account = *AccountId::from_login(account + "@shop.example", "");
    entry.tenant = tenant;
    entry.change.time = now;
    entry.change.before.incident = entry.change.after.incident = {std::hash<std::string>{}(account)};
    const Task task = task_of(entry, "notice", Direction::kCarryOut);
    EXPECT_TRUE(outbox().add(task.incident, task.account, {outbox_action(task)}, now));
    return *read_task(outbox().of_kind("notice", now)->back());
  }
  bool takes(const Task& task) { return *TenantDigest(*database, "notice", 2).takes(task); }
  [[nodiscard]] Outbox outbox() { return Outbox(*database); }
  std::vector<OutboxRow> digests() {
    std::vector<OutboxRow> found;
    const auto rows = outbox().of_kind("notice", Timestamp{});
    for (const OutboxRow& row : *rows) {
      if (read_task(row)->about == About::kCampaign) found.push_back(row);
    }
    return found;
  }
  std::vector<std::string> told(const OutboxRow& digest) {
    std::vector<std::string> lines;
    const auto read = TenantDigest(*database, "notice", 2).lines(*read_task(digest));
    for (const DigestLine& line : *read)
      lines.push_back(line.account + ' ' + std::string(to_text(line.stage)));
    return lines;
  }

  Timestamp now = wall_clock();
};

TEST_F(TenantDigestTest, LeavesAFewToGoOutAsTheyAre) {
  EXPECT_FALSE(takes(noticed("anna")));
  EXPECT_FALSE(takes(noticed("bob")));
  EXPECT_FALSE(takes(noticed("anna", Level::kSuspended))) << "the same incident";
  EXPECT_FALSE(takes(noticed("carol", Level::kHeld, "school")));
  EXPECT_FALSE(takes(noticed("dave", Level::kHeld, "")));
  EXPECT_THAT(digests(), IsEmpty());
}

TEST_F(TenantDigestTest, IsAskedForOnceAndDueWhenTheOthersAreThere) {
  for (const char* account : {"anna", "bob"}) EXPECT_FALSE(takes(noticed(account)));
  const Task third = noticed("carol");
  EXPECT_TRUE(takes(third));
  EXPECT_TRUE(takes(third)) << "a second attempt";
  EXPECT_TRUE(takes(noticed("dave")));
  ASSERT_THAT(digests(), SizeIs(1));
  const OutboxRow digest = digests()[0];
  EXPECT_GE(digest.action.not_before, now + TenantDigest::kCollect);
  EXPECT_LT(digest.action.not_before, now + TenantDigest::kCollect + std::chrono::minutes{1});
  (void)noticed("carol", Level::kSuspended);
  EXPECT_THAT(told(digest), ElementsAre("anna@shop.example held", "bob@shop.example held",
                                        "carol@shop.example suspended", "dave@shop.example held"));
}

TEST_F(TenantDigestTest, ComesAtMostOnceAnHourAndTellsWhatIsNew) {
  for (const char* account : {"anna", "bob", "carol"}) (void)takes(noticed(account));
  now += TenantDigest::kCollect;
  ASSERT_TRUE(outbox().done(digests()[0].id, "told", now));
  now += std::chrono::minutes{1};
  EXPECT_TRUE(takes(noticed("dave")));
  ASSERT_THAT(digests(), SizeIs(2));
  EXPECT_EQ(digests()[1].action.not_before, now - std::chrono::minutes{1} + std::chrono::hours{1});
  EXPECT_THAT(told(digests()[1]), ElementsAre("dave@shop.example held"));
}

TEST_F(TenantDigestTest, IsOverWhenNothingHappenedForAnHour) {
  for (const char* account : {"anna", "bob", "carol"}) (void)takes(noticed(account));
  ASSERT_TRUE(outbox().done(digests()[0].id, "told", now + TenantDigest::kCollect));
  now += std::chrono::hours{2};
  EXPECT_FALSE(takes(noticed("dave")));
}

TEST_F(TenantDigestTest, CanBeSwitchedOff) {
  for (const char* account : {"anna", "bob", "carol", "dave"})
    EXPECT_FALSE(*TenantDigest(*database, "notice", 0).takes(noticed(account)));
}

}  // namespace
}  // namespace postreeve
