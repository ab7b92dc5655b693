#include "store/ledger/spool.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/ledger/ledger_testing.h"

namespace postreeve {
namespace {

RC_GTEST_PROP(SpooledTexts, ComeBackAsTheyWere, (const Texts& texts)) {
  const auto back = unpacked(packed(texts));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == texts);
}

RC_GTEST_PROP(SpooledTexts, NeverHurtWhoeverReadsThem, (const std::string& body)) {
  (void)unpacked(body);
  (void)standing_entry_from(body);
  (void)work_of({.kind = "standing", .body = body});
}

TEST(SpooledTexts, SayWhenTheyAreNone) {
  for (const std::string_view body :
       {"4", "4:", "4:abc,", "4:abcd", "4:abcd;", "-1:,", "x:,", "99999999999999999999:,"})
    EXPECT_FALSE(unpacked(body)) << body;
  EXPECT_TRUE(unpacked("")->empty());
}

StandingEntry full_entry() {
  StandingEntry entry = standing_entry(Level::kHeld, 0xabcd);
  entry.change.before = {
      .since = 5, .until = 9, .incident = {0x12}, .level = Level::kSlowed, .scope = Scope::kWholeAccount};
  entry.change.opens_incident = true;
  entry.change.observed_only = true;
  entry.reason = "says: \"quoted\", 7:and, counted";
  entry.evidence = {{.detector = "volume", .group = "volume", .nats = 2.123456789, .says = "many messages"}};
  entry.actions = {{.kind = "notice", .payload = R"({"to":"owner"})", .not_before = kNoon}};
  entry.actions_after_observed = {{.kind = "flag", .payload = "{}", .not_before = {}}};
  entry.judgement = {.incident = {0x12},
                     .outcome = Outcome::kDismissed,
                     .text = "she was on holiday",
                     .actions = {{.kind = "queue", .payload = "{}", .not_before = {}}}};
  return entry;
}

TEST(SpooledStanding, ComesBackWhole) {
  const StandingEntry entry = full_entry();
  const auto back = standing_entry_from(spooled(entry).body);
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(back->account, entry.account);
  EXPECT_EQ(back->key, entry.key);
  EXPECT_EQ(back->tenant, entry.tenant);
  EXPECT_EQ(back->change.time, entry.change.time);
  EXPECT_EQ(back->change.before, entry.change.before);
  EXPECT_EQ(back->change.after, entry.change.after);
  EXPECT_EQ(back->change.outgo, entry.change.outgo);
  EXPECT_EQ(back->change.observed_only, entry.change.observed_only);
  EXPECT_EQ(back->risk, entry.risk);
  EXPECT_EQ(back->client, entry.client);
  EXPECT_EQ(back->author, entry.author);
  EXPECT_EQ(back->reason, entry.reason);
  ASSERT_EQ(back->evidence.size(), 1U);
  EXPECT_EQ(back->evidence[0].nats, entry.evidence[0].nats);
  EXPECT_EQ(back->evidence[0].says, entry.evidence[0].says);
  EXPECT_EQ(back->actions, entry.actions);
  EXPECT_EQ(back->actions_after_observed, entry.actions_after_observed);
  ASSERT_TRUE(back->judgement);
  EXPECT_EQ(back->judgement->incident, entry.judgement->incident);
  EXPECT_EQ(back->judgement->outcome, Outcome::kDismissed);
  EXPECT_EQ(back->judgement->text, entry.judgement->text);
  EXPECT_EQ(back->judgement->actions, entry.judgement->actions);
}

TEST(SpooledStanding, IsReadAsAnEarlierVersionWroteIt) {
  StandingEntry entry = full_entry();
  entry.judgement.reset();
  std::string body = spooled(entry).body;
  constexpr std::string_view kNoJudgement = "1:0,";
  ASSERT_TRUE(body.ends_with(kNoJudgement));
  body.resize(body.size() - kNoJudgement.size());
  const auto back = standing_entry_from(body);
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_FALSE(back->judgement);
}

TEST(SpooledStanding, SaysWhenItIsBroken) {
  const std::string body = spooled(full_entry()).body;
  EXPECT_FALSE(standing_entry_from(body.substr(0, body.size() / 2)));
  EXPECT_FALSE(standing_entry_from(packed({"anna", "no hash"})));
  EXPECT_FALSE(work_of({.kind = "of a later version", .body = ""}));
}

}  // namespace
}  // namespace postreeve
