#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/control_testing.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(IncidentVerbs, ListByStateAndAccount) {
  ControlRoom room;
  EXPECT_THAT(room.data("incident list").as_array(), IsEmpty());
  const std::string incident = room.stolen();
  const json::array all = room.data("incident list").as_array();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(text_of(all[0], "incident"), incident);
  EXPECT_EQ(text_of(all[0], "outcome"), "open");
  EXPECT_THAT(room.data("incident list", {{"state", "open"}, {"account", "anna"}}).as_array(), SizeIs(1));
  EXPECT_THAT(room.data("incident list", {{"state", "dismissed"}}).as_array(), IsEmpty());
  EXPECT_THAT(room.data("incident list", {{"account", "bob"}}).as_array(), IsEmpty());
  EXPECT_THAT(room.data("incident list", {{"most", -5}}).as_array(), SizeIs(1));
  EXPECT_THAT(room.error("incident list", {{"state", "closed"}}),
              HasSubstr("write open, confirmed, dismissed, ended or all"));
}

TEST(IncidentVerbs, ShowTheStoryInWordsAndWithItsTimeline) {
  ControlRoom room;
  const json::value shown = room.data("incident show", {{"incident", room.stolen()}});
  EXPECT_THAT(text_of(shown, "in_words"), StartsWith("anna@x.example became "));
  EXPECT_THAT(text_of(shown, "in_words"), HasSubstr("; nobody has judged it yet"));
  EXPECT_FALSE(text_of(shown, "standing_now").empty());
  EXPECT_GE(shown.at("timeline").as_array().size(), 2U);
}

TEST(IncidentVerbs, DoNotKnowWhatIsNoIncident) {
  ControlRoom room;
  for (const char* verb :
       {"incident show", "incident note", "incident take", "incident confirm", "incident dismiss"}) {
    EXPECT_EQ(room.error(verb, {{"incident", "00000000000000aa"}, {"text", "t"}}),
              "not_found: there is no incident 00000000000000aa; `postreeve incident list` shows them");
    for (const char* text : {"anna", "0", "-1", "0x12", "00112233445566778"})
      EXPECT_THAT(room.error(verb, {{"incident", text}, {"text", "t"}}), HasSubstr("is no incident"));
  }
}

TEST(IncidentVerbs, KeepNotesWhateverTheyHold) {
  ControlRoom room;
  const std::string incident = room.stolen();
  room.data("incident note",
            {{"incident", incident}, {"text", "called\nher \x1b[31m'); DROP TABLE incident;--"}});
  const json::value shown = room.data("incident show", {{"incident", incident}});
  const json::value& note = shown.at("timeline").as_array().back();
  EXPECT_EQ(text_of(note, "kind"), "note");
  EXPECT_EQ(text_of(note, "author"), "tess");
  EXPECT_EQ(text_of(note, "text").find('\n'), std::string::npos);
  EXPECT_THAT(text_of(note, "text"), HasSubstr("DROP TABLE"));
  EXPECT_EQ(room.error("incident note", {{"incident", incident}}), "invalid_input: 'text' is missing");
}

TEST(IncidentVerbs, TakeSaysWhoTakesCareOfIt) {
  ControlRoom room;
  const std::string incident = room.stolen();
  room.data("incident take", {{"incident", incident}, {"dry_run", true}});
  EXPECT_EQ(text_of(room.data("incident show", {{"incident", incident}}), "assignee"), "");
  EXPECT_EQ(text_of(room.data("incident take", {{"incident", incident}}), "assignee"), "tess");
  const json::value passed_on =
      room.data("incident take", {{"incident", incident}, {"by", "bob"}, {"reason", "I go home"}});
  EXPECT_EQ(text_of(passed_on, "before"), "tess");
  const json::value shown = room.data("incident show", {{"incident", incident}});
  EXPECT_EQ(text_of(shown, "assignee"), "bob");
  EXPECT_THAT(text_of(shown, "in_words"), HasSubstr("; bob takes care of it"));
  const json::value& line = shown.at("timeline").as_array().back();
  EXPECT_EQ(text_of(line, "author"), "tess");
  EXPECT_EQ(text_of(line, "text"), "bob takes care of it; I go home");
  EXPECT_EQ(room.trail().front().verb, "incident take");
  EXPECT_EQ(room.trail().front().subject, incident);
  EXPECT_EQ(room.trail().front().reason, "I go home");
}

