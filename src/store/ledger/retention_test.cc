#include "store/ledger/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/activity_book.h"
#include "store/ledger/audit_trail.h"
#include "store/ledger/hourly_counts.h"
#include "store/ledger/ledger_testing.h"
#include "store/ledger/list_book.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

using std::chrono::days;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class RetentionTest : public LedgerOnBoth {
 protected:
  RetentionReport apply(Timestamp now) {
    const auto report = apply_retention(*database, RetentionSettings{}, HashKey{}, now);
    EXPECT_TRUE(report);
    return report ? *report : RetentionReport{};
  }
  // Everything in the ledger's tables of incidents, as one text.
  [[nodiscard]] std::string everything() const {
    std::string all;
    EXPECT_TRUE(database->read([&](soci::session& session) -> Result<void> {
      std::string text;
      for (const char* query :
           {"SELECT account || account_key || first_evidence FROM incident",
            "SELECT says || details FROM timeline", "SELECT account || reason FROM standing_change",
            "SELECT account || account_key FROM standing", "SELECT account || payload FROM outbox"}) {
        auto read = each_row(session, query, std::tie(text), [&]() -> Result<void> {
          all += text + "\n";
          return {};
        });
        if (!read) return read;
      }
      return {};
    }));
    return all;
  }
  void record_ended_incident() {
    IncidentBook book(*database);
    StandingEntry held = standing_entry(Level::kHeld, 1);
    held.reason = "anna called";
    held.evidence = {{.detector = "volume", .group = "volume", .nats = 2, .says = "anna wrote to 40 people"}};
    held.actions = {{.kind = "notice", .payload = R"("anna")", .not_before = {}}};
    ASSERT_TRUE(book.record(held));
    StandingEntry clear = standing_entry(Level::kClear, 0, kNoon + days{1});
    clear.change.before = held.change.after;
    ASSERT_TRUE(book.record(clear));
    Outbox outbox(*database);
    const auto taken = *outbox.take("notice", kNoon, std::chrono::minutes{1});
    ASSERT_TRUE(outbox.done(taken.value().id, "", kNoon));
  }
};

TEST_P(RetentionTest, KeepsWhatIsStillToBeUndone) {
  IncidentBook book(*database);
  StandingEntry suspended = standing_entry(Level::kSuspended, 1);
  suspended.change.after.until = 0;
  suspended.actions = {{.kind = "flag", .payload = "{}", .not_before = {}}};
  ASSERT_TRUE(book.record(suspended));
  Outbox outbox(*database);
  const auto taken = *outbox.take("flag", kNoon, std::chrono::minutes{1});
  ASSERT_TRUE(outbox.done(taken.value().id, "", kNoon));
  apply(kNoon + days{100});
  EXPECT_EQ(outbox.of_incident({1})->size(), 1U);
  StandingEntry clear = standing_entry(Level::kClear, 0, kNoon + days{100});
  clear.change.before = suspended.change.after;
  ASSERT_TRUE(book.record(clear));
  apply(kNoon + days{101});
  EXPECT_TRUE(outbox.of_incident({1})->empty());
}

TEST_P(RetentionTest, KeepsOfAForgottenAccountWhatUndoingNeedsUntilItIsDone) {
  IncidentBook book(*database);
  Outbox outbox(*database);
  StandingEntry suspended = standing_entry(Level::kSuspended, 1);
  suspended.actions = {{.kind = "flag", .payload = "{}", .not_before = {}}};
  ASSERT_TRUE(book.record(suspended));
  const auto flag = *outbox.take("flag", kNoon, std::chrono::minutes{1});
  ASSERT_TRUE(outbox.keep_receipt(flag.value().id, "as before"));
  ASSERT_TRUE(outbox.done(flag->id, "flagged anna", kNoon));
  StandingEntry clear = standing_entry(Level::kClear, 0, kNoon + days{1});
  clear.change.before = suspended.change.after;
  clear.actions = suspended.actions;
  ASSERT_TRUE(book.record(clear));
  ASSERT_TRUE(forget_account(*database, clear.account, HashKey{}, kNoon + days{1}));
  apply(kNoon + days{1});
  ASSERT_THAT(*outbox.of_incident({1}), SizeIs(2));
  EXPECT_EQ(outbox.of_incident({1})->front().receipt, "as before");
  const auto undo = *outbox.take("flag", kNoon + days{1}, std::chrono::minutes{1});
  const TimelineRow line{.id = 0,
                         .incident = {1},
                         .time = kNoon + days{1},
                         .kind = EntryKind::kAction,
                         .author = "postreeve",
                         .text = "cleared anna",
                         .details = {}};
  ASSERT_TRUE(outbox.done(undo.value().id, "cleared anna", kNoon + days{1}, line));
  apply(kNoon + days{1});
  EXPECT_THAT(*outbox.of_incident({1}), IsEmpty());
  EXPECT_THAT(everything(), Not(HasSubstr("anna")));
}

