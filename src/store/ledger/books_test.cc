// The smaller books: account policies, outbox, activity, audit trail, tokens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/account_policy_book.h"
#include "store/ledger/activity_book.h"
#include "store/ledger/audit_trail.h"
#include "store/ledger/ledger_testing.h"
#include "store/ledger/outbox.h"
#include "store/ledger/sql.h"
#include "store/ledger/token_book.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class AccountPolicyBookTest : public LedgerOnBoth {};

TEST_P(AccountPolicyBookTest, KeepsOnePolicyAnAccount) {
  AccountPolicyBook book(*database);
  AccountPolicy policy;
  policy.account = account("anna@x.example");
  policy.only_countries = {CountryCode::of("PL"), CountryCode::of("DE")};
  policy.only_networks = {*Prefix::parse("2001:db8::/32")};
  policy.trusted_networks = {*Prefix::parse("192.0.2.0/24"), *Prefix::parse("198.51.100.7")};
  policy.author = "pat";
  policy.reason = "asked for it";
  policy.changed = kNoon;
  policy.expires = kNoon + std::chrono::hours{1};
  ASSERT_TRUE(book.put(policy));
  EXPECT_EQ(*book.get(policy.account), policy);
  policy.only_networks.clear();
  policy.expires = {};
  ASSERT_TRUE(book.put(policy));
  EXPECT_THAT(*book.all(), ElementsAre(policy));
  ASSERT_TRUE(book.remove(policy.account));
  EXPECT_EQ(*book.get(policy.account), std::nullopt);
  EXPECT_EQ(book.remove(policy.account).error().code, ErrorCode::kNotFound);
}

TEST_P(AccountPolicyBookTest, RefusesWhatIsNoPolicy) {
  AccountPolicyBook book(*database);
  AccountPolicy policy;
  EXPECT_EQ(book.put(policy).error().code, ErrorCode::kInvalidInput);
  policy.account = account("anna");
  policy.only_countries = {CountryCode{}};
  EXPECT_EQ(book.put(policy).error().code, ErrorCode::kInvalidInput);
  policy.only_countries.assign(1'001, CountryCode::of("PL"));
  EXPECT_EQ(book.put(policy).error().code, ErrorCode::kLimitExceeded);
}

class OutboxTest : public LedgerOnBoth {
 protected:
  Outbox outbox{*database};
};

constexpr std::chrono::minutes kLease{1};

OutboxAction action(const std::string& kind, Timestamp not_before = {}) {
  return {.kind = kind, .payload = "{}", .not_before = not_before};
}

TEST_P(OutboxTest, GivesTheOldestActionOfAKindWhenItIsDue) {
  ASSERT_TRUE(outbox.add({1}, account("anna"),
                         {action("flag"), action("notice", kNoon + std::chrono::hours{1})}, kNoon));
  ASSERT_TRUE(outbox.add({2}, account("bob"), {action("flag")}, kNoon));
  const auto first = *outbox.take("flag", kNoon, kLease);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->account, account("anna"));
  EXPECT_EQ(first->attempts, 1U);
  EXPECT_EQ(first->state, OutboxState::kTaken);
  EXPECT_EQ((*outbox.take("flag", kNoon, kLease))->account, account("bob"));
  EXPECT_FALSE(*outbox.take("flag", kNoon, kLease));
  EXPECT_FALSE(*outbox.take("notice", kNoon, kLease));
  EXPECT_EQ(*outbox.unfinished(), 3U);
}

TEST_P(OutboxTest, BeginsTheActionsOfAnIncidentInTheirOrder) {
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("flag"), action("kick")}, kNoon));
  EXPECT_FALSE(*outbox.take("kick", kNoon, kLease));
  const auto flag = *outbox.take("flag", kNoon, kLease);
  EXPECT_FALSE(*outbox.take("kick", kNoon, kLease));
  ASSERT_TRUE(outbox.done(flag->id, "flagged", kNoon));
  EXPECT_TRUE(*outbox.take("kick", kNoon, kLease));
}

