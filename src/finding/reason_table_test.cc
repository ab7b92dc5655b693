#include "finding/reason_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace postreeve {
namespace {

Reason reason_at(std::size_t i) {
  return static_cast<Reason>(i);
}

TEST(ReasonTable, HasARowOfItsOwnForEveryReason) {
  std::set<std::string_view> sentences;
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    EXPECT_EQ(row_of(reason_at(i)).reason, reason_at(i)) << i;
    sentences.insert(row_of(reason_at(i)).sentence);
  }
  EXPECT_EQ(sentences.size(), kReasonCount);
}

TEST(ReasonTable, SaysTheSameAsTheFunctionsDo) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    EXPECT_EQ(detector_of(reason_at(i)), row_of(reason_at(i)).detector) << i;
    EXPECT_EQ(group_of(reason_at(i)), row_of(reason_at(i)).group) << i;
  }
}

TEST(ReasonTable, KeepsTheReasonsOfADetectorTogetherAndInItsGroup) {
  for (std::size_t i = 1; i < kReasonCount; ++i) {
    const DetectorId before = detector_of(reason_at(i - 1));
    const DetectorId detector = detector_of(reason_at(i));
    EXPECT_TRUE(detector == before || static_cast<int>(detector) == static_cast<int>(before) + 1) << i;
    if (detector == before) {
      EXPECT_EQ(group_of(reason_at(i)), group_of(reason_at(i - 1))) << i;
    }
  }
  EXPECT_EQ(detector_of(Reason::kFamiliarNetwork), DetectorId::kOriginNovelty);
  EXPECT_EQ(detector_of(Reason::kSpam), DetectorId::kScannerVerdict);
}

TEST(ReasonTable, PutsDetectorsIntoTheGroupsOfTheDesign) {
  const std::tuple<Reason, Group> rows[] = {{Reason::kNewCountry, Group::kOrigin},
                                            {Reason::kImpossibleSpeed, Group::kOrigin},
                                            {Reason::kNetworkChurn, Group::kOrigin},
                                            {Reason::kSprayingSource, Group::kOrigin},
                                            {Reason::kMessagesThisHour, Group::kVolume},
                                            {Reason::kAwakened, Group::kVolume},
                                            {Reason::kRecipientsNeverWritten, Group::kRecipients},
                                            {Reason::kRecipientsThisHour, Group::kRecipients},
                                            {Reason::kRefusedRecipients, Group::kAnswers},
                                            {Reason::kCanaryHit, Group::kContent},
                                            {Reason::kTestMessage, Group::kContent},
                                            {Reason::kForeignFrom, Group::kContent},
                                            {Reason::kInfected, Group::kContent}};
  for (const auto& [reason, group] : rows) EXPECT_EQ(group_of(reason), group) << row_of(reason).sentence;
}

TEST(ReasonTable, HasSentencesWithoutFullStop) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const std::string_view sentence = row_of(reason_at(i)).sentence;
    ASSERT_FALSE(sentence.empty()) << i;
    EXPECT_NE(sentence.back(), '.') << sentence;
    EXPECT_EQ(sentence.find('\n'), std::string_view::npos) << sentence;
  }
}

}  // namespace
}  // namespace postreeve
