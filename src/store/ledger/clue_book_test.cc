#include "store/ledger/clue_book.h"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/answer_book.h"
#include "store/ledger/ledger_testing.h"
#include "store/ledger/retention.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::chrono::hours kHour{1};

class ClueBookTest : public LedgerOnBoth {
 protected:
  // An incident of the account's.
  void open_incident(std::uint64_t id, const std::string& login) {
    StandingEntry entry = standing_entry(Level::kHeld, id);
    entry.account = account(login);
    ASSERT_TRUE(IncidentBook(*database).record(entry));
  }
  static ClueSighting seen_at(Timestamp time) { return {.first = time, .last = time, .times = 1}; }
  static std::vector<std::string> words(const Result<std::vector<ClueRow>>& rows) {
    std::vector<std::string> texts;
    for (const ClueRow& row : *rows)
      texts.push_back(row.account.text() + " " + std::string(to_text(row.clue.kind)) + " " + row.clue.value);
    return texts;
  }
};

TEST_P(ClueBookTest, AddsUpWhatIsSeenAgain) {
  open_incident(1, "anna");
  ClueBook book(*database);
  const Clue helo{ClueKind::kHelo, "ylmf-pc", {}};
  book.add({1}, helo, seen_at(kNoon + kHour));
  book.add({1}, helo, seen_at(kNoon));
  ASSERT_TRUE(book.flush());
  book.add({1}, helo, {.first = kNoon + 2 * kHour, .last = kNoon + 3 * kHour, .times = 4});
  ASSERT_TRUE(book.flush());
  const auto rows = *book.of({1});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].clue, helo);
  EXPECT_EQ(rows[0].account, account("anna"));
  EXPECT_EQ(rows[0].seen, (ClueSighting{.first = kNoon, .last = kNoon + 3 * kHour, .times = 6}));
}

TEST_P(ClueBookTest, KeepsSoManyOfAKindOfAnIncident) {
  open_incident(1, "anna");
  ClueBook book(*database);
  for (int i = 0; i < ClueBook::kMostValues + 50; ++i)
    book.add({1}, {ClueKind::kRecipient, std::to_string(i) + "@y.example", {}}, seen_at(kNoon));
  book.add({1}, {ClueKind::kHelo, "ylmf-pc", {}}, seen_at(kNoon));
  EXPECT_EQ(book.dropped(), 50U);
  ASSERT_TRUE(book.flush());
  EXPECT_THAT(*book.of({1}), SizeIs(ClueBook::kMostValues + 1));
}

TEST_P(ClueBookTest, TellsWhatTiesIncidentsOfOtherAccounts) {
  open_incident(1, "anna");
  open_incident(2, "bob");
  open_incident(3, "anna");
  ClueBook book(*database);
  const Clue link{ClueKind::kUrlDomain, "login-mail.example", "www.login-mail.example"};
  for (const std::uint64_t id : {1U, 2U, 3U}) book.add({id}, link, seen_at(kNoon + id * kHour));
  // That both wrote to one address ties nobody, nor does another incident of the same account.
  for (const std::uint64_t id : {1U, 2U})
    book.add({id}, {ClueKind::kRecipient, "b@y.example", {}}, seen_at(kNoon));
  ASSERT_TRUE(book.flush());
  const auto shared = *book.shared_with({1}, 10);
  ASSERT_THAT(shared, SizeIs(1));
  EXPECT_EQ(shared[0].theirs.account, account("bob"));
  EXPECT_EQ(shared[0].theirs.incident, IncidentId{2});
  EXPECT_EQ(shared[0].theirs.clue, link);
  EXPECT_EQ(shared[0].theirs.seen.first, kNoon + 2 * kHour);
  EXPECT_EQ(shared[0].ours.first, kNoon + kHour);
}

TEST_P(ClueBookTest, FindsByNetworkAndByText) {
  open_incident(1, "anna");
  open_incident(2, "bob");
  ClueBook book(*database);
  book.add({1}, {ClueKind::kAddress, "203.0.113.66", {}}, seen_at(kNoon));
  book.add({1}, {ClueKind::kNetwork, "203.0.113.0/24", {}}, seen_at(kNoon));
  book.add({2}, {ClueKind::kAddress, "203.0.114.1", {}}, seen_at(kNoon + kHour));
  book.add({2}, {ClueKind::kSubject, "100% off_now", "100% OFF_now"}, seen_at(kNoon));
  book.add({2}, {ClueKind::kSubjectTemplate, "# off", "100% OFF_now"}, seen_at(kNoon));
  ASSERT_TRUE(book.flush());
  const auto found = [&](const ClueQuery& query) { return words(book.find(query)); };
  EXPECT_THAT(found({.network = *Prefix::parse("203.0.113.0/24")}), ElementsAre("anna address 203.0.113.66"));
  EXPECT_THAT(found({.network = *Prefix::parse("203.0.0.0/16")}),
              ElementsAre("bob address 203.0.114.1", "anna address 203.0.113.66"));
  EXPECT_THAT(found({.network = *Prefix::parse("203.0.0.0/16"), .most = 1}),
              ElementsAre("bob address 203.0.114.1"));
  EXPECT_THAT(found({.network = *Prefix::parse("203.0.0.0/16"), .since = kNoon + kHour}), SizeIs(1));
  // The signs that SQL takes for wildcards stand for themselves.
  EXPECT_THAT(found({.text = "% OFF_N"}), ElementsAre("bob subject 100% off_now"));
  EXPECT_THAT(found({.text = "0_"}), IsEmpty());
  EXPECT_THAT(found({.kind = ClueKind::kSubjectTemplate, .text = "off"}), SizeIs(1));
  EXPECT_THAT(found({.kind = ClueKind::kHelo, .text = "off"}), IsEmpty());
}

