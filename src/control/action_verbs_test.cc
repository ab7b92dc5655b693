#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/control_testing.h"
#include "response/worker.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Flag final : public ResponseAction {
 public:
  explicit Flag(bool has_undo, bool awaits_judgement = false)
      : has_undo_(has_undo), awaits_judgement_(awaits_judgement) {}
  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] bool has_undo() const noexcept override { return has_undo_; }
  [[nodiscard]] bool undo_awaits_judgement() const noexcept override { return awaits_judgement_; }
  [[nodiscard]] std::string preview(const Task& task) const override {
    return (task.direction == Direction::kUndo ? "clear " : "set ") + task.account.text();
  }
  [[nodiscard]] std::string rehearse(const Task& task, std::optional<Outcome> judged) const override {
    return preview(task) + (judged ? " once " + std::string(to_text(*judged)) : "") + task.receipt;
  }
  [[nodiscard]] Result<std::string> prepare(const Task&) override { return std::string(" as before"); }
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override {
    if (is_down) return fail(ErrorCode::kUnavailable, "connection refused");
    return "set " + task.account.text();
  }
  [[nodiscard]] Result<std::string> undo(const Task& task) override {
    return "cleared " + task.account.text();
  }

  bool is_down = false;

 private:
  bool has_undo_;
  bool awaits_judgement_;
};

class Archive final : public ResponseAction {
 public:
  [[nodiscard]] Audience audience() const noexcept override { return Audience::kStaff; }
  [[nodiscard]] std::string preview(const Task&) const override { return "write an archive"; }
  [[nodiscard]] std::string file_of(const Task& task) const override {
    return fmt::format("/kept/{}-{}", task.incident.to_string(), task.id);
  }
  [[nodiscard]] Result<std::string> carry_out(const Task&) override { return std::string("wrote it"); }
};

// A desk whose playbook flags who is held and tells who is confirmed.
class ActionRoom : public ControlRoom {
 public:
  explicit ActionRoom(bool awaits_judgement = false) {
    Actions::ByName all;
    all.emplace("flag", std::make_unique<Flag>(true, awaits_judgement));
    all.emplace("report", std::make_unique<Flag>(false));
    flag = dynamic_cast<Flag*>(all.at("flag").get());
    actions = Actions(std::move(all));
    ResponsePlan plan;
    plan.slowed = {"flag"};
    plan.confirmed = {"report"};
    playbook = Playbook(plan, {}, actions.traits());
    respond = [this](const StandingEntry& entry, bool was_observed) {
      return playbook.actions_for(entry, was_observed);
    };
    worker = std::make_unique<Worker>(
        actions,
        LaneParts{.outbox = outbox, .clock = [this] { return now; }, .give_up_after = std::chrono::days{3}});
  }

  void work() {
    while (worker->step() > 0) {
    }
  }
  // "flag done", "undo flag waiting"
  std::vector<std::string> listed(const json::object& arguments = {}) {
    std::vector<std::string> texts;
    const json::value rows = data("action list", arguments);
    for (const json::value& row : rows.as_array())
      texts.push_back(text_of(row, "action") + " " + text_of(row, "state"));
    return texts;
  }

  Flag* flag = nullptr;
  std::unique_ptr<Worker> worker;
};

TEST(ActionVerbs, ShowWhatIsDoneBecauseOfAnIncident) {
  ActionRoom room;
  const std::string incident = room.stolen();
  EXPECT_THAT(room.listed(), ElementsAre("flag waiting"));
  EXPECT_THAT(room.listed({{"incident", incident}}), ElementsAre("flag waiting"));
  room.work();
  EXPECT_THAT(room.listed(), IsEmpty());
  EXPECT_THAT(room.listed({{"incident", incident}}), ElementsAre("flag done"));
  const json::value shown = room.data("incident show", {{"incident", incident}});
  const json::value& action = shown.at("actions").as_array().at(0);
  EXPECT_EQ(text_of(action, "result"), "set anna@x.example");
  EXPECT_EQ(action.at("attempts").as_int64(), 1);
  EXPECT_TRUE(action.at("next_attempt").is_null());
  const json::array timeline = shown.at("timeline").as_array();
  EXPECT_TRUE(std::ranges::any_of(timeline, [](const json::value& line) {
    return text_of(line, "kind") == "action" && text_of(line, "text") == "flag: set anna@x.example";
  }));
}

