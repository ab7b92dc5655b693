#include "lab/score/ledger_lines.h"

#include <gtest/gtest.h>

namespace postreeve::lab {
namespace {

TEST(LedgerLines, that_are_the_same_do_not_differ) {
  const LedgerLines lines{.standings = {{"anna", "held"}}, .incidents = {{"7", "open"}, {"8", "ended"}}};
  const LedgerComparison compared = compare(lines, lines);
  EXPECT_EQ(compared.standings, 1U);
  EXPECT_EQ(compared.incidents, 2U);
  EXPECT_EQ(compared.other_standings + compared.other_incidents, 0U);
  EXPECT_TRUE(compared.differences.empty());
}

TEST(LedgerLines, that_only_one_ledger_has_differ_as_others_that_say_something_else) {
  const LedgerLines one{.standings = {{"anna", "held"}, {"bob", "slowed"}}, .incidents = {{"7", "open"}}};
  const LedgerLines other{.standings = {{"anna", "slowed"}, {"carl", "held"}}, .incidents = {}};
  const LedgerComparison compared = compare(one, other);
  EXPECT_EQ(compared.standings, 3U);
  EXPECT_EQ(compared.other_standings, 3U);
  EXPECT_EQ(compared.incidents, 1U);
  EXPECT_EQ(compared.other_incidents, 1U);
  ASSERT_EQ(compared.differences.size(), 4U);
  EXPECT_EQ(compared.differences.front(), "anna: held\n  beside slowed");
  EXPECT_EQ(compared.differences.back(), "7: open\n  beside nothing");
}

}  // namespace
}  // namespace postreeve::lab
