#include "profile/webmail.h"

#include <gtest/gtest.h>

#include <string_view>

#include "profile/account_record.h"
#include "profile/familiarity.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 12h};

Origin place(std::uint32_t number, std::string_view country = "PL") {
  Origin origin;
  origin.known = true;
  origin.network = number;
  origin.provider = 100 + number;
  origin.country = CountryCode::of(country);
  return origin;
}

// Has sent from place 1 every day for a month, and read from place 2 in the last week.
AccountRecord settled() {
  AccountRecord record;
  for (int day = 30; day > 0; --day) {
    learn_use(record.profile, kNow - std::chrono::days{day}, place(1), Use::kSend);
    if (day <= 7) learn_use(record.profile, kNow - std::chrono::days{day}, place(2), Use::kRead);
  }
  return record;
}

TEST(Webmail, SaysNothingWithoutASession) {
  EXPECT_FALSE(webmail_origin(settled(), kNow).known);
  EXPECT_FALSE(webmail_origin(AccountRecord{}, Timestamp{}).known);
}

TEST(Webmail, ComesFromTheOwnersPlaceForTwelveHours) {
  AccountRecord record = settled();
  note_webmail_login(record, place(1), kNow);
  EXPECT_EQ(record.stranger, nullptr);
  const Origin origin = webmail_origin(record, kNow + 11h);
  EXPECT_TRUE(origin.known);
  EXPECT_EQ(origin.network, 1U);
  EXPECT_EQ(origin.provider, 101U);
  EXPECT_EQ(origin.country, CountryCode::of("PL"));
  EXPECT_EQ(origin.client, kWebmailClient);
  EXPECT_FALSE(webmail_origin(record, kNow + 13h).known);
}

TEST(Webmail, ComesFromTheRiskiestLivePlace) {
  AccountRecord record = settled();
  note_webmail_login(record, place(66, "VN"), kNow);
  note_webmail_login(record, place(67, "PL"), kNow + 1h);  // another stranger, less strange
  note_webmail_login(record, place(1), kNow + 2h);
  EXPECT_EQ(webmail_origin(record, kNow + 3h).network, 66U);
  EXPECT_EQ(webmail_origin(record, kNow + 13h).network, 1U);
}

TEST(Webmail, TakesTheLaterStrangerOfTwo) {
  AccountRecord record = settled();
  note_webmail_login(record, place(67, "PL"), kNow);
  note_webmail_login(record, place(66, "VN"), kNow + 1h);
  EXPECT_EQ(webmail_origin(record, kNow + 2h).network, 66U);
}

TEST(Webmail, BelievesTheOwnerWhoCameHomeFromWhereHeOnlyReads) {
  AccountRecord record = settled();
  note_webmail_login(record, place(2), kNow);
  EXPECT_EQ(webmail_origin(record, kNow + 1h).network, 2U);
  note_webmail_login(record, place(1), kNow + 5h);
  EXPECT_EQ(webmail_origin(record, kNow + 6h).network, 1U);
  note_webmail_login(record, place(2), kNow + 7h);
  EXPECT_EQ(webmail_origin(record, kNow + 8h).network, 2U);
}

TEST(Webmail, DoesNotBelieveAReaderFromAbroadAsSoon) {
  AccountRecord record = settled();
  for (int day = 7; day > 0; --day) {
    learn_use(record.profile, kNow - std::chrono::days{day}, place(3, "VN"), Use::kRead);
  }
  note_webmail_login(record, place(3, "VN"), kNow);
  note_webmail_login(record, place(1), kNow + 5h);
  EXPECT_EQ(webmail_origin(record, kNow + 6h).network, 3U);
}

TEST(Webmail, IsNobodysOwnClient) {
  AccountProfile profile;
  Origin home = place(1);
  home.client = kWebmailClient;
  for (int day = 0; day < 10; ++day) learn_use(profile, kNow + std::chrono::days{day}, home, Use::kSend);
  EXPECT_TRUE(uses_client(profile, kWebmailClient));
  EXPECT_FALSE(knows_client(profile, kWebmailClient));
}

}  // namespace
}  // namespace postreeve