TEST_P(OutboxTest, LetsABackendThatIsDownHoldUpItsOwnActionsOnly) {
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("flag"), action("kick"), action("flag")}, kNoon));
  const auto flag = *outbox.take("flag", kNoon, kLease);
  ASSERT_TRUE(outbox.failed(flag->id, "no route to host", kNoon + std::chrono::hours{1}));
  const auto kick = *outbox.take("kick", kNoon, kLease);
  ASSERT_TRUE(kick);
  ASSERT_TRUE(outbox.done(kick->id, "", kNoon));
  EXPECT_FALSE(*outbox.take("flag", kNoon, kLease));
  EXPECT_EQ((*outbox.take("flag", kNoon + std::chrono::hours{1}, kLease))->id, flag->id);
}

TEST_P(OutboxTest, TriesWhatNobodyTriedBeforeWhatFailed) {
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("flag")}, kNoon));
  ASSERT_TRUE(outbox.add({2}, account("bob"), {action("flag")}, kNoon));
  const auto first = *outbox.take("flag", kNoon, kLease);
  ASSERT_TRUE(outbox.failed(first->id, "it did not answer", kNoon));
  EXPECT_EQ((*outbox.take("flag", kNoon, kLease))->account, account("bob"));
  EXPECT_EQ((*outbox.take("flag", kNoon, kLease))->id, first->id);
}

TEST_P(OutboxTest, WaitsAMinuteForWhatIsStuckBehindABackendThatHangs) {
  for (const char* name : {"anna", "bob", "carol"})
    ASSERT_TRUE(outbox.add({static_cast<std::uint64_t>(name[0])}, account(name),
                           {action("flag"), action("kick"), action("flag")}, kNoon));
  constexpr std::chrono::seconds kHangs{30};
  for (const Timestamp begun : {kNoon, kNoon + kHangs}) {
    const auto flag = *outbox.take("flag", begun, kLease);
    ASSERT_TRUE(flag);
    ASSERT_TRUE(outbox.failed(flag->id, "it did not answer", begun + kHangs));
    EXPECT_EQ((*outbox.take("kick", begun + kHangs, kLease))->account, flag->account);
  }
  const auto kick = *outbox.take("kick", kNoon + 2 * kHangs, kLease);
  ASSERT_TRUE(kick);
  EXPECT_EQ(kick->account, account("carol"));
}

TEST_P(OutboxTest, NeverChangesTheOrderOfWhatHasOneName) {
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("flag"), action("flag")}, kNoon));
  const Timestamp later = kNoon + std::chrono::hours{1};
  ASSERT_TRUE(*outbox.take("flag", kNoon, 2 * std::chrono::hours{1}));
  EXPECT_FALSE(*outbox.take("flag", later, kLease));
}

TEST_P(OutboxTest, WaitsForNoActionThatWasPutOffBeforeItIsDue) {
  const Timestamp later = kNoon + std::chrono::minutes{15};
  ASSERT_TRUE(
      outbox.add({1}, account("anna"), {action("page", later), action("page"), action("flag")}, kNoon));
  const auto page = *outbox.take("page", kNoon, kLease);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->id, outbox.of_incident({1})->at(1).id);
  ASSERT_TRUE(outbox.done(page->id, "", kNoon));
  EXPECT_TRUE(*outbox.take("flag", kNoon, kLease));
  EXPECT_EQ((*outbox.take("page", later, kLease))->id, outbox.of_incident({1})->front().id);
}

TEST_P(OutboxTest, GivesAnActionAgainWhenItsWorkerDied) {
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("flag")}, kNoon));
  const auto first = *outbox.take("flag", kNoon, kLease);
  ASSERT_TRUE(outbox.keep_receipt(first->id, R"({"before":0})"));
  EXPECT_FALSE(*outbox.take("flag", kNoon, kLease));
  const auto again = *outbox.take("flag", kNoon + kLease, kLease);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->attempts, 2U);
  EXPECT_EQ(again->receipt, R"({"before":0})");
}

TEST_P(OutboxTest, TakesBackWhatADeadWorkerHadAtOnce) {
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("flag"), action("kick")}, kNoon));
  const auto flag = *outbox.take("flag", kNoon, kLease);
  ASSERT_TRUE(outbox.take_back(kNoon));
  EXPECT_EQ((*outbox.take("flag", kNoon, kLease))->id, flag->id);
  EXPECT_EQ(outbox.of_incident({1})->at(1).attempts, 0U);
}

