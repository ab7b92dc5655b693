#include "detect/complaints.h"

#include <gtest/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

// The complaint that follows `before` others about mail to `recipients` of the day.
Stage complaint(Side side, int before, std::uint32_t recipients) {
  Stage stage = settled_account();
  stage.kind = StepKind::kComplaint;
  stage.side = side;
  stage.origin = {};
  for (int i = 0; i < before; ++i) stage.activity.complaints.add(kNow - std::chrono::hours{1});
  stage.activity.recipients_day.add(kNow - std::chrono::hours{2}, recipients);
  return stage;
}

double weight_of(Side side, int before, std::uint32_t recipients) {
  return nats_of(weigh_complaints(complaint(side, before, recipients).scene()));
}

TEST(Complaints, CountFromTheFirstWhenAStrangerSent) {
  EXPECT_NEAR(weight_of(Side::kStranger, 0, 1), 2.2, 0.3);
  EXPECT_GT(weight_of(Side::kStranger, 2, 300), 4.5);
  EXPECT_LE(weight_of(Side::kStranger, 50, 300), 6.0);
}

TEST(Complaints, NeedThreeAboutTheOwnersMail) {
  EXPECT_EQ(weight_of(Side::kUnsettled, 0, 10), 0);
  EXPECT_EQ(weight_of(Side::kUnsettled, 1, 10), 0);
  EXPECT_GT(weight_of(Side::kUnsettled, 2, 10), 3);
  EXPECT_LE(weight_of(Side::kUnsettled, 50, 10), 4.0);
}

TEST(Complaints, LeaveAnHonestNewsletterAlone) {
  EXPECT_EQ(weight_of(Side::kUnsettled, 9, 10'000), 0);   // 0.1 %
  EXPECT_EQ(weight_of(Side::kStranger, 9, 10'000), 0);    // from a hotel
  EXPECT_GT(weight_of(Side::kUnsettled, 79, 10'000), 3);  // 0.8 %
}

TEST(Complaints, MeasureLateOnesByAWeeksMail) {
  Stage stage = complaint(Side::kUnsettled, 4, 0);
  EXPECT_GT(nats_of(weigh_complaints(stage.scene())), 3);
  stage.record.profile.rates.recipients = 60'000;
  EXPECT_FALSE(weigh_complaints(stage.scene()));
}

TEST(Complaints, GrowUsualForWhoGetsThemAlways) {
  Stage stage = complaint(Side::kUnsettled, 24, 10'000);
  const double at_first = nats_of(weigh_complaints(stage.scene()));
  stage.record.profile.rates.recipients = 60'000;
  stage.record.profile.rates.complaints = 150;
  EXPECT_LT(nats_of(weigh_complaints(stage.scene())), at_first);
}

TEST(Complaints, FadeByHalfADay) {
  RecentComplaints complaints;
  complaints.add(kNow);
  complaints.add(kNow);
  EXPECT_DOUBLE_EQ(complaints.count(kNow), 2);
  EXPECT_DOUBLE_EQ(complaints.count(kNow + std::chrono::days{1}), 1);
  EXPECT_DOUBLE_EQ(complaints.count(kNow - std::chrono::days{1}), 2);
  EXPECT_LT(complaints.count(kNow + std::chrono::days{30}), 0.001);
  for (int i = 0; i < 2'000; ++i) complaints.add(kNow);
  EXPECT_NEAR(complaints.count(kNow), 655, 1);
}

TEST(Complaints, WeighFraudMore) {
  Stage stage = complaint(Side::kStranger, 0, 1);
  const double abuse = nats_of(weigh_complaints(stage.scene()));
  stage.is_grave = true;
  EXPECT_NEAR(nats_of(weigh_complaints(stage.scene())), abuse + 1, 1e-5);
}

TEST(Complaints, AreNotEveryReport) {
  for (const auto* type : {"abuse", "", "Fraud", "virus", "other"}) EXPECT_TRUE(is_complaint(type)) << type;
  for (const auto* type : {"not-spam", "Opt-Out", "auth-failure"}) EXPECT_FALSE(is_complaint(type)) << type;
  EXPECT_TRUE(is_grave_complaint("FRAUD"));
  EXPECT_FALSE(is_grave_complaint("abuse"));
}

}  // namespace
}  // namespace postreeve
