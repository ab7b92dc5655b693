#include "response/queue_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/fake_queue_testing.h"
#include "store/ledger/clue_book.h"

namespace postreeve {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class QueueDeskTest : public IncidentRoom {
 protected:
  [[nodiscard]] Result<QueueChange> remove(const QueueOrder& order = {.verb = QueueVerb::kDelete}) {
    const MailScope scope{.account = {}, .incident = kIncident};
    return QueueDesk(queue.helper(), options, *database, places).change(order, scope);
  }
  [[nodiscard]] std::string says(const QueueOrder& order = {.verb = QueueVerb::kDelete}) {
    const auto change = remove(order);
    return change ? change->says : "failed: " + change.error().detail;
  }

  QueueRemovalOptions options;
  AccountPlaces places;
};

TEST_F(QueueDeskTest, DeletesOfAnIncidentWhatTheActionWouldAndNotTheOwnersMail) {
  confirm();
  queue.put("m1");
  queue.put("m2", kOwnersAddress);
  queue.put("m3", kThiefsAddress, "deferred");
  EXPECT_EQ(says({.verb = QueueVerb::kDelete, .is_dry_run = true}),
            "would delete 1 message of anna@shop.example; 1 from other networks stay on hold");
  EXPECT_EQ(says(), "deleted 1 of 1 message of anna@shop.example; 1 from other networks stay on hold");
  EXPECT_THAT(queue.ids(), ElementsAre("m2", "m3"));
}

TEST_F(QueueDeskTest, DeletesWhatCameFromWhereTheStrangerWasSeenButNotFromTheOwnersPlaces) {
  constexpr std::string_view kOtherThief = "203.0.113.9";
  confirm();
  ClueBook clues(*database);
  for (const std::string_view seen : {kOtherThief, kOwnersAddress})
    clues.add(kIncident, {ClueKind::kAddress, std::string(seen), ""}, {});
  ASSERT_TRUE(clues.flush());
  queue.put("m1");
  queue.put("m2", kOtherThief);
  queue.put("m3", kOwnersAddress);
  EXPECT_THAT(says(), HasSubstr("deleted 1 of 1")) << "nobody knows the owner's places";
  const auto key_of = [](const IpAddress& address) {
    return network_of(address).contains(*IpAddress::parse(kOwnersAddress)) ? 1U : 2U;
  };
  places = {.familiar = [](const AccountId&) { return std::vector{1U}; }, .key_of = key_of};
  EXPECT_EQ(says(), "deleted 1 of 1 message of anna@shop.example; 1 from other networks stay on hold");
  EXPECT_THAT(queue.ids(), ElementsAre("m3"));
}

TEST_F(QueueDeskTest, DeletesFromEverywhereWhereTheActionDoes) {
  confirm();
  queue.put("m1", kOwnersAddress);
  options.only_client = false;
  EXPECT_THAT(says(), HasSubstr("deleted 1 of 1"));
}

TEST_F(QueueDeskTest, DeletesNoMailOfAnIncidentThatNobodyConfirmedUnlessForced) {
  queue.put("m1");
  const auto refused = remove();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().detail, HasSubstr("--force"));
  EXPECT_THAT(queue.ids(), ElementsAre("m1"));
  EXPECT_THAT(says({.verb = QueueVerb::kDelete, .is_forced = true}), HasSubstr("deleted 1 of 1"));
  EXPECT_THAT(queue.ids(), IsEmpty());
}

TEST_F(QueueDeskTest, DeletesNothingBeforeTheEvidenceIsKept) {
  confirm();
  queue.put("m1");
  ask_for({"evidence"});
  options.evidence = {"evidence"};
  EXPECT_EQ(remove().error().code, ErrorCode::kConflict);
  EXPECT_THAT(queue.ids(), ElementsAre("m1"));
}

TEST_F(QueueDeskTest, SaysWhatCouldNotBeCopied) {
  confirm();
  queue.put_many(2);
  queue.set("large-m2");
  options.preserve_folder = queue.folder.file("preserved");
  EXPECT_THAT(says(), AllOf(HasSubstr("deleted 1 of 2"), HasSubstr("stays on hold: it is too long")));
}

TEST_F(QueueDeskTest, SaysHowMuchIsLeftWhenTimeIsUp) {
  confirm();
  queue.put_many(3);
  options.preserve_folder = queue.folder.file("preserved");
  options.time = std::chrono::milliseconds{0};
  EXPECT_EQ(says(), "failed: 1 deleted, 2 to go; give the command again to go on");
  EXPECT_THAT(queue.ids(), ElementsAre("m2", "m3"));
}

TEST_F(QueueDeskTest, ShowsHoldsAndReleasesOfAnIncidentWhatIsTheThiefs) {
  queue.put("m1", kThiefsAddress, "deferred");
  queue.put("m2", kOwnersAddress, "deferred");
  const auto listed =
      QueueDesk(queue.helper(), options, *database).list({.account = {}, .incident = kIncident});
  ASSERT_TRUE(listed);
  EXPECT_THAT(*listed, ElementsAre(::testing::Field(&MailInQueue::queue_id, "m1")));
  EXPECT_EQ(says({.verb = QueueVerb::kHold}), "held 1 of 1 message of anna@shop.example");
  queue.put("m3", kOwnersAddress);
  EXPECT_EQ(says({.verb = QueueVerb::kRelease}), "released 1 of 1 message of anna@shop.example");
}

TEST_F(QueueDeskTest, TakesAllOfTheTimeWhereNobodyKnowsWhereTheStrangerWas) {
  StandingEntry entry = changed(Level::kClear, Level::kSuspended);
  entry.change.after.incident = {0xbbbb};
  entry.client = {};
  change(std::move(entry), {});
  queue.put("m1");
  queue.put("m2", kOwnersAddress);
  const auto listed =
      QueueDesk(queue.helper(), options, *database).list({.account = {}, .incident = {0xbbbb}});
  ASSERT_TRUE(listed);
  EXPECT_THAT(*listed, ::testing::SizeIs(2));
}

TEST_F(QueueDeskTest, ReleasesNoMailOfAConfirmedIncidentUnlessForced) {
  confirm();
  queue.put("m1");
  const auto refused = remove({.verb = QueueVerb::kRelease});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().detail, HasSubstr("--force"));
  EXPECT_EQ(says({.verb = QueueVerb::kRelease, .is_dry_run = true}),
            "would release 1 message of anna@shop.example");
  EXPECT_THAT(says({.verb = QueueVerb::kRelease, .is_forced = true}), HasSubstr("released 1 of 1"));
}

TEST_F(QueueDeskTest, ReleasesNothingBeforeTheEvidenceIsKept) {
  queue.put("m1");
  ask_for({"evidence"});
  options.evidence = {"evidence"};
  EXPECT_THAT(says({.verb = QueueVerb::kRelease}), HasSubstr("evidence has not kept the evidence yet"));
  EXPECT_THAT(says({.verb = QueueVerb::kRelease, .is_forced = true}), HasSubstr("released 1 of 1"));
}

TEST_F(QueueDeskTest, DeletesAllOfAnAccountOnHoldOrNot) {
  queue.put("m1", kOwnersAddress);
  queue.put("m2", kOwnersAddress, "deferred");
  const auto change = QueueDesk(queue.helper(), options, *database)
                          .change({.verb = QueueVerb::kDelete}, {.account = task().account, .incident = {}});
  ASSERT_TRUE(change);
  EXPECT_EQ(change->says, "deleted 2 of 2 messages of anna@shop.example");
  EXPECT_THAT(queue.ids(), IsEmpty());
}

}  // namespace
}  // namespace postreeve
