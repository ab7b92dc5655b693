#include "intake/message_index.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace postreeve {
namespace {

TEST(GenerationMap, KeepsTheMostRecentlyUsedHalf) {
  GenerationMap<int> map(100);
  for (std::uint64_t key = 0; key < 1000; ++key) {
    map.put(key, static_cast<int>(key));
    ASSERT_NE(map.find(0), nullptr) << "used all the time";
    ASSERT_LE(map.size(), 100U);
  }
  for (std::uint64_t key = 960; key < 1000; ++key) ASSERT_NE(map.find(key), nullptr) << key;
  EXPECT_EQ(map.find(500), nullptr);
}

TEST(GenerationMap, AValueStaysWhereItIsDuringTheNextCalls) {
  GenerationMap<int> map(1);
  for (std::uint64_t key = 0; key < 100; ++key) {
    map.put(key, 7);
    int* value = map.find(key);
    for (std::uint64_t other = 1; other < 4; ++other) map.put(1000 + key * 8 + other, 0);
    ASSERT_EQ(*value, 7);
  }
}

RC_GTEST_PROP(GenerationMap, IsAMapWhileItIsNotFull,
              (const std::vector<std::pair<std::uint8_t, int>>& steps)) {
  GenerationMap<int> map(1024);
  std::unordered_map<std::uint64_t, int> expected;
  for (const auto& [key, value] : steps) {
    if (value % 3 == 0) {
      map.erase(key);
      expected.erase(key);
    } else {
      map.put(key, value);
      expected.insert_or_assign(key, value);
    }
    RC_ASSERT(map.size() == expected.size());
  }
  for (const auto& [key, value] : expected) {
    RC_ASSERT(map.find(key) != nullptr);
    RC_ASSERT(*map.find(key) == value);
  }
}

RC_GTEST_PROP(SmallHashSet, IsASet, (const std::vector<std::uint8_t>& hashes)) {
  SmallHashSet set;
  std::set<std::uint64_t> expected;
  for (const auto hash : hashes) RC_ASSERT(set.insert(hash) == expected.insert(hash).second);
  RC_ASSERT(set.size() == expected.size());
}

TEST(HashText, TellsTextsAndSeedsApart) {
  std::set<std::uint64_t> hashes;
  std::string text;
  for (int size = 0; size < 40; ++size, text += 'a') {
    hashes.insert(hash_text(text));
    hashes.insert(hash_text(text, 1));
  }
  EXPECT_EQ(hashes.size(), 80U);
  EXPECT_NE(hash_text(std::string_view("a\0", 2)), hash_text("a"));
}

TEST(AccountTable, GivesOneNumberToALoginAndNoneToANonName) {
  AccountTable accounts("shop.example");
  const auto ann = accounts.number_of("Ann");
  ASSERT_TRUE(ann);
  EXPECT_EQ(accounts.number_of("Ann"), ann);
  EXPECT_EQ(accounts.account(*ann).text(), "ann@shop.example");
  EXPECT_FALSE(accounts.number_of("(unavailable)"));
  EXPECT_FALSE(accounts.number_of("<>"));
}

}  // namespace
}  // namespace postreeve