TEST(ActionVerbs, KeepTheEvidenceOfAnIncidentAndSayWhere) {
  ActionRoom room;
  const std::string incident = room.stolen();
  EXPECT_EQ(room.error("incident evidence", {{"incident", incident}}),
            "conflict: the configuration has no action of type evidence");
  Actions::ByName all;
  all.emplace("keep", std::make_unique<Archive>());
  room.actions = Actions(std::move(all), {"keep"});
  const json::value rehearsed = room.data("incident evidence", {{"incident", incident}, {"dry_run", true}});
  EXPECT_EQ(text_of(rehearsed, "would"), "write an archive");
  EXPECT_THAT(room.listed({{"incident", incident}}), ElementsAre("flag waiting"));
  const json::value asked =
      room.data("incident evidence", {{"incident", incident}, {"reason", "the police asked"}});
  EXPECT_EQ(text_of(asked, "archive"), fmt::format("/kept/{}-{}", incident, asked.at("number").as_int64()));
  EXPECT_EQ(text_of(asked, "state"), "waiting");
  EXPECT_THAT(room.listed({{"incident", incident}}), ElementsAre("flag waiting", "keep waiting"));
  EXPECT_EQ(room.woken, 1);
  EXPECT_EQ(room.trail().front().verb, "incident evidence");
  EXPECT_EQ(room.trail().front().reason, "the police asked");
}

TEST(ActionVerbs, ShowWhyOneWaitsAndTryItAgain) {
  ActionRoom room;
  const std::string incident = room.stolen();
  room.flag->is_down = true;
  room.work();
  const json::value waiting = room.data("action list").as_array().at(0);
  EXPECT_EQ(text_of(waiting, "result"), "connection refused");
  EXPECT_FALSE(text_of(waiting, "next_attempt").empty());
  room.flag->is_down = false;
  room.work();
  EXPECT_THAT(room.listed(), ElementsAre("flag waiting"));
  const json::value number = waiting.at("number");
  EXPECT_EQ(text_of(room.data("action retry", {{"number", number}, {"dry_run", true}}), "would"),
            "set anna@x.example");
  EXPECT_EQ(room.woken, 0);
  room.data("action retry", {{"number", number}, {"reason", "it is back"}});
  EXPECT_EQ(room.woken, 1);
  room.work();
  EXPECT_THAT(room.listed({{"incident", incident}}), ElementsAre("flag done"));
  EXPECT_EQ(room.trail().front().verb, "action retry");
  EXPECT_EQ(room.trail().front().reason, "it is back");
  EXPECT_THAT(room.trail().front().subject, StartsWith("action "));
  EXPECT_THAT(room.error("action retry", {{"number", number}}), StartsWith("conflict: action "));
}

TEST(ActionVerbs, ListThoseThatWereGivenUpWhenAsked) {
  ActionRoom room;
  const std::string incident = room.stolen();
  room.flag->is_down = true;
  room.work();
  room.now += std::chrono::days{3};
  room.work();
  EXPECT_THAT(room.listed(), IsEmpty());
  EXPECT_THAT(room.listed({{"given_up", true}}), ElementsAre("flag given_up"));
  EXPECT_THAT(room.listed({{"incident", incident}, {"given_up", true}}), ElementsAre("flag given_up"));
}

TEST(ActionVerbs, DoNotTryAgainWhatALaterOneTookBack) {
  ActionRoom room;
  const std::string incident = room.stolen();
  const json::value number = room.data("action list").as_array().at(0).at("number");
  room.data("incident release", {{"incident", incident}});
  EXPECT_THAT(room.error("action retry", {{"number", number}}), HasSubstr("of the same name came later"));
}

