#include "app/live_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/mode_memory.h"
#include "guard/guard_testing.h"
#include "store/ledger/audit_trail.h"

namespace postreeve {
namespace {

struct Books : EventMaker {
  TemporaryDirectory directory;
  std::unique_ptr<LedgerDatabase> database = *LedgerDatabase::open({.path = directory.file("state.db")});
  ListBook lists{*database};
  AccountPolicyBook policies{*database};
  AuditTrail audit{*database};

  void note(std::string_view verb, std::string_view subject) {
    AuditEntry entry;
    entry.time = now;
    entry.author = "tess";
    entry.verb = verb;
    entry.subject = subject;
    ASSERT_TRUE(audit.add(entry));
  }
};

TEST(LiveRules, HoldListsAndPoliciesOfNow) {
  Books books;
  LiveRules rules(books.lists, books.policies);
  const Event thief = books.recipient_event(kThiefsAddress, "b@y.example", "Q1");
  const auto before = rules.adopt({}, books.now);
  ASSERT_TRUE(before);
  EXPECT_EQ((*before)->ruling_on(thief).kind, Ruling::Kind::kNone);
  ASSERT_TRUE(books.lists.add(entry_of(ListName::kBlock, kThiefsAddress)));
  const auto after = rules.refresh(books.now);
  ASSERT_TRUE(after);
  EXPECT_EQ((*after)->ruling_on(thief).kind, Ruling::Kind::kRefused);
  EXPECT_EQ((*before)->ruling_on(thief).kind, Ruling::Kind::kNone) << "whoever judges by them goes on";
}

TEST(LiveRules, KeepWhatIsInEffectWhenTheNewIsWrong) {
  Books books;
  LiveRules rules(books.lists, books.policies);
  Configuration configuration;
  configuration.policy.ladder.held = 4;
  ASSERT_TRUE(rules.adopt(configuration, books.now));
  configuration.policy.ladder.held = 1;
  configuration.geography_files = {books.directory.file("missing.mmdb")};
  const auto failed = rules.adopt(configuration, books.now);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().detail, ::testing::HasSubstr("missing.mmdb"));
  EXPECT_EQ((*rules.refresh(books.now))->policy().ladder.held, 4);
}

TEST(RememberedMode, IsObserveAtFirst) {
  const Books books;
  EXPECT_EQ(*remembered_mode(books.audit), Mode::kObserve);
}

TEST(RememberedMode, IsTheOneThatWasChosenLast) {
  Books books;
  books.note("mode", "enforce");
  EXPECT_EQ(*remembered_mode(books.audit), Mode::kEnforce);
  books.note("mode", "observe");
  EXPECT_EQ(*remembered_mode(books.audit), Mode::kObserve);
  books.note("mode", "enforce");
  EXPECT_EQ(*remembered_mode(books.audit), Mode::kEnforce);
}

TEST(RememberedMode, IsNotForgottenOverAnAccountOrTokenThatIsCalledSo) {
  Books books;
  books.note("mode", "enforce");
  for (int i = 0; i < 150; ++i) books.note("token add", "enforce");
  books.note("account suspend", "observe");
  EXPECT_EQ(*remembered_mode(books.audit), Mode::kEnforce);
}

}  // namespace
}  // namespace postreeve
