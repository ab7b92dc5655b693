#include <gtest/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

Stage scanned(ScanResult result) {
  Stage stage;
  stage.kind = StepKind::kScan;
  stage.scan = Scan{};
  stage.scan->scanner = "clamav";
  stage.scan->result = result;
  stage.scan->signature = "Win.Test.EICAR_HDB-1";
  return stage;
}

TEST(ScannerVerdict, IsConclusiveForMalware) {
  const Stage stage = scanned(ScanResult::kInfected);
  const auto evidence = weigh_scanner_verdict(stage.scene());
  ASSERT_EQ(reason_of(evidence), Reason::kInfected);
  EXPECT_TRUE(evidence->conclusive);
  EXPECT_EQ(nats_of(evidence), 7);
  EXPECT_EQ(std::get<ShortText>(evidence->arguments[1]).text(), "Win.Test.EICAR_HDB-1");
}

TEST(ScannerVerdict, IsAHintWhereTheScannerOnlySuspects) {
  for (const char* signature : {"Heuristics.Phishing.Email.SpoofedDomain", "PUA.Win.Packer.Upx-28",
                                "Sanesecurity.Foxhole.Zip_fs195.UNOFFICIAL"}) {
    Stage stage = scanned(ScanResult::kInfected);
    stage.scan->signature = signature;
    const auto evidence = weigh_scanner_verdict(stage.scene());
    ASSERT_EQ(reason_of(evidence), Reason::kLooksInfected) << signature;
    EXPECT_FALSE(evidence->conclusive);
    EXPECT_EQ(nats_of(evidence), 2);
  }
}

TEST(ScannerVerdict, IsAHintForSpam) {
  const Stage stage = scanned(ScanResult::kSpam);
  const auto evidence = weigh_scanner_verdict(stage.scene());
  ASSERT_EQ(reason_of(evidence), Reason::kSpam);
  EXPECT_FALSE(evidence->conclusive);
  EXPECT_EQ(nats_of(evidence), 1.5);
}

TEST(ScannerVerdict, SaysNothingOfCleanMailOrWithoutScan) {
  EXPECT_FALSE(weigh_scanner_verdict(scanned(ScanResult::kClean).scene()));
  Stage stage = scanned(ScanResult::kInfected);
  stage.scan.reset();
  EXPECT_FALSE(weigh_scanner_verdict(stage.scene()));
  stage = scanned(ScanResult::kInfected);
  stage.kind = StepKind::kMessage;
  EXPECT_FALSE(weigh_scanner_verdict(stage.scene()));
}

}  // namespace
}  // namespace postreeve