TEST_P(OutboxTest, KeepsWhatBecameOfAnAction) {
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("flag")}, kNoon));
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("kick")}, kNoon));
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("hold")}, kNoon));
  const auto flag = *outbox.take("flag", kNoon, kLease);
  ASSERT_TRUE(outbox.done(flag->id, "flagged in LDAP", kNoon));
  const auto kick = *outbox.take("kick", kNoon, kLease);
  ASSERT_TRUE(outbox.failed(kick->id, "no route\nto host", kNoon + std::chrono::minutes{5}));
  const auto hold = *outbox.take("hold", kNoon, kLease);
  ASSERT_TRUE(outbox.give_up(hold->id, "no such table", kNoon));
  EXPECT_EQ(outbox.done(flag->id, "", kNoon).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(outbox.failed(99, "", kNoon).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(outbox.get(99).error().code, ErrorCode::kNotFound);
  const auto rows = *outbox.of_incident({1});
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[0].state, OutboxState::kDone);
  EXPECT_EQ(rows[0].says, "flagged in LDAP");
  EXPECT_EQ(rows[1].state, OutboxState::kWaiting);
  EXPECT_EQ(rows[1].error, "no route?to host");
  EXPECT_EQ(rows[1].action.not_before, kNoon + std::chrono::minutes{5});
  EXPECT_EQ(rows[2].state, OutboxState::kGivenUp);
  EXPECT_EQ(*outbox.unfinished(), 1U);
  EXPECT_THAT(*outbox.open(false, 10), SizeIs(1));
  EXPECT_THAT(*outbox.open(true, 10), SizeIs(2));
}

TEST_P(OutboxTest, TellsTheTimelineInTheSameStep) {
  IncidentBook book(*database);
  StandingEntry entry = standing_entry(Level::kHeld, 1);
  entry.actions = {action("flag"), action("kick")};
  ASSERT_TRUE(book.record(entry));
  const TimelineRow line{.id = 0,
                         .incident = {1},
                         .time = kNoon,
                         .kind = EntryKind::kAction,
                         .author = "postreeve",
                         .text = "flag: set",
                         .details = {}};
  const auto flag = *outbox.take("flag", kNoon, kLease);
  ASSERT_TRUE(outbox.done(flag->id, "set", kNoon, line));
  EXPECT_EQ(outbox.done(flag->id, "set", kNoon, line).error().code, ErrorCode::kNotFound);
  const auto timeline = *book.timeline({1});
  ASSERT_THAT(timeline, SizeIs(2));
  EXPECT_EQ(timeline[1].text, "flag: set");
  // Of an incident that is gone nothing is told, and the action is done all the same.
  TimelineRow of_none = line;
  of_none.incident = {2};
  const auto kick = *outbox.take("kick", kNoon, kLease);
  ASSERT_TRUE(outbox.done(kick->id, "", kNoon, of_none));
  EXPECT_EQ(*outbox.unfinished(), 0U);
}

TEST_P(OutboxTest, SaysOfWhichKindsSomethingIsDue) {
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("flag"), action("kick"), action("flag")}, kNoon));
  EXPECT_THAT(*outbox.due_kinds(kNoon), ::testing::UnorderedElementsAre("flag", "kick"));
  EXPECT_THAT(*outbox.due_kinds(kNoon - std::chrono::seconds{1}), IsEmpty());
  const auto flag = *outbox.take("flag", kNoon, kLease);
  ASSERT_TRUE(outbox.done(flag->id, "", kNoon));
  const auto again = *outbox.take("flag", kNoon, kLease);
  EXPECT_FALSE(again);  // waits for kick
  EXPECT_THAT(*outbox.due_kinds(kNoon), ::testing::UnorderedElementsAre("flag", "kick"));
}

TEST_P(OutboxTest, TriesAgainWhatWasGivenUpWhenAPersonWishesIt) {
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("flag")}, kNoon));
  const auto flag = *outbox.take("flag", kNoon, kLease);
  ASSERT_TRUE(outbox.give_up(flag->id, "no such table", kNoon));
  EXPECT_FALSE(*outbox.take("flag", kNoon + kLease, kLease));
  ASSERT_TRUE(outbox.retry(flag->id, kNoon));
  EXPECT_TRUE(*outbox.take("flag", kNoon, kLease));
  EXPECT_EQ(outbox.retry(99, kNoon).error().code, ErrorCode::kNotFound);
}

