// All systems in which actions change something are away for an hour; the clock is ours.
#include <map>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guard/guard_testing.h"
#include "response/actions.h"
#include "response/playbook.h"
#include "response/worker.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

// What is outside: which accounts are marked where, and who did what in which order.
struct Outside {
  bool is_away = false;
  std::map<std::string, bool> marked;  // by "ldap anna@x.example"
  std::vector<std::string> log;
};

class Mark final : public ResponseAction {
 public:
  Mark(Outside& outside, std::string name) : outside_(outside), name_(std::move(name)) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] bool has_undo() const noexcept override { return true; }
  [[nodiscard]] std::string preview(const Task&) const override { return "mark"; }
  [[nodiscard]] Result<std::string> prepare(const Task&) override { return answer("", "was not marked"); }
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override { return set(task, true); }
  [[nodiscard]] Result<std::string> undo(const Task& task) override { return set(task, false); }

 private:
  [[nodiscard]] Result<std::string> answer(const std::string& entry, const std::string& says) {
    if (outside_.is_away) return fail(ErrorCode::kUnavailable, "connection refused");
    if (!entry.empty()) outside_.log.push_back(entry);
    return says;
  }
  [[nodiscard]] Result<std::string> set(const Task& task, bool is_marked) {
    const std::string place = name_ + ' ' + task.account.text();
    auto answered = answer((is_marked ? "set " : "undo ") + place, "did it");
    if (answered) outside_.marked[place] = is_marked;
    return answered;
  }

  Outside& outside_;
  std::string name_;
};

class Town : public GuardRoom {
 public:
  static constexpr std::array kSystems{"queue", "sessions", "ldap", "sql", "panel"};

  Town() : actions_(made(outside)), playbook_(plan(), {}, actions_.traits()), outbox(*database) {
    respond = [this](const StandingEntry& entry, bool was_observed) {
      return playbook_.actions_for(entry, was_observed);
    };
    worker_ = std::make_unique<Worker>(
        actions_, LaneParts{.outbox = outbox, .clock = [this] { return now; }, .give_up_after = 72h});
  }

  // Time goes by, and the worker and the guard do what they do every second or so.
  void pass(Duration span, Duration pace = 5s) {
    for (const Timestamp end = now + span; now < end; now += pace) {
      while (worker_->step() > 0) {
      }
      guard->tend();
    }
  }
  void order(const std::string& account, Level level) {
    ASSERT_TRUE(guard->order(account_named(account), level, "tess", "by telephone"));
  }
  [[nodiscard]] std::vector<OutboxRow> rows_of(const std::string& account) {
    const auto stories = incidents_of(account);
    std::vector<OutboxRow> rows;
    for (const IncidentRow& incident : stories) {
      auto its = outbox.of_incident(incident.id);
      for (OutboxRow& row : *its) rows.push_back(std::move(row));
    }
    return rows;
  }
  // "set ldap", "undo ldap": what one system was asked for about one account, in this order.
  [[nodiscard]] std::vector<std::string> done_in(const std::string& system,
                                                 const std::string& account) const {
    std::vector<std::string> found;
    for (const std::string& entry : outside.log) {
      if (entry.ends_with(' ' + system + ' ' + account)) found.push_back(entry.substr(0, entry.find(' ')));
    }
    return found;
  }

  Outside outside;

 private:
  static Actions made(Outside& outside) {
    Actions::ByName all;
    for (const std::string name : kSystems) all.emplace(name, std::make_unique<Mark>(outside, name));
    return Actions(std::move(all));
  }
  static ResponsePlan plan() {
    return {
        .slowed = {}, .held = {"queue", "sessions"}, .suspended = {"ldap", "sql", "panel"}, .released = {}};
  }
  [[nodiscard]] std::vector<IncidentRow> incidents_of(const std::string& account) {
    IncidentQuery query;
    query.account = account_named(account);
    return *incidents->find(query);
  }

  Actions actions_;
  Playbook playbook_;

 public:
  Outbox outbox;

 private:
  std::unique_ptr<Worker> worker_;
};

const std::string kBob = "bob@x.example";
const std::string kCarol = "carol@x.example";

TEST(AnHourWithoutAnyBackend, DelaysActionsAndNoMail) {
  Town town;
  town.live();
  town.outside.is_away = true;
  EXPECT_LE(town.steal(), 5);
  ASSERT_GE(town.guard->standing_of(account_named(kAnna)).level, Level::kHeld);

  town.order(kBob, Level::kSuspended);
  town.order(kCarol, Level::kSuspended);
  for (int minute = 0; minute < 60; ++minute) {
    town.pass(1min);
    EXPECT_EQ(town.send(kOfficeAddress, "contact1@y.example").action, Action::kAccept) << minute;
    EXPECT_NE(town.send(kThiefsAddress, "victim@z.example").action, Action::kAccept) << minute;
    if (minute == 20) town.order(kCarol, Level::kClear);
    if (minute == 40) town.order(kBob, Level::kClear);
    if (minute == 50) town.order(kBob, Level::kSuspended);
  }
  EXPECT_THAT(town.outside.log, IsEmpty());
  EXPECT_GT(*town.outbox.unfinished(), 0U);

  town.outside.is_away = false;
  town.pass(11min);
  EXPECT_EQ(*town.outbox.unfinished(), 0U);
  for (const std::string& account : {kAnna, kBob, kCarol})
    EXPECT_THAT(town.rows_of(account), Each(Field(&OutboxRow::state, OutboxState::kDone))) << account;
  for (const std::string system : Town::kSystems) {
    SCOPED_TRACE(system);
    EXPECT_THAT(town.done_in(system, kBob), ElementsAre("set", "undo", "set"));
    EXPECT_THAT(town.done_in(system, kCarol), ElementsAre("set", "undo"));
    EXPECT_TRUE(town.outside.marked[system + ' ' + kBob]);
    EXPECT_FALSE(town.outside.marked[system + ' ' + kCarol]);
  }
  for (const std::string system : {"queue", "sessions"})
    EXPECT_TRUE(town.outside.marked[system + ' ' + kAnna]);
}

TEST(AnHourWithoutAnyBackend, IsToldOnceAnActionAndNotAtEveryAttempt) {
  Town town;
  town.outside.is_away = true;
  town.order(kBob, Level::kSuspended);
  town.pass(1h);
  town.outside.is_away = false;
  town.pass(11min);
  std::map<std::string, int> lines;
  const IncidentId incident = town.guard->standing_of(account_named(kBob)).incident;
  const auto timeline = town.incidents->timeline(incident);
  for (const TimelineRow& line : *timeline) {
    if (line.kind == EntryKind::kAction) ++lines[line.text];
  }
  for (const std::string system : Town::kSystems) {
    EXPECT_EQ(lines[system + " did not work yet and is tried again: connection refused"], 1) << system;
    EXPECT_EQ(lines[system + ": did it"], 1) << system;
  }
  EXPECT_EQ(lines.size(), 2 * Town::kSystems.size());
}

}  // namespace
}  // namespace postreeve