TEST_P(RetentionTest, TakesTheNamesFromOldIncidents) {
  record_ended_incident();
  EXPECT_EQ(apply(kNoon + days{100}).anonymised_incidents, 0U);
  EXPECT_THAT(everything(), HasSubstr("anna"));
  EXPECT_EQ(apply(kNoon + days{182}).anonymised_incidents, 1U);
  EXPECT_THAT(everything(), Not(HasSubstr("anna")));
  EXPECT_THAT(everything(), Not(HasSubstr("192.0.2.7")));
  EXPECT_THAT(everything(), Not(HasSubstr("0000000000000009")));  // the account's key

  const IncidentBook book(*database);
  const auto incident = *book.get({1});
  EXPECT_EQ(incident.account.text(), placeholder_of(HashKey{}, "anna@shop.example"));
  EXPECT_EQ(incident.level, Level::kHeld);
  EXPECT_EQ(incident.outcome, Outcome::kEnded);
  EXPECT_THAT(book.timeline({1})->at(1).details, HasSubstr("volume"));
  EXPECT_EQ(apply(kNoon + days{183}).anonymised_incidents, 0U);
}

TEST_P(RetentionTest, LeavesTheNamesOfWhoeverIsStillRestricted) {
  StandingEntry entry = standing_entry(Level::kSuspended, 1);
  entry.change.after.until = 0;
  IncidentBook book(*database);
  ASSERT_TRUE(book.record(entry));
  EXPECT_EQ(apply(kNoon + days{1'000}).anonymised_incidents, 0U);
  EXPECT_EQ(book.get({1})->account, entry.account);
  EXPECT_THAT(*book.standings(), SizeIs(1));
}

TEST_P(RetentionTest, EndsEarlyWhenToldToAndGoesOnTheNextTime) {
  record_ended_incident();
  std::stop_source stop;
  stop.request_stop();
  const Timestamp late = kNoon + days{182};
  const auto report = apply_retention(*database, RetentionSettings{}, HashKey{}, late, stop.get_token());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->anonymised_incidents, 0U);
  EXPECT_EQ(report->deleted_rows, 0U);
  EXPECT_EQ(apply(late).anonymised_incidents, 1U);
}

TEST_P(RetentionTest, DeletesOldRows) {
  const AccountId anna = account("anna");
  ActivityBook activity(*database);
  activity.add({.account = anna, .time = kNoon, .kind = "login", .client = "", .country = {}, .action = ""});
  activity.add({.account = anna,
                .time = kNoon + days{20},
                .kind = "login",
                .client = "",
                .country = {},
                .action = ""});
  ASSERT_TRUE(activity.flush());
  HourlyCounts counts(*database);
  for (int i = 0; i < 1'200; ++i) counts.add(account("a" + std::to_string(i)), kNoon, {.logins = 1});
  counts.add(anna, kNoon + days{20}, {.logins = 1});
  ASSERT_TRUE(counts.flush());
  ListBook lists(*database);
  ASSERT_TRUE(lists.add({.list = ListName::kBlock,
                         .value = "bob",
                         .comment = "",
                         .author = "",
                         .created = kNoon,
                         .expires = kNoon + days{1}}));
  ASSERT_TRUE(IncidentBook(*database).record(standing_entry(Level::kWatched, 0)));
  AuditTrail audit(*database);
  ASSERT_TRUE(audit.add({.id = 0,
                         .time = kNoon,
                         .author = "pat",
                         .from = "",
                         .verb = "",
                         .subject = "",
                         .reason = "",
                         .details = ""}));

  EXPECT_EQ(apply(kNoon + days{31}).deleted_rows, 1U + 1'200U);
  EXPECT_THAT(*activity.of(anna, kNoon, 10), SizeIs(1));
  EXPECT_THAT(*counts.top(kNoon, 10), IsEmpty());
  EXPECT_THAT(*counts.top(kNoon + days{20}, 10), SizeIs(1));
  EXPECT_THAT(*lists.entries({}, kNoon), SizeIs(1));
  apply(kNoon + days{400});
  EXPECT_THAT(*lists.entries({}, kNoon), IsEmpty());
  EXPECT_THAT(*IncidentBook(*database).standings(), IsEmpty());
  EXPECT_THAT(everything(), IsEmpty());
  EXPECT_THAT(*audit.find({}), SizeIs(1));
}

POSTREEVE_ON_BOTH(RetentionTest);

}  // namespace
}  // namespace postreeve
