#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/control_testing.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const json::object kOfAnna{{"account", kAnna}};

json::object of_anna(std::string_view name, const json::value& value) {
  json::object arguments = kOfAnna;
  arguments.emplace(name, value);
  return arguments;
}

TEST(AccountVerbs, ShowAnAccountInWordsForThePhone) {
  ControlRoom room;
  const std::string incident = room.stolen();
  const json::value shown = room.data("account show", {{"account", "ANNA"}});
  EXPECT_EQ(text_of(shown, "account"), kAnna);
  EXPECT_THAT(text_of(shown, "in_words"), HasSubstr(" for unfamiliar places since 2026-03-23 "));
  EXPECT_THAT(text_of(shown, "in_words"), HasSubstr("; because "));
  EXPECT_THAT(text_of(shown, "in_words"), HasSubstr(" got out"));
  EXPECT_EQ(text_of(shown, "incident"), incident);
  EXPECT_THAT(shown.at("incidents").as_array(), SizeIs(1));
  EXPECT_GT(shown.at("messages_a_day").to_number<double>(), 1);
}

TEST(AccountVerbs, DoNotKnowAnAccountThatNeverDidAnything) {
  ControlRoom room;
  for (const char* verb : {"account show", "account standing", "account history", "account release"})
    EXPECT_EQ(room.error(verb, kOfAnna), "not_found: nothing is known of the account anna@x.example");
}

TEST(AccountVerbs, TakeNoHostileNameForAnAccount) {
  ControlRoom room;
  for (const std::string& login : {std::string("<a@x.example>"), std::string(400, 'a'), std::string("a\nb"),
                                   std::string("\0", 1), std::string("-")})
    EXPECT_THAT(room.error("account show", {{"account", login}}), StartsWith("invalid_input: "));
  EXPECT_THAT(room.error("account show", {{"account", 7}}), HasSubstr("'account' is missing"));
  EXPECT_THAT(room.error("account show"), HasSubstr("'account' is missing"));
}

TEST(AccountVerbs, SuspendHoldAndReleaseAndSayWhatChanged) {
  ControlRoom room;
  room.live();
  const json::value suspended = room.data("account suspend", of_anna("reason", "reported by phone"));
  EXPECT_EQ(text_of(suspended, "before"), "clear");
  EXPECT_EQ(text_of(suspended, "standing"), "suspended");
  EXPECT_EQ(text_of(suspended, "scope"), "whole_account");
  EXPECT_THAT(text_of(suspended, "in_words"), HasSubstr("until a person or a new password ends it"));
  EXPECT_EQ(room.send(kOfficeAddress, "b@y.example").action, Action::kDefer);
  EXPECT_EQ(text_of(room.data("account hold", kOfAnna), "standing"), "held");
  EXPECT_EQ(text_of(room.data("account release", kOfAnna), "standing"), "recovering");
  EXPECT_EQ(room.send(kOfficeAddress, "b@y.example").action, Action::kAccept);

  const auto trail = room.trail();
  ASSERT_THAT(trail, SizeIs(3));
  EXPECT_EQ(trail[2].verb, "account suspend");
  EXPECT_EQ(trail[2].author, "tess");
  EXPECT_EQ(trail[2].from, "control socket");
  EXPECT_EQ(trail[2].subject, kAnna);
  EXPECT_EQ(trail[2].reason, "reported by phone");
}

TEST(AccountVerbs, KeepTheAccountInTheTrailHoweverItWasTyped) {
  ControlRoom room;
  room.live();
  room.data("account suspend", {{"account", " Anna "}});
  EXPECT_EQ(room.trail().front().subject, kAnna);
}

TEST(AccountVerbs, SayWhenThereIsNothingToRelease) {
  ControlRoom room;
  room.live();
  const json::value released = room.data("account release", kOfAnna);
  EXPECT_EQ(text_of(released, "standing"), "clear");
  EXPECT_THAT(text_of(released, "note"), HasSubstr("nothing to release"));
}

TEST(AccountVerbs, RestrictAnAccountOfWhichNothingIsKnownAndAskWhetherItIsRight) {
  ControlRoom room;
  const json::value suspended = room.data("account suspend", {{"account", "ana"}});
  EXPECT_EQ(text_of(suspended, "standing"), "suspended");
  EXPECT_THAT(text_of(suspended, "note"), HasSubstr("is the name right?"));
}

TEST(AccountVerbs, RemindThatObserveRefusesNothing) {
  ControlRoom room(Mode::kObserve);
  room.live();
  EXPECT_THAT(text_of(room.data("account suspend", kOfAnna), "note"), HasSubstr("postreeve mode enforce"));
}

