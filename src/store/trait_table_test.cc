#include "store/trait_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 12h};
constexpr auto kDay = std::chrono::days{1};
constexpr TraitKey kPlace{Trait::kNetwork, 77};
constexpr TraitUser kAnna{1, 10};

// Everybody else is of a tenant of his own.
TraitUser other(std::uint32_t i) {
  return {100 + i, 1'000 + i};
}

struct Table : TraitTable {
  Table() : TraitTable(100'000, {std::chrono::days{2}, std::chrono::days{7}}) {}
  [[nodiscard]] TraitSnapshot seen_by_anna(Timestamp time) const { return look(kPlace, kAnna, time); }
};

TEST(TraitTable, KnowsNothingAtFirst) {
  const Table table;
  const TraitSnapshot nothing = table.seen_by_anna(kNow);
  EXPECT_EQ(nothing.honest + nothing.strangers + nothing.victims, 0);
  EXPECT_EQ(nothing.guilt, 0.0F);
}

TEST(TraitTable, CountsOtherAccountsButNotOnesOwn) {
  Table table;
  table.add_honest(kPlace, kAnna, kNow);
  table.add_honest(kPlace, other(1), kNow);
  table.add_honest(kPlace, other(1), kNow + 1h);
  EXPECT_EQ(table.seen_by_anna(kNow).honest, 1);
  EXPECT_EQ(table.look(kPlace, other(1), kNow).honest, 1);
}

TEST(TraitTable, KeepsTraitsApart) {
  Table table;
  table.add_honest(kPlace, other(1), kNow);
  EXPECT_EQ(table.look({Trait::kNetwork, 78}, kAnna, kNow).honest, 0);
  EXPECT_EQ(table.look({Trait::kHost, 77}, kAnna, kNow).honest, 0);
}

TEST(TraitTable, TellsColleaguesFromOthers) {
  Table table;
  table.add_honest(kPlace, {2, kAnna.tenant}, kNow);
  table.add_honest(kPlace, other(1), kNow);
  table.accuse(kPlace, {3, kAnna.tenant}, kNow, 1);
  table.accuse(kPlace, other(2), kNow, 0.5F);
  const TraitSnapshot seen = table.seen_by_anna(kNow);
  EXPECT_EQ(seen.honest, 2);
  EXPECT_EQ(seen.colleagues, 1);
  EXPECT_FLOAT_EQ(seen.guilt, 1.5F);
  EXPECT_FLOAT_EQ(seen.guilt_of_colleagues, 1);
}

TEST(TraitTable, TakesAColleaguesConfirmedTakeOverForAnyOnes) {
  Table table;
  table.accuse(kPlace, {3, kAnna.tenant}, kNow, 1);
  table.settle(kPlace, 3, true);
  EXPECT_FLOAT_EQ(table.seen_by_anna(kNow).guilt, 2);
  EXPECT_FLOAT_EQ(table.seen_by_anna(kNow).guilt_of_colleagues, 0);
}

TEST(TraitTable, CountsTheTenantsOfStrangersNotTheirAccounts) {
  Table table;
  table.add_stranger(kPlace, {2, kAnna.tenant}, kNow, true);
  table.add_stranger(kPlace, {3, 55}, kNow, true);
  table.add_stranger(kPlace, {4, 55}, kNow, false);
  table.add_stranger(kPlace, {5, 56}, kNow, false);
  EXPECT_EQ(table.seen_by_anna(kNow).strangers, 2);
}

TEST(TraitTable, TakesAStrangerWhoSentForHonestWhenHisTrialIsOver) {
  Table table;
  table.add_stranger(kPlace, other(1), kNow, true);
  table.add_stranger(kPlace, other(2), kNow, false);
  EXPECT_EQ(table.seen_by_anna(kNow + 2 * kDay).strangers, 2);
  const TraitSnapshot later = table.seen_by_anna(kNow + 2 * kDay + 1s);
  EXPECT_EQ(later.strangers, 0);
  EXPECT_EQ(later.honest, 1);
}

TEST(TraitTable, NeverTakesAReaderOfWeeksForHonest) {
  Table table;
  for (int day = 0; day < 20; ++day) {
    table.add_stranger(kPlace, other(1), kNow + day * kDay, false);
    EXPECT_EQ(table.seen_by_anna(kNow + day * kDay).honest, 0) << day;
  }
}

TEST(TraitTable, LetsAnAccusationFadeByHalfAWeek) {
  Table table;
  table.accuse(kPlace, other(1), kNow, 1);
  EXPECT_FLOAT_EQ(table.seen_by_anna(kNow).guilt, 1);
  EXPECT_NEAR(table.seen_by_anna(kNow + 7 * kDay).guilt, 0.5, 1e-4);
  EXPECT_EQ(table.seen_by_anna(kNow + 7 * kDay).victims, 1);
  EXPECT_EQ(table.seen_by_anna(kNow + 60 * kDay).victims, 0);
}

TEST(TraitTable, KeepsTheGravestAccusationOfAnAccount) {
  Table table;
  table.accuse(kPlace, other(1), kNow, 0.7F);
  table.accuse(kPlace, other(1), kNow, 0.3F);
  EXPECT_FLOAT_EQ(table.seen_by_anna(kNow).guilt, 0.7F);
  EXPECT_EQ(table.seen_by_anna(kNow).victims, 1);
}

TEST(TraitTable, DoesNotTakeTheVictimOfAThiefForHonestThere) {
  Table table;
  table.add_honest(kPlace, other(1), kNow);
  table.accuse(kPlace, other(1), kNow + 1h, 1);
  table.add_honest(kPlace, other(1), kNow + 2h);
  table.add_stranger(kPlace, other(1), kNow + 2h, true);
  const TraitSnapshot seen = table.seen_by_anna(kNow + 3h);
  EXPECT_EQ(seen.honest, 0);
  EXPECT_EQ(seen.strangers, 0);
  EXPECT_EQ(seen.victims, 1);
}

TEST(TraitTable, TakesADismissedAccusationBackAndDoublesAConfirmedOne) {
  Table table;
  table.accuse(kPlace, other(1), kNow, 0.7F);
  table.accuse(kPlace, other(2), kNow, 0.7F);
  table.settle(kPlace, other(1).account, false);
  table.settle(kPlace, other(2).account, true);
  const TraitSnapshot seen = table.seen_by_anna(kNow);
  EXPECT_EQ(seen.honest, 1);
  EXPECT_EQ(seen.victims, 1);
  EXPECT_FLOAT_EQ(seen.guilt, 2);
}

TEST(TraitTable, HasRoomForAccusationsWhereManyAreAtHome) {
  Table table;
  for (std::uint32_t i = 0; i < 100; ++i) table.add_honest(kPlace, other(i), kNow + i * 1s);
  table.accuse(kPlace, other(500), kNow + 1h, 1);
  for (std::uint32_t i = 0; i < 100; ++i) table.add_stranger(kPlace, other(1'000 + i), kNow + 1h, false);
  const TraitSnapshot seen = table.seen_by_anna(kNow + 1h);
  EXPECT_GE(seen.honest, 5);
  EXPECT_EQ(seen.strangers, 4);
  EXPECT_EQ(seen.victims, 1);
}

TEST(TraitTable, GivesUpWhatTellsLeastWhenItIsFull) {
  TraitTable table(2'000, {std::chrono::days{2}, std::chrono::days{7}});
  table.accuse(kPlace, other(1), kNow, 1);
  for (std::uint32_t i = 0; i < 100'000; ++i)
    table.add_stranger({Trait::kNetwork, 1'000 + i}, other(i), kNow + 1h, true);
  EXPECT_EQ(table.look(kPlace, kAnna, kNow + 1h).victims, 1);
}

TEST(TraitTable, FindsEveryTraitWhileItGrows) {
  Table table;
  constexpr std::uint32_t kTraits = 20'000;
  for (std::uint32_t i = 1; i <= kTraits; ++i) table.add_honest({Trait::kHost, i}, other(i), kNow);
  std::uint32_t found = 0;
  for (std::uint32_t i = 1; i <= kTraits; ++i) found += table.look({Trait::kHost, i}, kAnna, kNow).honest;
  EXPECT_GE(found, kTraits * 99 / 100);
}

// In whichever order it is told, what was told of different accounts comes to the same.
RC_GTEST_PROP(TraitTable, DoesNotMindTheOrderOfWhatItIsTold, ()) {
  struct Told {
    std::uint32_t account;
    int what;
  };
  std::vector<Told> told;
  for (std::uint32_t account = 1; account <= 3; ++account) told.push_back({account, *rc::gen::inRange(0, 3)});
  const auto tell = [](Table& table, const std::vector<Told>& all) {
    for (const Told& t : all) {
      if (t.what == 0) table.add_honest(kPlace, other(t.account), kNow);
      if (t.what == 1) table.add_stranger(kPlace, other(t.account), kNow, true);
      if (t.what == 2) table.accuse(kPlace, other(t.account), kNow, 1);
    }
  };
  Table forwards;
  tell(forwards, told);
  std::ranges::reverse(told);
  Table backwards;
  tell(backwards, told);
  const TraitSnapshot a = forwards.seen_by_anna(kNow);
  const TraitSnapshot b = backwards.seen_by_anna(kNow);
  RC_ASSERT(a.honest == b.honest);
  RC_ASSERT(a.strangers == b.strangers);
  RC_ASSERT(a.guilt == b.guilt);
}

}  // namespace
}  // namespace postreeve