TEST_P(OutboxTest, RefusesReceiptsThatTheDatabaseCannotHold) {
  ASSERT_TRUE(outbox.add({1}, account("anna"), {action("flag")}, kNoon));
  const auto flag = *outbox.take("flag", kNoon, kLease);
  EXPECT_EQ(outbox.keep_receipt(flag->id, "\xff").error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(outbox.keep_receipt(flag->id, std::string(kMostReceiptBytes + 1, 'x')).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(outbox.keep_receipt(99, "{}").error().code, ErrorCode::kNotFound);
}

TEST_P(OutboxTest, RefusesWhatIsNoActionAndTheStandingWithIt) {
  StandingEntry entry = standing_entry(Level::kHeld, 1);
  entry.actions = {{.kind = "No Kind", .payload = "", .not_before = {}}};
  IncidentBook book(*database);
  EXPECT_EQ(book.record(entry).error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(*book.standings(), IsEmpty());
  entry.actions = {{.kind = "flag", .payload = "\xff", .not_before = {}}};
  EXPECT_EQ(book.record(entry).error().code, ErrorCode::kInvalidInput);
}

class ActivityBookTest : public LedgerOnBoth {};

TEST_P(ActivityBookTest, KeepsWhatAnAccountDid) {
  ActivityBook book(*database, 3);
  const ActivityRow row{.account = account("anna"),
                        .time = kNoon,
                        .kind = "submission",
                        .client = "192.0.2.7",
                        .country = CountryCode::of("PL"),
                        .recipients = 3,
                        .action = "accept"};
  book.add(row);
  ActivityRow later = row;
  later.time += std::chrono::minutes{1};
  book.add(later);
  ActivityRow of_bob = row;
  of_bob.account = account("bob");
  book.add(of_bob);
  book.add(of_bob);
  EXPECT_EQ(book.dropped(), 1U);
  ASSERT_TRUE(book.flush());
  EXPECT_THAT(*book.of(account("anna"), kNoon, 10), ElementsAre(later, row));
  EXPECT_THAT(*book.of(account("anna"), later.time, 10), ElementsAre(later));
  EXPECT_THAT(*book.of(account("anna"), kNoon, 1), ElementsAre(later));
}

TEST_P(ActivityBookTest, TellsWhoCameFromANetwork) {
  ActivityBook book(*database);
  ActivityRow row{.account = account("anna"),
                  .time = kNoon,
                  .kind = "login",
                  .client = "192.0.2.7",
                  .country = {},
                  .recipients = 0,
                  .action = "accept"};
  book.add(row);
  const ActivityRow of_anna = row;
  row.account = account("bob");
  row.time += std::chrono::hours{1};
  row.client = "192.0.3.7";
  book.add(row);
  ASSERT_TRUE(book.flush());
  const Prefix wide = *Prefix::parse("192.0.2.0/23");
  EXPECT_THAT(*book.from(*Prefix::parse("192.0.2.7"), kNoon, 10), ElementsAre(of_anna));
  EXPECT_THAT(*book.from(wide, kNoon, 10), ElementsAre(row, of_anna));
  EXPECT_THAT(*book.from(wide, kNoon, 1), ElementsAre(row));
  EXPECT_THAT(*book.from(wide, row.time, 10), ElementsAre(row));
}

TEST_P(ActivityBookTest, KeepsRowsInMemoryWhileTheyCannotBeWritten) {
  reopen({.path = {}, .most_waiting = 0});
  ActivityBook book(*database);
  book.add({.account = account("anna"),
            .time = kNoon,
            .kind = "login",
            .client = "",
            .country = {},
            .action = ""});
  EXPECT_EQ(book.flush().error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(book.flush().error().code, ErrorCode::kLimitExceeded);
}

class AuditTrailTest : public LedgerOnBoth {};

TEST_P(AuditTrailTest, TellsWhoDidWhat) {
  AuditTrail trail(*database);
  AuditEntry entry{.id = 0,
                   .time = kNoon,
                   .author = "pat",
                   .from = "control socket",
                   .verb = "account.suspend",
                   .subject = "anna@x.example",
                   .reason = "phone call",
                   .details = R"({"level":"suspended"})"};
  ASSERT_TRUE(trail.add(entry));
  entry.author = "kim";
  entry.time += std::chrono::minutes{1};
  ASSERT_TRUE(trail.add(entry));
  const auto all = *trail.find({});
  ASSERT_THAT(all, SizeIs(2));
  entry.id = all[0].id;
  EXPECT_EQ(all[0], entry);
  AuditQuery query;
  query.before_id = all[0].id;
  EXPECT_EQ(trail.find(query)->at(0).author, "pat");
  query = {};
  query.author = "kim";
  query.subject = "anna@x.example";
  query.since = entry.time;
  EXPECT_THAT(*trail.find(query), SizeIs(1));
  entry.details = "\xff";
  EXPECT_EQ(trail.add(entry).error().code, ErrorCode::kInvalidInput);
}

class TokenBookTest : public LedgerOnBoth {
 protected:
  static TokenRequest request() {
    return {.name = "webmail",
            .scope = {.events = {"login", "setting_change"}, .tenant = "shop.example"},
            .author = "pat",
            .created = kNoon,
            .expires = kNoon + std::chrono::days{1}};
  }
};

TEST_P(TokenBookTest, KnowsATokenByItsSecret) {
  TokenBook book(*database);
  const auto made = book.create(request());
  ASSERT_TRUE(made);
  const auto verified = book.verify(made->token, kNoon);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->scope, request().scope);
  EXPECT_TRUE(verified->scope.allows("login"));
  EXPECT_FALSE(verified->scope.allows("judgement"));
  EXPECT_NE(book.create(request())->token, made->token);

  const auto refused = [&](const std::string& token, Timestamp now = kNoon) {
    const auto answer = book.verify(token, now);
    return !answer && answer.error().code == ErrorCode::kNotFound;
  };
  std::string wrong = made->token;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  EXPECT_TRUE(refused(wrong));
  wrong = made->token;
  wrong[5] = wrong[5] == '0' ? '1' : '0';
  EXPECT_TRUE(refused(wrong));
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("ptk_"));
  EXPECT_TRUE(refused(made->token + "x"));
  EXPECT_TRUE(refused(std::string(made->token.size(), '\xff')));
  EXPECT_TRUE(refused(made->token, kNoon + std::chrono::days{1}));
  ASSERT_TRUE(book.revoke(made->row.id, kNoon));
  ASSERT_TRUE(book.revoke(made->row.id, kNoon + std::chrono::hours{1}));
  EXPECT_TRUE(refused(made->token));
  EXPECT_EQ(book.revoke("nobody", kNoon).error().code, ErrorCode::kNotFound);
}

TEST_P(TokenBookTest, NotesTheLastUse) {
  TokenBook book(*database);
  const auto made = *book.create(request());
  EXPECT_EQ(book.all()->at(0).last_used, std::nullopt);
  ASSERT_TRUE(book.verify(made.token, kNoon));
  reopen();
  EXPECT_EQ(TokenBook(*database).all()->at(0).last_used, kNoon);
}

TEST_P(TokenBookTest, KeepsNoSecret) {
  const auto made = *TokenBook(*database).create(request());
  const std::string secret = made.token.substr(made.token.rfind('_') + 1);
  std::string hash;
  EXPECT_TRUE(database->read([&](soci::session& session) -> Result<void> {
    first_row(session, "SELECT hash FROM api_token", std::tie(hash));
    return {};
  }));
  EXPECT_THAT(hash, SizeIs(64));
  EXPECT_THAT(hash, Not(HasSubstr(secret)));
}

TEST_P(TokenBookTest, RefusesWhatIsNoScope) {
  TokenBook book(*database);
  const auto refused = [&](const TokenRequest& wrong) {
    const auto made = book.create(wrong);
    return !made && made.error().code == ErrorCode::kInvalidInput;
  };
  TokenRequest wrong = request();
  wrong.name = "";
  EXPECT_TRUE(refused(wrong));
  wrong.name = "two\nlines";
  EXPECT_TRUE(refused(wrong));
  wrong = request();
  wrong.scope.events = {};
  EXPECT_TRUE(refused(wrong));
  wrong.scope.events = {"login judgement"};
  EXPECT_TRUE(refused(wrong));
  wrong = request();
  wrong.scope.tenant = "\xff";
  EXPECT_TRUE(refused(wrong));
}

POSTREEVE_ON_BOTH(AccountPolicyBookTest);
POSTREEVE_ON_BOTH(TokenBookTest);
POSTREEVE_ON_BOTH(AuditTrailTest);
POSTREEVE_ON_BOTH(ActivityBookTest);
POSTREEVE_ON_BOTH(OutboxTest);

}  // namespace
}  // namespace postreeve