TEST_P(ClueBookTest, KeepsInMemoryWhatCannotBeWritten) {
  reopen({.path = {}, .most_waiting = 0});
  ClueBook book(*database, 2);
  for (const char* value : {"a", "b", "c"}) book.add({1}, {ClueKind::kHelo, value, {}}, seen_at(kNoon));
  EXPECT_EQ(book.dropped(), 1U);
  EXPECT_FALSE(book.flush());
  EXPECT_FALSE(book.flush());
  EXPECT_EQ(book.dropped(), 1U);
}

TEST_P(ClueBookTest, StoresWhateverTextItIsGiven) {
  open_incident(1, "anna");
  ClueBook book(*database);
  book.add({1},
           {ClueKind::kHelo, std::string("\0\x1b'); DROP TABLE incident;--\xff", 28), std::string(5000, 'x')},
           seen_at(kNoon));
  ASSERT_TRUE(book.flush());
  const auto rows = *book.of({1});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].clue.says.size(), 200U);
}

TEST_P(ClueBookTest, GoesWithTheNamesOfItsIncident) {
  open_incident(1, "anna");
  open_incident(2, "bob");
  ClueBook book(*database);
  for (const std::uint64_t id : {1U, 2U}) book.add({id}, {ClueKind::kHelo, "ylmf-pc", {}}, seen_at(kNoon));
  ASSERT_TRUE(book.flush());
  const auto report = forget_account(*database, account("anna"), HashKey{}, kNoon);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->anonymised_incidents, 1U);
  EXPECT_THAT(*book.of({1}), IsEmpty());
  EXPECT_THAT(*book.of({2}), SizeIs(1));
  EXPECT_THAT(
      *IncidentBook(*database).find({.outcome = {}, .account = account("anna"), .since = {}, .before = {}}),
      IsEmpty());
  EXPECT_EQ(IncidentBook(*database).get({1})->account.text().substr(0, 10), "anonymous-");
  EXPECT_FALSE(*IncidentBook(*database).standing_of(account("anna")));
  EXPECT_TRUE(*IncidentBook(*database).standing_of(account("bob")));
}

TEST(ClueKinds, AreKnownByName) {
  for (std::size_t i = 0; i < kClueKinds; ++i) {
    const auto kind = static_cast<ClueKind>(i);
    EXPECT_EQ(clue_kind_from_text(to_text(kind)), kind);
  }
  EXPECT_EQ(clue_kind_from_text("colour"), std::nullopt);
}

POSTREEVE_ON_BOTH(ClueBookTest);

class AnswerBookTest : public LedgerOnBoth {};

TEST_P(AnswerBookTest, KeepsTheFirstAnswerForADay) {
  AnswerBook book(*database);
  GivenAnswer answer{
      .asker = "webmail", .key = "k1", .digest = "d", .status = 202, .body = "{}", .given = kNoon};
  const auto keep = [&] {
    std::promise<void> done;
    book.keep(answer, [&](const Result<void>& kept) {
      EXPECT_TRUE(kept);
      done.set_value();
    });
    done.get_future().wait();
  };
  keep();
  const GivenAnswer first = answer;
  answer.body = "{\"other\":1}";
  keep();
  EXPECT_EQ(*book.find("webmail", "k1"), first);
  EXPECT_EQ(*book.find("panel", "k1"), std::nullopt);
  ASSERT_TRUE(apply_retention(*database, RetentionSettings{}, HashKey{}, kNoon + 23 * kHour));
  EXPECT_TRUE(*book.find("webmail", "k1"));
  ASSERT_TRUE(apply_retention(*database, RetentionSettings{}, HashKey{}, kNoon + 25 * kHour));
  EXPECT_FALSE(*book.find("webmail", "k1"));
}

POSTREEVE_ON_BOTH(AnswerBookTest);

}  // namespace
}  // namespace postreeve