TEST(AccountVerbs, ChangeNothingInARehearsal) {
  ControlRoom room;
  room.live();
  EXPECT_EQ(text_of(room.data("account suspend", of_anna("dry_run", true)), "would_become"), "suspended");
  EXPECT_EQ(room.guard->standing_of(account_named(kAnna)).level, Level::kClear);
  room.data("account policy", {{"account", kAnna}, {"only_countries", json::array{"DE"}}, {"dry_run", true}});
  room.data("account trust",
            {{"account", kAnna}, {"networks", json::array{"192.0.2.0/24"}}, {"dry_run", true}});
  EXPECT_THAT(*room.policies.all(), IsEmpty());
  EXPECT_THAT(room.trail(), IsEmpty());
  EXPECT_EQ(room.refreshed, 0);
}

TEST(AccountVerbs, TellTheWholeHistoryOldestFirst) {
  ControlRoom room;
  const std::string incident = room.stolen();
  const json::array history = room.data("account history", kOfAnna).as_array();
  ASSERT_GE(history.size(), 2U);
  EXPECT_EQ(text_of(history.front(), "incident"), incident);
  EXPECT_LE(text_of(history.front(), "time"), text_of(history.back(), "time"));
}

TEST(AccountVerbs, RefuseFromElsewhereWhereThePolicySaysSo) {
  ControlRoom room;
  const json::value policy = room.data(
      "account policy",
      {{"account", kAnna}, {"only_networks", json::array{"192.0.2.0/24"}}, {"reason", "she asked for it"}});
  EXPECT_EQ(policy.at("only_networks"), json::value(json::array{"192.0.2.0/24"}));
  EXPECT_EQ(text_of(policy, "reason"), "she asked for it");
  EXPECT_EQ(room.send(kThiefsAddress, "b@y.example").action, Action::kReject);
  EXPECT_EQ(room.data("account policy", kOfAnna), policy);
  EXPECT_THAT(room.trail(), SizeIs(1)) << "looking is no change";

  EXPECT_THAT(text_of(room.data("account policy", {{"account", kAnna}, {"clear", true}, {"dry_run", true}}),
                      "would_become"),
              Not(IsEmpty()));
  EXPECT_THAT(*room.policies.all(), SizeIs(1)) << "a rehearsal takes nothing back";
  room.data("account policy", of_anna("clear", true));
  EXPECT_THAT(*room.policies.all(), IsEmpty());
}

TEST(AccountVerbs, SayHowNetworksAndCountriesAreWritten) {
  ControlRoom room;
  EXPECT_EQ(room.error("account policy", of_anna("only_countries", json::array{"Germany"})),
            "invalid_input: 'Germany' is no country; write two letters like DE");
  EXPECT_EQ(room.error("account trust", of_anna("networks", json::array{"192.0.2.0/99"})),
            "invalid_input: '192.0.2.0/99' is no network; write one like 192.0.2.0/24");
  EXPECT_THAT(room.error("account trust", kOfAnna), HasSubstr("no network to trust"));
}

TEST(AccountVerbs, SayThatCountriesRefuseNobodyWithoutAGeographyFile) {
  ControlRoom room;
  const json::value policy = room.data("account policy", of_anna("only_countries", json::array{"DE"}));
  EXPECT_THAT(text_of(policy, "note"), HasSubstr("no geography file"));
}

TEST(AccountVerbs, TrustOneMoreNetworkWithoutForgettingTheFirst) {
  ControlRoom room;
  room.data("account trust", of_anna("networks", json::array{"192.0.2.0/24"}));
  json::object more = of_anna("networks", json::array{"198.51.100.0/24"});
  more.insert_or_assign("expires_in", 3600);
  const json::value policy = room.data("account trust", more);
  EXPECT_THAT(policy.at("trusted_networks").as_array(), SizeIs(2));
  EXPECT_EQ((*room.policies.get(account_named(kAnna)))->expires, room.now + std::chrono::days{30});
}

TEST(AccountVerbs, TrustForThirtyDaysUnlessToldOtherwise) {
  ControlRoom room;
  json::object arguments = of_anna("networks", json::array{"192.0.2.0/24"});
  const auto expires_after = [&] {
    room.data("account trust", arguments);
    return (*room.policies.get(account_named(kAnna)))->expires;
  };
  EXPECT_EQ(expires_after(), room.now + std::chrono::days{30});
  arguments.insert_or_assign("expires_in", 3600);
  EXPECT_EQ(expires_after(), room.now + std::chrono::hours{1});
  arguments.insert_or_assign("expires_in", 0);
  EXPECT_EQ(expires_after(), std::nullopt);
  arguments.insert_or_assign("expires_in", std::numeric_limits<std::int64_t>::max());
  EXPECT_LT(*expires_after(), room.now + std::chrono::years{101});
}

}  // namespace
}  // namespace postreeve
