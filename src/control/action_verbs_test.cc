#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/control_testing.h"
#include "response/worker.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Flag final : public ResponseAction {
 public:
  explicit Flag(bool has_undo) : has_undo_(has_undo) {}
  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] bool has_undo() const noexcept override { return has_undo_; }
  [[nodiscard]] std::string preview(const Task& task) const override {
    return (task.direction == Direction::kUndo ? "clear " : "set ") + task.account.text();
  }
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
};

// A desk whose playbook flags who is held and tells who is confirmed.
class ActionRoom : public ControlRoom {
 public:
  ActionRoom() {
    Actions::ByName all;
    all.emplace("flag", std::make_unique<Flag>(true));
    all.emplace("report", std::make_unique<Flag>(false));
    flag = dynamic_cast<Flag*>(all.at("flag").get());
    actions = Actions(std::move(all));
    ResponsePlan plan;
    plan.slowed = {"flag"};
    plan.confirmed = {"report"};
    playbook = Playbook(plan, {}, actions.traits());
    respond = [this](const StandingEntry& entry) { return playbook.actions_for(entry); };
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
  EXPECT_EQ(text_of(rehearsed, "would"), "clear anna@x.example");
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
  EXPECT_EQ(text_of(rehearsed.at("actions").as_array().at(0), "would"), "clear anna@x.example");
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

}  // namespace
}  // namespace postreeve
