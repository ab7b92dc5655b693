#include "control/control.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/control_testing.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(AnswerRequest, TakesNothingElseForARequest) {
  ControlRoom room;
  for (const char* text : {"", "\n", "{", "[]", "null", "7", "{\"verb\":7}", "{\"arguments\":{}}",
                           "{\"verb\":\"status\"}x", "\xff\xfe", "{\"verb\":\"status\",\"verb\":"})
    EXPECT_EQ(answer_request(room.desk, text, "tess"),
              R"({"error":{"code":"invalid_input","text":"this is no request"}})")
        << text;
  EXPECT_THAT(answer_request(room.desk, std::string(100'000, '['), "tess"), HasSubstr("this is no request"));
}

TEST(AnswerRequest, SaysWhenItIsOlderThanTheCommand) {
  ControlRoom room;
  EXPECT_THAT(room.error("listing status"), HasSubstr("this daemon does not know 'listing status'"));
  EXPECT_THAT(room.error(""), HasSubstr("does not know ''"));
}

TEST(AnswerRequest, TakesArgumentsOfAnotherKindForMissing) {
  ControlRoom room;
  const std::string reply = answer_request(room.desk, R"({"verb":"list add","arguments":["allow"]})", "tess");
  EXPECT_THAT(reply, HasSubstr("'list' is missing"));
  EXPECT_THAT(room.error("list add", {{"list", "allow"}, {"values", "192.0.2.1"}}),
              HasSubstr("nothing to add"));
  EXPECT_THAT(room.data("incident list", {{"most", "many"}}).as_array(), IsEmpty());
}

TEST(AnswerRequest, TellsOfAFaultOfOursAndGoesOn) {
  ControlRoom room;
  std::string logged;
  room.desk.failed = [&](const std::string& what) { logged = what; };
  room.desk.more_status = []() -> std::string { throw std::runtime_error("out of luck"); };
  EXPECT_EQ(room.error("status"), "unavailable: 'status' broke off: out of luck");
  EXPECT_EQ(logged, "'status' broke off: out of luck");
  EXPECT_THAT(room.data("incident list").as_array(), IsEmpty());
  EXPECT_THAT(room.trail(), IsEmpty());
}

TEST(AnswerRequest, NotesInTheAuditTrailWhatWasStoppedOnItsWay) {
  ControlRoom room;
  room.desk.refresh_rules = [] { return Result<void>(fail(ErrorCode::kUnavailable, "the disk is full")); };
  const json::object block{{"list", "block"}, {"values", json::array{"192.0.2.1"}}, {"reason", "a spammer"}};
  EXPECT_EQ(room.error("list add", block), "unavailable: the disk is full");
  ASSERT_THAT(room.trail(), SizeIs(1));
  const AuditEntry entry = room.trail().front();
  EXPECT_EQ(entry.verb, "list add");
  EXPECT_EQ(entry.reason, "a spammer");
  EXPECT_THAT(entry.details, HasSubstr(R"("outcome":"error","error":"the disk is full")"));
}

TEST(AnswerRequest, NotesNoThrowingVerbAsDone) {
  ControlRoom room;
  room.desk.refresh_rules = []() -> Result<void> { throw std::runtime_error("out of luck"); };
  const json::object block{{"list", "block"}, {"values", json::array{"192.0.2.1"}}};
  EXPECT_THAT(room.error("list add", block), HasSubstr("out of luck"));
  ASSERT_THAT(room.trail(), SizeIs(1));
  EXPECT_THAT(room.trail().front().details, HasSubstr("out of luck"));
}

TEST(AnswerRequest, NotesNothingOfWhatWasRefused) {
  ControlRoom room;
  EXPECT_THAT(room.error("list add", {{"list", "block"}, {"values", json::array{"no address"}}}),
              StartsWith("invalid_input"));
  EXPECT_THAT(room.error("incident confirm", {{"incident", "00000000000000ff"}, {"reason", "spam"}}),
              StartsWith("not_found"));
  EXPECT_THAT(room.trail(), IsEmpty());
}

TEST(DaemonVerbs, TellTheStatusWithWhatElseTheServerKnows) {
  ControlRoom room;
  room.stolen();
  const json::value status = room.data("status");
  EXPECT_EQ(text_of(status, "mode"), "enforce");
  EXPECT_EQ(text_of(status, "state"), "written");
  EXPECT_EQ(status.at("accounts").to_number<int>(), 1);
  EXPECT_EQ(status.at("accounts_restricted").to_number<int>(), 1);
  EXPECT_EQ(status.at("incidents_open").to_number<int>(), 1);
}

TEST(DaemonVerbs, ChangeTheModeAndSayWhatItMeans) {
  ControlRoom room(Mode::kObserve);
  EXPECT_THAT(text_of(room.data("mode"), "means"), StartsWith("nothing is refused or held"));
  EXPECT_THAT(room.trail(), IsEmpty()) << "looking is no change";
  const json::value rehearsed = room.data("mode", {{"mode", "enforce"}, {"dry_run", true}});
  EXPECT_EQ(text_of(rehearsed, "mode"), "observe");
  EXPECT_EQ(text_of(rehearsed, "would_become"), "enforce");
  EXPECT_EQ(room.guard->mode(), Mode::kObserve);
  EXPECT_EQ(text_of(room.data("mode", {{"mode", "enforce"}}), "before"), "observe");
  EXPECT_EQ(room.guard->mode(), Mode::kEnforce);
  ASSERT_THAT(room.trail(), SizeIs(1));
  EXPECT_EQ(room.trail().front().subject, "enforce");
  EXPECT_EQ(room.error("mode", {{"mode", "enfroce"}}),
            "invalid_input: 'enfroce' is no mode; write observe or enforce");
}

TEST(DaemonVerbs, RankSendersBesideTheHourBeforeAndLastWeek) {
  ControlRoom room;
  EXPECT_THAT(room.data("top senders").as_array(), IsEmpty());
  const AccountId bob = account_named("bob@x.example");
  room.counts.add(account_named(kAnna), room.now, {.messages = 1, .recipients = 3});
  room.counts.add(bob, room.now, {.messages = 2, .recipients = 9});
  room.counts.add(bob, room.now - std::chrono::hours{1}, {.messages = 1, .recipients = 4});
  room.counts.add(bob, room.now - std::chrono::days{7}, {.messages = 1, .recipients = 2});
  const json::array rows = room.data("top senders", {{"compare", true}, {"most", 1}}).as_array();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(text_of(rows[0], "account"), "bob@x.example");
  EXPECT_EQ(rows[0].at("recipients").to_number<int>(), 9);
  EXPECT_EQ(rows[0].at("recipients_hour_before").to_number<int>(), 4);
  EXPECT_EQ(rows[0].at("recipients_last_week").to_number<int>(), 2);
  EXPECT_FALSE(room.data("top senders").as_array()[0].as_object().contains("recipients_last_week"));
}

TEST(DaemonVerbs, WatchFromWhereTheLastAnswerEnded) {
  ControlRoom room;
  EXPECT_THAT(room.data("watch").as_array(), IsEmpty());
  room.send(kOfficeAddress, "b@y.example");
  const json::array rows = room.data("watch").as_array();
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(text_of(rows[0], "event"), "recipient");
  EXPECT_EQ(text_of(rows[0], "client"), kOfficeAddress);
  EXPECT_EQ(text_of(rows[1], "event"), "submission");
  EXPECT_THAT(room.data("watch", {{"after", rows[1].at("number")}}).as_array(), IsEmpty());
  EXPECT_THAT(room.data("watch", {{"after", -7}}).as_array(), SizeIs(2));
}

TEST(DaemonVerbs, BackUpIntoANewFileOnly) {
  ControlRoom room;
  const std::string file = room.directory.file("copy.db");
  EXPECT_EQ(text_of(room.data("backup", {{"file", file}}), "backup"), file);
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_THAT(room.error("backup", {{"file", file}}), StartsWith("conflict: "));
  EXPECT_THAT(room.error("backup", {{"file", "copy.db"}}), HasSubstr("absolute path"));
  EXPECT_THAT(room.error("backup", {{"file", "/nowhere/at/all.db"}}), StartsWith("unavailable: "));
}

TEST(ListVerbs, AddShowAndRemove) {
  ControlRoom room;
  const json::array added =
      room.data("list add", {{"list", "block"},
                             {"values", json::array{"203.0.113.66/32", "Bob@x.example"}},
                             {"comment", "crew of March"},
                             {"expires_in", 3600}})
          .as_array();
  ASSERT_THAT(added, SizeIs(2));
  EXPECT_EQ(text_of(added[0], "author"), "tess");
  EXPECT_EQ(room.refreshed, 1);
  EXPECT_EQ(room.send(kThiefsAddress, "b@y.example").action, Action::kReject);
  const json::array shown = room.data("list show", {{"list", "block"}}).as_array();
  ASSERT_THAT(shown, SizeIs(2));
  EXPECT_EQ(text_of(shown[0], "comment"), "crew of March");
  EXPECT_EQ(text_of(shown[1], "value"), "bob@x.example");
  EXPECT_THAT(room.data("list show", {{"list", "allow"}}).as_array(), IsEmpty());
  room.data("list remove", {{"list", "block"}, {"value", "203.0.113.66"}, {"dry_run", true}});
  EXPECT_THAT(room.data("list show").as_array(), SizeIs(2));
  room.data("list remove", {{"list", "block"}, {"value", "203.0.113.66"}});
  EXPECT_THAT(room.data("list show").as_array(), SizeIs(1));
  EXPECT_THAT(room.error("list remove", {{"list", "block"}, {"value", "203.0.113.66"}}),
              StartsWith("not_found: "));
  room.now += std::chrono::hours{2};
  EXPECT_THAT(room.data("list show").as_array(), IsEmpty()) << "expired";
}

TEST(ListVerbs, AddAllOrNothing) {
  ControlRoom room;
  const json::object arguments{{"list", "allow"}, {"values", json::array{"192.0.2.1", "192.0.2.0/99"}}};
  EXPECT_THAT(room.error("list add", arguments), StartsWith("invalid_input: "));
  EXPECT_THAT(room.data("list show").as_array(), IsEmpty());
  json::object rehearsed = arguments;
  rehearsed.emplace("dry_run", true);
  EXPECT_THAT(room.error("list add", rehearsed), StartsWith("invalid_input: ")) << "found in a rehearsal too";
  EXPECT_EQ(room.error("list show", {{"list", "grey"}}),
            "invalid_input: there is no list 'grey'; write allow, block or canary");
}

TEST(ListVerbs, LeaveALongImportInTheTrailInBrief) {
  ControlRoom room;
  json::array values;
  for (int i = 0; i < 5000; ++i) values.emplace_back("trap-number-" + std::to_string(i) + "@x.example");
  room.data("list add",
            {{"list", "canary"}, {"values", values}, {"reason", "leaked list"}, {"dry_run", false}});
  ASSERT_THAT(room.trail(), SizeIs(1));
  EXPECT_THAT(room.trail().front().details, HasSubstr("5000 of them"));
  EXPECT_EQ(room.trail().front().reason, "leaked list");
}

TEST(TokenVerbs, ShowATokenOnce) {
  ControlRoom room;
  const json::value made =
      room.data("token add", {{"name", "webmail"}, {"events", json::array{"login"}}, {"expires_in", 86400}});
  const std::string token = text_of(made, "token");
  EXPECT_THAT(token, StartsWith("ptk_"));
  EXPECT_TRUE(room.tokens.verify(token, room.now));
  const json::array all = room.data("token list").as_array();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_FALSE(all[0].as_object().contains("token"));
  EXPECT_EQ(room.trail().front().subject, "webmail");
  EXPECT_EQ(room.trail().front().details.find(token), std::string::npos);
  room.data("token revoke", {{"token_id", text_of(made, "token_id")}});
  EXPECT_FALSE(room.tokens.verify(token, room.now));
  EXPECT_THAT(room.error("token revoke", {{"token_id", "0011223344556677"}}), StartsWith("not_found: "));
  EXPECT_THAT(room.error("token add", {{"name", ""}, {"events", json::array{"*"}}}),
              StartsWith("invalid_input: "));
}

TEST(AuditVerb, TellsNewestFirst) {
  ControlRoom room;
  room.data("mode", {{"mode", "observe"}});
  room.data("mode", {{"mode", "enforce"}, {"reason", "a week of watching"}});
  const json::array rows = room.data("audit list").as_array();
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(text_of(rows[0], "subject"), "enforce");
  EXPECT_EQ(text_of(rows[0], "reason"), "a week of watching");
  EXPECT_THAT(room.data("audit list", {{"most", 1}}).as_array(), SizeIs(1));
}

}  // namespace
}  // namespace postreeve