TEST(IncidentVerbs, ConfirmSuspendsAndKeepsTheCause) {
  ControlRoom room;
  const std::string incident = room.stolen();
  const json::value rehearsed = room.data("incident confirm", {{"incident", incident}, {"dry_run", true}});
  EXPECT_EQ(text_of(rehearsed, "would_become"), "confirmed");
  EXPECT_THAT(room.trail(), IsEmpty());
  const json::value confirmed = room.data(
      "incident confirm", {{"incident", incident}, {"cause", "phishing"}, {"reason", "owner said"}});
  EXPECT_EQ(text_of(confirmed, "outcome"), "confirmed");
  EXPECT_EQ(text_of(confirmed, "standing"), "suspended");
  const json::value shown = room.data("incident show", {{"incident", incident}});
  EXPECT_EQ(text_of(shown, "cause"), "phishing");
  EXPECT_THAT(text_of(shown, "in_words"), HasSubstr("confirmed as a take-over (phishing)"));
  EXPECT_EQ(room.trail().front().subject, incident);
  EXPECT_THAT(room.error("incident confirm", {{"incident", incident}}),
              StartsWith("conflict: this incident is confirmed already"));
}

TEST(IncidentVerbs, DismissLiftsTheRestriction) {
  ControlRoom room;
  const std::string incident = room.stolen();
  const json::value dismissed = room.data("incident dismiss", {{"incident", incident}});
  EXPECT_EQ(text_of(dismissed, "outcome"), "dismissed");
  EXPECT_FALSE(is_restriction(room.guard->standing_of(account_named(kAnna)).level));
}

TEST(IncidentVerbs, ShowWhatAJudgementWouldChangeAndChangeNothing) {
  ControlRoom room;
  const json::object asked{{"incident", room.stolen()}, {"dry_run", true}};
  const std::string level(to_text(room.guard->standing_of(account_named(kAnna)).level));
  const json::value dismissed = room.data("incident dismiss", asked);
  EXPECT_EQ(text_of(dismissed, "would_become"), "dismissed");
  EXPECT_EQ(text_of(dismissed, "standing"), level);
  EXPECT_EQ(text_of(dismissed, "standing_would_become"), "clear");
  EXPECT_EQ(dismissed.at("networks_learnt"),
            json::array{network_of(*IpAddress::parse(kThiefsAddress)).to_string()});
  const json::value confirmed = room.data("incident confirm", asked);
  EXPECT_EQ(text_of(confirmed, "standing_would_become"), "suspended");
  EXPECT_FALSE(confirmed.as_object().contains("networks_learnt"));
  EXPECT_EQ(to_text(room.guard->standing_of(account_named(kAnna)).level), level);
  room.data("incident dismiss", {{"incident", asked.at("incident")}});
  EXPECT_EQ(room.guard->standing_of(account_named(kAnna)).level, Level::kClear);
}

TEST(IncidentVerbs, DoNotJudgeAnOldStoryWhileANewerOneGoesOn) {
  ControlRoom room;
  const std::string first = room.stolen();
  room.data("incident confirm", {{"incident", first}});
  room.data("account release", {{"account", kAnna}});
  room.now += std::chrono::days{60};
  room.data("account suspend", {{"account", kAnna}});
  const std::string second = room.guard->standing_of(account_named(kAnna)).incident.to_string();
  ASSERT_NE(second, first);
  EXPECT_EQ(room.error("incident dismiss", {{"incident", first}}),
            "conflict: anna@x.example has a newer incident; judge " + second);
  EXPECT_EQ(room.guard->standing_of(account_named(kAnna)).level, Level::kSuspended);
}

}  // namespace
}  // namespace postreeve
