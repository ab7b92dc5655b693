// incident clues|siblings, find, top of places, account export|forget
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/control_testing.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::vector<std::string> column(const json::value& rows, std::string_view name) {
  std::vector<std::string> texts;
  for (const json::value& row : rows.as_array()) texts.push_back(text_of(row, name));
  return texts;
}

// What another account's thief shows of himself, at the places of Anna's.
Event of_bob(const ControlRoom& room) {
  Recipient asked = room.recipient_event(kThiefsAddress, "c@z.example", "B1");
  asked.account = account_named("bob@x.example");
  asked.session.helo_name = "ylmf-pc";
  return asked;
}

void tell_of_stranger(ControlRoom& room, const Event& event, IncidentId incident = {}) {
  Observation strange;
  strange.of_stranger = true;
  strange.verdict.standing.incident = incident;
  room.strangers.saw({.event = event, .observation = strange});
}

TEST(ClueVerbs, ShowWhatWasSeenOfTheThief) {
  ControlRoom room;
  const json::value clues = room.data("incident clues", {{"incident", room.stolen()}});
  EXPECT_THAT(column(clues, "value"), Contains(kThiefsAddress));
  EXPECT_THAT(column(clues, "value"), Not(Contains(kOfficeAddress)));
}

TEST(ClueVerbs, TellOfAccountsThatShareAClueWithAndWithoutAnIncident) {
  ControlRoom room;
  const std::string incident = room.stolen();
  EXPECT_THAT(room.data("incident siblings", {{"incident", incident}}).as_array(), IsEmpty());
  tell_of_stranger(room, of_bob(room));
  const json::value waiting = room.data("incident siblings", {{"incident", incident}});
  ASSERT_THAT(column(waiting, "shares"), testing::UnorderedElementsAre("network", "helo"));
  EXPECT_EQ(text_of(waiting.at(0), "account"), "bob@x.example");
  EXPECT_TRUE(waiting.at(0).at("incident").is_null());
  EXPECT_EQ(text_of(waiting.at(0), "standing"), "clear");
  EXPECT_EQ(waiting.at(0).at("accounts_sharing").as_int64(), 1);
  StandingEntry entry;
  entry.account = account_named("bob@x.example");
  entry.change.time = room.now;
  entry.change.after.level = Level::kHeld;
  entry.change.after.incident = {7};
  ASSERT_TRUE(room.incidents->record(entry));
  tell_of_stranger(room, of_bob(room), {7});
  const json::value told = room.data("incident siblings", {{"incident", incident}});
  ASSERT_THAT(told.as_array(), SizeIs(2));
  EXPECT_EQ(text_of(told.at(0), "incident"), "0000000000000007");
  EXPECT_FALSE(text_of(told.at(0), "since").empty());
  EXPECT_THAT(column(room.data("incident siblings", {{"incident", "7"}}), "account"), Contains(kAnna));
  EXPECT_THAT(room.error("incident siblings", {{"incident", "8"}}), StartsWith("not_found: "));
}

TEST(ClueVerbs, FindWhoHadToDoWithAPlaceOrAText) {
  ControlRoom room;
  room.stolen();
  tell_of_stranger(room, of_bob(room));
  room.activity.add({.account = account_named("carol@x.example"),
                     .time = room.now,
                     .kind = "submission",
                     .client = "203.0.113.9",
                     .country = {},
                     .recipients = 3,
                     .action = "accept"});
  const auto accounts = [&](const json::object& arguments) {
    return column(room.data("find", arguments), "account");
  };
  EXPECT_THAT(accounts({{"text", "203.0.113.0/24"}}),
              testing::UnorderedElementsAre(kAnna, "bob@x.example", "carol@x.example"));
  EXPECT_THAT(accounts({{"text", kThiefsAddress}}), testing::UnorderedElementsAre(kAnna, "bob@x.example"));
  EXPECT_THAT(accounts({{"text", "C@Z.EXAMPLE"}}), testing::ElementsAre("bob@x.example"));
  EXPECT_THAT(accounts({{"text", "YLMF"}, {"kind", "helo"}}),
              testing::UnorderedElementsAre(kAnna, "bob@x.example"));
  EXPECT_THAT(accounts({{"text", "ylmf"}, {"kind", "subject"}}), IsEmpty());
  room.now += std::chrono::hours{3};
  EXPECT_THAT(accounts({{"text", "203.0.113.0/24"}, {"within", 3600}}), IsEmpty());
  EXPECT_THAT(room.error("find", {{"text", "x"}, {"kind", "colour"}}),
              HasSubstr("write one of address, network"));
  EXPECT_EQ(room.error("find"), "invalid_input: 'text' is missing");
}

