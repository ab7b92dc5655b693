// Texts from outside: whatever they are, they go in and come back, or come back printable, and hurt nobody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/printable.h"
#include "store/ledger/account_policy_book.h"
#include "store/ledger/activity_book.h"
#include "store/ledger/audit_trail.h"
#include "store/ledger/ledger_testing.h"
#include "store/ledger/list_book.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

using ::testing::SizeIs;
using namespace std::string_literals;  // NOLINT(google-build-using-namespace): texts with NUL

const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> texts{
      "'; DROP TABLE incident; --",
      "\"quoted\" and `ticked` and :named and ?",
      "a\0b"s,
      "\xff\xfe broken \xc3",
      "\x1b[2J\r\nnew line",
      "\xe2\x80\xae right to left",
      std::string(1'000'000, '\''),
      std::string(1'000'000, '\xff'),
      "",
  };
  return texts;
}

class HostileText : public LedgerOnBoth {};

TEST_P(HostileText, DoesNotHurtIncidents) {
  IncidentBook book(*database);
  std::uint64_t number = 0;
  for (const std::string& text : hostile_texts()) {
    StandingEntry entry = standing_entry(Level::kHeld, ++number, kNoon + Duration{number});
    entry.tenant = text;
    entry.client = text;
    entry.author = text;
    entry.reason = text;
    entry.evidence = {{.detector = text, .group = text, .nats = 1e308 * 10, .says = text}};
    ASSERT_TRUE(book.record(entry)) << number;
    ASSERT_TRUE(book.set_cause({number}, text));
    const auto incident = *book.get({number});
    for (const std::string& kept : {incident.tenant, incident.cause, incident.first_evidence}) {
      EXPECT_EQ(kept, printable(kept));
      EXPECT_LE(kept.size(), kMostLineBytes);
    }
    const auto timeline = *book.timeline({number});
    ASSERT_THAT(timeline, SizeIs(2));
    for (const TimelineRow& row : timeline) {
      EXPECT_TRUE(is_storable(row.details));
      EXPECT_LT(row.details.size(), 100'000U);
    }
  }
  EXPECT_EQ(book.get({1})->cause, hostile_texts()[0]);
  EXPECT_EQ(book.get({2})->cause, hostile_texts()[1]);
}

TEST_P(HostileText, DoesNotHurtTheSmallerBooks) {
  AuditTrail trail(*database);
  ListBook lists(*database);
  ActivityBook activity(*database);
  for (const std::string& text : hostile_texts()) {
    ASSERT_TRUE(trail.add({.id = 0,
                           .time = kNoon,
                           .author = text,
                           .from = text,
                           .verb = text,
                           .subject = text,
                           .reason = text,
                           .details = "{}"}));
    ASSERT_TRUE(lists.add({.list = ListName::kBlock,
                           .value = "bob",
                           .comment = text,
                           .author = text,
                           .created = kNoon,
                           .expires = {}}));
    EXPECT_FALSE(lists.add({.list = ListName::kBlock,
                            .value = text,
                            .comment = "",
                            .author = "",
                            .created = kNoon,
                            .expires = {}}));
    EXPECT_FALSE(lists.remove(ListName::kCanary, text));
    activity.add({.account = account("anna"),
                  .time = kNoon,
                  .kind = text,
                  .client = text,
                  .country = {},
                  .action = text});
  }
  EXPECT_TRUE(activity.flush());
  EXPECT_THAT(*trail.find({}), SizeIs(hostile_texts().size()));
  EXPECT_THAT(*activity.of(account("anna"), kNoon, 100), SizeIs(hostile_texts().size()));
}

TEST_P(HostileText, KeepsAccountsApart) {
  IncidentBook book(*database);
  std::uint64_t number = 0;
  const std::vector<std::string> logins{"o'brien@x.example",       "a\xff@x.example", "a\xfe@x.example",
                                        "a\xef\xbf\xbd@x.example", "hex:61ff",        "x\" OR 1=1 --"};
  for (const std::string& login : logins) {
    StandingEntry entry = standing_entry(Level::kHeld, ++number);
    entry.account = account(login);
    ASSERT_TRUE(book.record(entry)) << login;
  }
  EXPECT_THAT(*book.standings(), SizeIs(logins.size()));
  number = 0;
  for (const std::string& login : logins) {
    const auto standing = book.standing_of(account(login));
    ASSERT_TRUE(standing && *standing) << login;
    EXPECT_EQ((*standing)->account, account(login));
    EXPECT_EQ((*standing)->standing.incident.value, ++number);
  }
}

RC_GTEST_PROP(StoredAccount, ComesBackAsItWas, ()) {
  const auto any = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const auto id = AccountId::from_login("a" + any + "@x", "");
  if (!id) return;  // controls
  const std::string stored = stored_account(*id);
  RC_ASSERT(is_storable(stored));
  const auto back = account_from(stored);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == *id);
}

RC_GTEST_PROP(StoredLine, IsPrintableAndShort, (const std::string& text)) {
  const std::string line = stored_line(text, 10);
  RC_ASSERT(line.size() <= 10U);
  RC_ASSERT(printable(line) == line);
}

RC_GTEST_PROP(StoredHash, ComesBackAsItWas, (std::uint64_t low, std::uint64_t high)) {
  const Hash128 hash{.low = low, .high = high};
  const auto back = hash_from(stored_hash(hash));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == hash);
}

POSTREEVE_ON_BOTH(HostileText);

}  // namespace
}  // namespace postreeve