TEST(ActionVerbs, RunOneByHand) {
  ActionRoom room;
  const std::string incident = room.stolen();
  room.work();
  const json::value rehearsed = room.data(
      "action run", {{"action", "flag"}, {"incident", incident}, {"undo", true}, {"dry_run", true}});
  EXPECT_EQ(text_of(rehearsed, "would"), "clear anna@x.example as before");
  EXPECT_EQ(text_of(rehearsed, "action"), "undo flag");
  EXPECT_THAT(room.listed(), IsEmpty());
  const json::value asked = room.data(
      "action run", {{"action", "flag"}, {"incident", incident}, {"undo", true}, {"reason", "test"}});
  EXPECT_EQ(text_of(asked, "state"), "waiting");
  room.work();
  EXPECT_THAT(room.listed({{"incident", incident}}), ElementsAre("flag done", "undo flag done"));
}

TEST(ActionVerbs, RefuseWhatIsNoAction) {
  ActionRoom room;
  const std::string incident = room.stolen();
  EXPECT_EQ(room.error("action run", {{"action", "kick"}, {"incident", incident}}),
            "not_found: the configuration has no [action.kick]; it has flag, report");
  EXPECT_EQ(room.error("action run", {{"action", "report"}, {"incident", incident}, {"undo", true}}),
            "invalid_input: 'report' cannot be undone");
  EXPECT_THAT(room.error("action run", {{"action", "flag"}, {"incident", "00000000000000aa"}}),
              StartsWith("not_found: there is no incident"));
  EXPECT_THAT(room.error("action retry", {{"number", 4711}}),
              StartsWith("not_found: no action has the number 4711"));
  EXPECT_THAT(room.error("action retry"), StartsWith("invalid_input: an action has a number"));
}

TEST(ActionVerbs, FollowWhenAnIncidentIsReleased) {
  ActionRoom room;
  const std::string incident = room.stolen();
  room.work();
  const json::value rehearsed = room.data("incident release", {{"incident", incident}, {"dry_run", true}});
  EXPECT_EQ(text_of(rehearsed, "would_become"), "recovering");
  EXPECT_EQ(text_of(rehearsed.at("actions").as_array().at(0), "would"), "clear anna@x.example as before");
  const json::value released = room.data("incident release", {{"incident", incident}, {"reason", "phoned"}});
  EXPECT_EQ(text_of(released, "standing"), "recovering");
  EXPECT_EQ(text_of(released.at("actions").as_array().at(0), "action"), "undo flag");
  room.work();
  EXPECT_THAT(room.listed({{"incident", incident}}), ElementsAre("flag done", "undo flag done"));
  EXPECT_THAT(room.error("incident release", {{"incident", "00000000000000aa"}}), StartsWith("not_found"));
}

TEST(ActionVerbs, AreRehearsedWithASuspension) {
  ActionRoom room;
  const json::value rehearsed = room.data("account suspend", {{"account", "bob"}, {"dry_run", true}});
  EXPECT_EQ(text_of(rehearsed.at("actions").as_array().at(0), "would"), "set bob@x.example");
  const json::value done = room.data("account suspend", {{"account", "bob"}});
  EXPECT_EQ(text_of(done.at("actions").as_array().at(0), "action"), "flag");
}

TEST(ActionVerbs, FollowAConfirmation) {
  ActionRoom room;
  const std::string incident = room.stolen();
  const json::value rehearsed = room.data("incident confirm", {{"incident", incident}, {"dry_run", true}});
  EXPECT_THAT(rehearsed.at("actions").as_array(), SizeIs(1));
  room.data("incident confirm", {{"incident", incident}});
  room.work();
  EXPECT_THAT(room.listed({{"incident", incident}}), ElementsAre("flag done", "report done"));
}