TEST(TopVerbs, TellTheBusiestPlacesAndLogins) {
  ControlRoom room;
  room.judge(room.login_event(kOfficeAddress), Door::kAuthPolicy);
  room.judge(room.login_event("192.0.2.11", false), Door::kAuthPolicy);
  room.counts.add(account_named(kAnna), room.now, {.logins = 3});
  room.counts.add(account_named("bob@x.example"), room.now, {.recipients = 9});
  const json::value logins = room.data("top logins", {{"compare", true}});
  ASSERT_THAT(column(logins, "account"), testing::ElementsAre(kAnna));
  EXPECT_EQ(logins.at(0).at("logins_hour_before").as_int64(), 0);
  EXPECT_THAT(column(room.data("top addresses"), "address"),
              testing::UnorderedElementsAre(kOfficeAddress, "192.0.2.11"));
  const json::value networks = room.data("top networks", {{"compare", true}});
  ASSERT_THAT(column(networks, "network"), testing::ElementsAre("192.0.2.0/24"));
  EXPECT_EQ(networks.at(0).at("logins").as_int64(), 1);
  EXPECT_EQ(networks.at(0).at("failed_logins").as_int64(), 1);
  EXPECT_EQ(networks.at(0).at("logins_hour_before").as_int64(), 0);
}

const json::object kForgetAnna{{"account", kAnna}, {"reason", "she asked for it"}};

TEST(AccountData, IsExportedWhole) {
  ControlRoom room;
  const std::string incident = room.stolen();
  room.counts.add(account_named(kAnna), room.now, {.messages = 2});
  room.data("list add", {{"list", "allow"}, {"values", json::array{kAnna}}});
  room.data("account policy", {{"account", kAnna}, {"only_countries", json::array{"DE"}}});
  const json::value all = room.data("account export", {{"account", "anna"}});
  EXPECT_EQ(text_of(all, "account"), kAnna);
  EXPECT_EQ(text_of(all.at("incidents").at(0), "incident"), incident);
  EXPECT_THAT(all.at("incidents").at(0).at("timeline").as_array(), Not(IsEmpty()));
  EXPECT_THAT(all.at("incidents").at(0).at("clues").as_array(), Not(IsEmpty()));
  EXPECT_EQ(all.at("hours").at(0).at("messages").as_int64(), 2);
  EXPECT_THAT(all.at("lists").as_array(), SizeIs(1));
  EXPECT_TRUE(all.at("policy").is_object());
  EXPECT_GT(all.at("habits").at("messages_a_day").to_number<double>(), 1);
  EXPECT_EQ(room.trail().front().verb, "account export");
}

TEST(AccountData, IsNotForgottenWhileAnIncidentIsOpen) {
  ControlRoom room;
  room.stolen();
  EXPECT_THAT(room.error("account forget", kForgetAnna),
              StartsWith("conflict: anna@x.example has an open incident"));
  EXPECT_THAT(room.error("account forget", {{"account", kAnna}, {"force", true}}),
              HasSubstr("needs a --reason"));
  EXPECT_THAT(room.trail(), IsEmpty());
  json::object forced = kForgetAnna;
  forced.emplace("force", true);
  forced.emplace("dry_run", true);
  EXPECT_THAT(text_of(room.data("account forget", forced), "would_forget"), HasSubstr("1 incidents"));
  EXPECT_EQ(room.guard->standing_of(account_named(kAnna)).level, Level::kSuspended);
  forced.erase("dry_run");
  EXPECT_EQ(room.data("account forget", forced).at("incidents_anonymised").as_int64(), 1);
  EXPECT_EQ(room.guard->standing_of(account_named(kAnna)).level, Level::kClear);
}

TEST(AccountData, LeavesNoNameBehindButTheAuditTrails) {
  ControlRoom room;
  const std::string incident = room.stolen();
  room.data("incident dismiss", {{"incident", incident}});
  room.counts.add(account_named(kAnna), room.now, {.messages = 2});
  room.data("list add", {{"list", "block"}, {"values", json::array{kAnna}}});
  const json::value forgotten = room.data("account forget", kForgetAnna);
  EXPECT_THAT(text_of(forgotten, "note"), HasSubstr("list remove"));
  EXPECT_EQ(room.error("account show", {{"account", kAnna}}),
            "not_found: nothing is known of the account anna@x.example");
  EXPECT_THAT(room.data("incident list", {{"account", kAnna}}).as_array(), IsEmpty());
  EXPECT_THAT(room.data("find", {{"text", "anna"}}).as_array(), IsEmpty());
  const json::value all = room.data("account export", {{"account", kAnna}});
  for (const char* part : {"incidents", "hours", "activity", "seen_of_strangers"})
    EXPECT_THAT(all.at(part).as_array(), IsEmpty()) << part;
  const std::vector<AuditEntry> trail = room.trail();
  EXPECT_TRUE(std::ranges::any_of(trail, [](const AuditEntry& entry) {
    return entry.verb == "account forget" && entry.subject == kAnna && entry.reason == "she asked for it";
  }));
}

}  // namespace
}  // namespace postreeve
