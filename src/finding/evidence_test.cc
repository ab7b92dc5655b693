#include "finding/evidence.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace postreeve {
namespace {

// Some UTF-8 characters of one to four bytes.
const std::vector<std::string> kCharacters{"a", "{", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x93\xa7"};

RC_GTEST_PROP(ShortText, NeverCutsACharacter, ()) {
  const auto picks = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 5));
  std::string whole;
  std::string longest_that_fits;
  for (const std::size_t pick : picks) {
    whole += kCharacters[pick];
    if (whole.size() <= 39) longest_that_fits = whole;
  }
  RC_ASSERT(ShortText(whole).text() == longest_that_fits);
}

RC_GTEST_PROP(ShortText, KeepsABeginningOfWhatIsNotEvenUtf8, (const std::string& bytes)) {
  const ShortText kept(bytes);
  RC_ASSERT(kept.text().size() <= 39U);
  RC_ASSERT(bytes.starts_with(kept.text()));
  RC_ASSERT(bytes.size() > 39 || kept.text() == bytes);
}

TEST(ShortText, KeepsThirtyNineBytesAndNoMore) {
  EXPECT_EQ(ShortText(std::string(39, 'x')).text(), std::string(39, 'x'));
  EXPECT_EQ(ShortText(std::string(40, 'x')).text(), std::string(39, 'x'));
  EXPECT_EQ(ShortText(std::string(38, 'x') + "\xc3\xa9").text(), std::string(38, 'x'));
  EXPECT_EQ(ShortText().text(), "");
}

TEST(ShortText, IsComparedByItsText) {
  EXPECT_EQ(ShortText("localhost"), ShortText("localhost"));
  EXPECT_FALSE(ShortText("localhost") == ShortText("localhos"));
}

TEST(MakeEvidence, KeepsWeightsWithinEightNats) {
  EXPECT_EQ(make_evidence(Reason::kCanaryHit, 3.5).nats, 3.5F);
  EXPECT_EQ(make_evidence(Reason::kCanaryHit, 80).nats, 8.0F);
  EXPECT_EQ(make_evidence(Reason::kCanaryHit, -80).nats, -8.0F);
  EXPECT_EQ(make_evidence(Reason::kCanaryHit, std::numeric_limits<double>::infinity()).nats, 8.0F);
  EXPECT_EQ(make_evidence(Reason::kCanaryHit, -1e300).nats, -8.0F);
}

TEST(MakeEvidence, TakesWhatIsNoNumberForNothingFound) {
  EXPECT_EQ(make_evidence(Reason::kCanaryHit, std::numeric_limits<double>::quiet_NaN()).nats, 0.0F);
}

TEST(MakeEvidence, IsNotConclusiveByItself) {
  EXPECT_FALSE(make_evidence(Reason::kInfected, 8).conclusive);
}

TEST(MakeEvidence, KeepsItsArgumentsInOrder) {
  const Evidence evidence = make_evidence(Reason::kNetworkChurn, 1, {std::int64_t{7}, Duration{60'000}, 0.5});
  EXPECT_EQ(std::get<std::int64_t>(evidence.arguments[0]), 7);
  EXPECT_EQ(std::get<Duration>(evidence.arguments[1]), Duration{60'000});
  EXPECT_EQ(std::get<double>(evidence.arguments[2]), 0.5);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(evidence.arguments[3]));
}

TEST(EvidenceList, HasAPlaceForEveryDetector) {
  EvidenceList list;
  EXPECT_TRUE(list.empty());
  for (std::size_t i = 0; i < EvidenceList::kCapacity; ++i) {
    list.add(make_evidence(Reason::kSpam, static_cast<double>(i) / 4));
  }
  EXPECT_EQ(list.size(), EvidenceList::kCapacity);
  EXPECT_EQ(EvidenceList::kCapacity, kDetectorCount);
  float expected = 0;
  for (const Evidence& evidence : list) {
    EXPECT_EQ(evidence.nats, expected);
    expected += 0.25F;
  }
}

TEST(EvidenceList, KeepsTheStrongerFindingOfADetector) {
  EvidenceList list;
  list.keep_stronger(make_evidence(Reason::kNewProvider, 2));
  list.keep_stronger(make_evidence(Reason::kMessagesThisHour, 3));
  list.keep_stronger(make_evidence(Reason::kNewCountry, 5));
  list.keep_stronger(make_evidence(Reason::kMessagesThisDay, 1));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list.begin()[0].reason, Reason::kNewCountry);
  EXPECT_EQ(list.begin()[1].reason, Reason::kMessagesThisHour);
}

TEST(EvidenceList, IsCopiedWithAllThatIsInIt) {
  EvidenceList list;
  list.add(make_evidence(Reason::kNewProvider, 2));
  list.add(make_evidence(Reason::kMessagesThisHour, 3));
  const EvidenceList copy = list;
  list.clear();
  ASSERT_EQ(copy.size(), 2U);
  EXPECT_EQ(copy.begin()[1].nats, 3.0F);
  list = copy;
  EXPECT_EQ(list.size(), 2U);
}

TEST(EvidenceList, IsEmptyAfterItWasCleared) {
  EvidenceList list;
  list.add(make_evidence(Reason::kSpam, 1));
  list.clear();
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.begin(), list.end());
}

template <typename Word>
std::set<std::string_view> words_of(std::size_t count) {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < count; ++i) words.insert(to_text(static_cast<Word>(i)));
  return words;
}

TEST(EvidenceWords, AreDifferentForEveryGroupAndEveryDetector) {
  EXPECT_EQ(words_of<Group>(kGroupCount).size(), kGroupCount);
  EXPECT_EQ(words_of<DetectorId>(kDetectorCount).size(), kDetectorCount);
  for (const std::string_view word : words_of<DetectorId>(kDetectorCount)) {
    EXPECT_FALSE(word.empty());
    EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos) << word;
  }
  EXPECT_EQ(to_text(Group::kOrigin), "origin");
  EXPECT_EQ(to_text(DetectorId::kRecipientFanOut), "recipient_fan_out");
}

}  // namespace
}  // namespace postreeve