TEST(ActionVerbs, FollowAConfirmationByTheModeOfTheMomentAndNotByThatOfTheIncident) {
  ActionRoom room;
  const std::string incident = room.stolen();
  room.data("mode", {{"mode", "observe"}});
  const json::value rehearsed = room.data("incident confirm", {{"incident", incident}, {"dry_run", true}});
  EXPECT_FALSE(json::serialize(rehearsed).contains("report"));
  room.data("incident confirm", {{"incident", incident}});
  EXPECT_THAT(room.listed({{"incident", incident}}), Not(Contains("report waiting")));
}

TEST(ActionVerbs, FollowAConfirmationOfWhatWasOnlyObservedOnceTheModeIsEnforce) {
  ActionRoom room;
  room.data("mode", {{"mode", "observe"}});
  const std::string incident = room.stolen();
  EXPECT_THAT(room.listed({{"incident", incident}}), IsEmpty());
  room.data("mode", {{"mode", "enforce"}});
  const json::value rehearsed = room.data("incident confirm", {{"incident", incident}, {"dry_run", true}});
  EXPECT_TRUE(json::serialize(rehearsed).contains("report"));
  room.data("incident confirm", {{"incident", incident}});
  EXPECT_THAT(room.listed({{"incident", incident}}), Contains("report waiting"));
}

TEST(ActionVerbs, AreRehearsedWithAJudgement) {
  ActionRoom room(true);
  const std::string incident = room.stolen();
  room.work();
  const json::object asked{{"incident", incident}, {"dry_run", true}};
  const auto would = [](const json::value& rehearsed) {
    std::vector<std::string> sentences;
    for (const json::value& action : rehearsed.at("actions").as_array())
      sentences.push_back(text_of(action, "action") + ": " + text_of(action, "would"));
    return sentences;
  };
  EXPECT_THAT(would(room.data("incident dismiss", asked)),
              ElementsAre("undo flag: clear anna@x.example once dismissed as before"));
  EXPECT_THAT(would(room.data("incident confirm", asked)),
              ElementsAre("report: set anna@x.example once confirmed"));
  room.data("incident release", {{"incident", incident}});
  room.work();
  EXPECT_THAT(would(room.data("incident dismiss", asked)),
              ElementsAre("undo flag: clear anna@x.example once dismissed as before"))
      << "what was kept back";
  EXPECT_THAT(would(room.data("incident confirm", asked)),
              ElementsAre("report: set anna@x.example once confirmed"))
      << "the owner is back";
  EXPECT_THAT(room.listed({{"incident", incident}}), ElementsAre("flag done", "undo flag done"));
}

TEST(ActionVerbs, AreUndoneOnceMoreWhereThatWaitedForADismissal) {
  ActionRoom room(true);
  const std::string incident = room.stolen();
  room.data("incident release", {{"incident", incident}});
  room.data("incident dismiss", {{"incident", incident}});
  room.work();
  EXPECT_THAT(room.listed({{"incident", incident}}),
              ElementsAre("flag done", "undo flag done", "undo flag done"));
}

TEST(ActionVerbs, AreUndoneThoughTheAccountIsForgotten) {
  ActionRoom room;
  const std::string incident = room.stolen();
  room.work();
  room.data("account forget", {{"account", kAnna}, {"reason", "she asked for it"}, {"force", true}});
  room.work();
  const json::array actions = room.data("action list", {{"incident", incident}}).as_array();
  ASSERT_THAT(actions, SizeIs(2));
  EXPECT_EQ(text_of(actions[1], "result"), "cleared anna@x.example");
  ASSERT_TRUE(apply_retention(*room.database, {}, HashKey{{'k'}}, room.now));
  EXPECT_THAT(room.listed({{"incident", incident}}), IsEmpty());
}

TEST(ActionVerbs, AreUndoneOnceWhereTheDismissalEndsTheRestriction) {
  ActionRoom room(true);
  const std::string incident = room.stolen();
  room.data("incident dismiss", {{"incident", incident}});
  room.work();
  EXPECT_THAT(room.listed({{"incident", incident}}), ElementsAre("flag done", "undo flag done"));
}

}  // namespace
}  // namespace postreeve
