#include "replay/replay.h"

#include <gtest/gtest.h>

#include "replay/report_json.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve {
namespace {

struct Judge {
  explicit Judge(const Policy& policy, const Locator& locator)
      : engine(policy, locator, HashKey{}, accounts, counters) {}
  MemoryAccountStore accounts;
  MemorySharedCounters counters;
  Engine engine;
};

// Limits make a policy act without any learning.
Policy at_most(std::uint32_t messages, Action action) {
  Policy policy;
  Limit limit;
  limit.name = "few";
  limit.amount = messages;
  limit.action = action;
  policy.limits.push_back(limit);
  return policy;
}

class Replaying : public ::testing::Test {
 protected:
  Submission submission(int minute) const {
    Submission submission;
    submission.time = start_ + std::chrono::minutes{minute};
    submission.account = *AccountId::from_login("a@x.example", "");
    submission.session.client_address = IpAddress::parse("192.0.2.7");
    submission.queue_id = "Q" + std::to_string(minute);
    submission.sender = "a@x.example";
    submission.recipients = {"b@y.example"};
    submission.recipient_count = 1;
    return submission;
  }
  Delivery delivery(int minute, const std::string& queue_id) const {
    Delivery delivery;
    delivery.time = start_ + std::chrono::minutes{minute};
    delivery.account = *AccountId::from_login("a@x.example", "");
    delivery.queue_id = queue_id;
    delivery.recipient = "b@y.example";
    return delivery;
  }

  Timestamp start_ = *parse_rfc3339("2026-03-02T08:00:00Z");
  Locator locator_;
};

TEST_F(Replaying, JudgesOneHistoryByTwoPolicies) {
  const Policy strict = at_most(1, Action::kHold);
  const Policy none;
  Judge a(strict, locator_);
  Judge b(none, locator_);
  Replay replay({}, locator_);
  replay.add_side(a.engine, strict);
  replay.add_side(b.engine, none);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(replay.take(submission(i)));
  const auto reports = replay.reports({});
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].traffic.events.submission, 3U);
  EXPECT_EQ(reports[0].judgement.messages_touched, 2U);
  ASSERT_EQ(reports[0].judgement.restricted.size(), 1U);
  EXPECT_EQ(reports[0].judgement.restricted[0].limit, "few");
  EXPECT_EQ(reports[1].judgement.messages_touched, 0U);
}

TEST_F(Replaying, ReportsOnlyTheTimeThatWasAskedFor) {
  const Policy strict = at_most(1, Action::kHold);
  Judge judge(strict, locator_);
  Replay replay({start_ + std::chrono::minutes{2}, start_ + std::chrono::minutes{4}}, locator_);
  replay.add_side(judge.engine, strict);
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(replay.take(submission(i))) << "a late line may still be in time";
  EXPECT_FALSE(replay.take(submission(2000)));
  const auto reports = replay.reports({});
  EXPECT_EQ(reports[0].traffic.events.submission, 2U);
  EXPECT_EQ(reports[0].judgement.messages_touched, 2U) << "the budget was used before";
}

TEST_F(Replaying, GivesTheSameReportTwice) {
  const auto run = [&] {
    const Policy strict = at_most(2, Action::kDefer);
    Judge judge(strict, locator_);
    Replay replay({}, locator_);
    replay.add_side(judge.engine, strict);
    for (int i = 0; i < 50; ++i) {
      EXPECT_TRUE(replay.take(submission(i)));
      EXPECT_TRUE(replay.take(delivery(i, "Q" + std::to_string(i))));
    }
    return report_as_json(replay.reports({})[0]);
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace postreeve
