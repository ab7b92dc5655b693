#include "response/worker.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/response_testing.h"
#include "store/ledger/ledger_testing.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A system outside: values by account, and what was asked of it. It stays when the daemon dies.
struct World {
  [[nodiscard]] std::string at(const std::string& key) {
    const std::scoped_lock lock(mutex);
    return values[key];
  }
  void set(const std::string& key, const std::string& value, std::string line) {
    const std::scoped_lock lock(mutex);
    values[key] = value;
    log.push_back(std::move(line));
  }

  std::mutex mutex;  // of each action's thread, until the worker has ended
  std::map<std::string, std::string> values;
  std::vector<std::string> log;
  bool is_down = false;
};

// Writes "abused" over what stands there.
class FlagAction : public ResponseAction {
 public:
  FlagAction(World& world, std::string name) : world_(world), name_(std::move(name)) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] bool has_undo() const noexcept override { return true; }
  [[nodiscard]] std::string preview(const Task& /*task*/) const override { return "flag"; }
  [[nodiscard]] Result<std::string> prepare(const Task& task) override {
    if (world_.is_down) return fail(ErrorCode::kUnavailable, "connection refused");
    return world_.at(key(task));
  }
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override {
    if (world_.is_down) return fail(ErrorCode::kUnavailable, "connection refused");
    world_.set(key(task), "abused", name_);
    return std::string("flagged");
  }
  [[nodiscard]] Result<std::string> undo(const Task& task) override {
    if (world_.is_down) return fail(ErrorCode::kUnavailable, "connection refused");
    world_.set(key(task), task.receipt, "undo " + name_);
    return std::string("restored");
  }

 protected:
  [[nodiscard]] std::string key(const Task& task) const { return name_ + '/' + task.account.text(); }

  World& world_;
  std::string name_;
};

class CustomAction final : public FlagAction {
 public:
  using Do = std::function<Result<std::string>(const Task&)>;
  CustomAction(World& world, std::string name, Do what)
      : FlagAction(world, std::move(name)), do_(std::move(what)) {}
  [[nodiscard]] Result<std::string> prepare(const Task& task) override { return world_.at(key(task)); }
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override { return do_(task); }

 private:
  Do do_;
};

class WorkerTest : public LedgerTest {
 protected:
  WorkerTest() { add(changed(Level::kClear, Level::kHeld), {}); }

  // The daemon starts; its actions are those of `names` and those that a test made.
  Worker& start(const std::vector<std::string>& names = {"flag", "kick"}) {
    worker.reset();
    Actions::ByName all = std::move(custom);
    custom.clear();
    for (const std::string& name : names) all.emplace(name, std::make_unique<FlagAction>(world, name));
    actions = Actions(std::move(all));
    outbox.emplace(*database);
    worker = std::make_unique<Worker>(actions, LaneParts{.outbox = *outbox,
                                                         .clock = [this] { return now.load(); },
                                                         .give_up_after = std::chrono::days{3},
                                                         .tell =
                                                             [this](const ActionNews& told) {
                                                               const std::scoped_lock lock(news_mutex);
                                                               news.push_back(told);
                                                             }});
    return *worker;
  }
  void act(const std::string& name, CustomAction::Do what) {
    custom.emplace(name, std::make_unique<CustomAction>(world, name, std::move(what)));
  }
  // Anna's standing changed, and this is to be done because of it.
  void add(StandingEntry entry, const std::vector<std::pair<std::string, Direction>>& asked) {
    for (const auto& [name, direction] : asked)
      entry.actions.push_back(outbox_action(task_of(entry, name, direction)));
    entry.change.time = now.load() + std::chrono::milliseconds{++changes};
    ASSERT_TRUE(IncidentBook(*database).record(entry));
    now = now.load() + std::chrono::seconds{1};
  }
  void carry_out(const std::vector<std::string>& names) {
    std::vector<std::pair<std::string, Direction>> asked;
    for (const std::string& name : names) asked.emplace_back(name, Direction::kCarryOut);
    add(changed(Level::kHeld, Level::kSuspended), asked);
  }
  void undo(const std::vector<std::string>& names) {
    std::vector<std::pair<std::string, Direction>> asked;
    for (const std::string& name : names) asked.emplace_back(name, Direction::kUndo);
    add(changed(Level::kSuspended, Level::kRecovering), asked);
  }
  void work() {
    while (worker->step() > 0) {
    }
  }
  void live(Duration span, Duration pace = std::chrono::seconds{1}) {
    for (const Timestamp end = now.load() + span; now.load() < end; now = now.load() + pace) work();
  }
  // The process is killed: nothing but the file and the world is left.
  void crash() {
    worker.reset();
    outbox.reset();
    reopen();
    now = now.load() + kLease;
  }
  [[nodiscard]] std::vector<OutboxRow> rows() const { return *Outbox(*database).of_incident({0xabcd}); }
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> lines;
    const auto timeline = IncidentBook(*database).timeline({0xabcd});
    for (const TimelineRow& row : *timeline) {
      if (row.kind == EntryKind::kAction) lines.push_back(row.text);
    }
    return lines;
  }

  World world;
  std::atomic<Timestamp> now{kSundayAtThree};
  int changes = 0;
  Actions::ByName custom;
  Actions actions;
  std::optional<Outbox> outbox;
  std::mutex news_mutex;
  std::vector<ActionNews> news;
  std::unique_ptr<Worker> worker;
};

TEST_F(WorkerTest, CarriesOutInOrderAndTellsTheTimeline) {
  start();
  carry_out({"kick", "flag"});
  work();
  EXPECT_THAT(world.log, ElementsAre("kick", "flag"));
  EXPECT_THAT(told(), ElementsAre("kick: flagged", "flag: flagged"));
  EXPECT_EQ(rows()[0].state, OutboxState::kDone);
  EXPECT_EQ(rows()[0].says, "flagged");
  EXPECT_THAT(news, SizeIs(2));
  EXPECT_EQ(worker->step(), 0U);
}

TEST_F(WorkerTest, UndoesWithWhatWasThereBefore) {
  start();
  world.values["flag/anna@shop.example"] = "honest";
  carry_out({"flag"});
  work();
  EXPECT_EQ(world.values["flag/anna@shop.example"], "abused");
  undo({"flag"});
  work();
  EXPECT_EQ(world.values["flag/anna@shop.example"], "honest");
  EXPECT_THAT(told(), ElementsAre("flag: flagged", "undoing flag: restored"));
}

TEST_F(WorkerTest, RestoresWhatWasThereThoughItWasCarriedOutTwice) {
  start();
  world.values["flag/anna@shop.example"] = "honest";
  carry_out({"flag"});
  carry_out({"flag"});
  undo({"flag"});
  work();
  EXPECT_EQ(world.values["flag/anna@shop.example"], "honest");
}

TEST_F(WorkerTest, AsksAgainWhatIsThereAfterItWasUndone) {
  start();
  carry_out({"flag"});
  undo({"flag"});
  work();
  world.values["flag/anna@shop.example"] = "changed by others";
  carry_out({"flag"});
  undo({"flag"});
  work();
  EXPECT_EQ(world.values["flag/anna@shop.example"], "changed by others");
}

// Keeps something back at its undoing.
class PatientAction final : public FlagAction {
 public:
  using FlagAction::FlagAction;
  [[nodiscard]] bool undo_awaits_judgement() const noexcept override { return true; }
};

TEST_F(WorkerTest, UndoesOnceMoreWithTheFirstReceiptWhatWaitedForAJudgement) {
  custom.emplace("queue", std::make_unique<PatientAction>(world, "queue"));
  start({});
  world.values["queue/anna@shop.example"] = "honest";
  carry_out({"queue"});
  undo({"queue"});
  work();
  world.values["queue/anna@shop.example"] = "kept back";
  undo({"queue"});
  work();
  EXPECT_EQ(world.values["queue/anna@shop.example"], "honest");
  // Restricted anew: what is there is still our own doing.
  carry_out({"queue"});
  undo({"queue"});
  work();
  EXPECT_EQ(world.values["queue/anna@shop.example"], "honest");
}

TEST_F(WorkerTest, UndoesWithoutAReceiptWhatWaitsForAJudgement) {
  custom.emplace("queue", std::make_unique<PatientAction>(world, "queue"));
  start({});
  world.values["queue/anna@shop.example"] = "held by the gate";
  undo({"queue"});
  work();
  EXPECT_THAT(world.log, ElementsAre("undo queue"));
  EXPECT_EQ(world.values["queue/anna@shop.example"], "");
}

TEST_F(WorkerTest, DoesNotUndoWhatWasRefusedForGood) {
  act("flag",
      [](const Task&) -> Result<std::string> { return fail(ErrorCode::kInvalidInput, "no such customer"); });
  start();
  carry_out({"flag"});
  work();
  undo({"flag"});
  work();
  EXPECT_THAT(world.log, IsEmpty());
  EXPECT_THAT(rows()[1].says, HasSubstr("was never carried out"));
}

TEST_F(WorkerTest, UndoesWhatAnAttemptThatWasCutOffMayHaveDone) {
  int calls = 0;
  act("flag", [&calls](const Task&) -> Result<std::string> {
    if (++calls == 1) throw std::runtime_error("killed");
    return fail(ErrorCode::kInvalidInput, "locked already");
  });
  start();
  carry_out({"flag"});
  live(std::chrono::seconds{3});
  ASSERT_EQ(rows()[0].state, OutboxState::kGivenUp);
  undo({"flag"});
  work();
  EXPECT_THAT(world.log, ElementsAre("undo flag"));
}

TEST_F(WorkerTest, UndoesWhatWroteTooMuchToBeLeftAlone) {
  act("flag",
      [](const Task&) -> Result<std::string> { return fail(ErrorCode::kLimitExceeded, "it wrote on"); });
  start();
  carry_out({"flag"});
  undo({"flag"});
  work();
  EXPECT_THAT(world.log, ElementsAre("undo flag"));
}

TEST_F(WorkerTest, UndoesNothingThatWasNeverCarriedOut) {
  start();
  undo({"flag"});
  work();
  EXPECT_THAT(world.log, IsEmpty());
  EXPECT_THAT(rows()[0].says, HasSubstr("was never carried out"));
}

TEST_F(WorkerTest, CatchesUpInOrderWhenABackendWasDownForAnHour) {
  act("page", [](const Task&) { return std::string("paged"); });
  start();
  world.is_down = true;
  carry_out({"flag", "kick", "page"});
  live(std::chrono::minutes{30}, std::chrono::seconds{15});
  undo({"kick", "flag"});
  live(std::chrono::minutes{30}, std::chrono::seconds{15});
  EXPECT_THAT(world.log, IsEmpty());
  EXPECT_EQ(told().back(), "page: paged");  // that one waited for nobody
  world.is_down = false;
  live(std::chrono::minutes{21}, std::chrono::seconds{15});
  EXPECT_THAT(rows(), ::testing::Each(::testing::Field(&OutboxRow::state, OutboxState::kDone)));
  const auto at = [&](const std::string& what) {
    return std::ranges::find(world.log, what) - world.log.begin();
  };
  EXPECT_THAT(world.log, SizeIs(4));
  EXPECT_LT(at("flag"), at("undo flag"));
  EXPECT_LT(at("kick"), at("undo kick"));
  // Each said once that it fails, and once that it is done.
  EXPECT_THAT(told(), SizeIs(2 + 1 + 4));
  EXPECT_THAT(told()[0], HasSubstr("flag did not work yet and is tried again: connection refused"));
}

TEST_F(WorkerTest, PausesLongerAfterEachFailure) {
  EXPECT_GE(pause_after(1, 7), std::chrono::milliseconds{500});
  EXPECT_LE(pause_after(1, 7), std::chrono::seconds{1});
  for (std::uint32_t attempts = 1; attempts < 200; ++attempts) {
    EXPECT_LE(pause_after(attempts, attempts), std::chrono::minutes{10});
    EXPECT_GE(pause_after(attempts, 3),
              std::min<Duration>(std::chrono::milliseconds{500} * (1LL << std::min(attempts - 1, 30U)),
                                 std::chrono::minutes{5}));
  }
  EXPECT_NE(pause_after(5, 1), pause_after(5, 2));
}

TEST_F(WorkerTest, GivesUpAfterDaysAndTriesAgainWhenAPersonWishesIt) {
  start();
  world.is_down = true;
  carry_out({"flag"});
  work();
  now = now.load() + std::chrono::days{3};
  work();
  ASSERT_EQ(rows()[0].state, OutboxState::kGivenUp);
  EXPECT_EQ(told().back(), "flag was given up: connection refused");
  world.is_down = false;
  ASSERT_TRUE(outbox->retry(rows()[0].id, now.load()));
  work();
  EXPECT_EQ(rows()[0].state, OutboxState::kDone);
}

TEST_F(WorkerTest, GivesWhatWasAskedForLongAgoItsTimeToo) {
  start();
  world.is_down = true;
  undo({"flag"});
  carry_out({"kick"});
  now = now.load() + std::chrono::days{4};  // the daemon was off
  work();
  EXPECT_EQ(rows()[1].state, OutboxState::kWaiting);
  now = now.load() + std::chrono::days{2};
  work();
  EXPECT_EQ(rows()[1].state, OutboxState::kWaiting);
  now = now.load() + std::chrono::days{1};
  work();
  EXPECT_EQ(rows()[1].state, OutboxState::kGivenUp);
}

TEST_F(WorkerTest, GivesUpAtOnceWhatWillNeverWork) {
  act("flag",
      [](const Task&) -> Result<std::string> { return fail(ErrorCode::kInvalidInput, "no such table"); });
  start();
  carry_out({"flag"});
  work();
  EXPECT_EQ(rows()[0].state, OutboxState::kGivenUp);
  EXPECT_THAT(told(), ElementsAre("flag was given up: no such table"));
}

TEST_F(WorkerTest, TakesWhatIsThrownForAFailureThatMayPass) {
  int calls = 0;
  act("flag", [&calls](const Task&) -> Result<std::string> {
    if (++calls == 1) throw std::runtime_error("out of memory");
    if (calls == 2) throw 7;
    if (calls == 3) return fail(ErrorCode::kConflict, "");
    return std::string("flagged");
  });
  start();
  carry_out({"flag"});
  live(std::chrono::seconds{10});
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(rows()[0].state, OutboxState::kDone);
  EXPECT_EQ(rows()[0].attempts, 4U);
}

TEST_F(WorkerTest, GivesUpWhatTheConfigurationKnowsNoMore) {
  start({"flag"});
  carry_out({"kick", "flag"});
  work();
  EXPECT_THAT(told(), ElementsAre("kick was given up: the configuration has no [action.kick] any more",
                                  "flag: flagged"));
}

TEST_F(WorkerTest, GoesOnWithTheFirstReceiptAfterACrashAtAnyPoint) {
  world.values["flag/anna@shop.example"] = "honest";
  // The process dies while it carries out; the world has changed.
  act("flag", [this](const Task& task) -> Result<std::string> {
    world.values["flag/" + task.account.text()] = "abused";
    throw std::runtime_error("killed");
  });
  start();
  carry_out({"flag"});
  EXPECT_EQ(worker->step(), 1U);
  crash();
  start();
  work();
  EXPECT_EQ(rows()[0].state, OutboxState::kDone);
  undo({"flag"});
  // It dies between taking the row and anything else, twice.
  for (int death = 0; death < 2; ++death) {
    ASSERT_TRUE(*outbox->take("flag", now.load(), kLease));
    crash();
    start();
  }
  work();
  EXPECT_EQ(world.values["flag/anna@shop.example"], "honest");
}

TEST_F(WorkerTest, RemembersThatThereWasNothingToRemember) {
  act("flag", [](const Task&) -> Result<std::string> { return fail(ErrorCode::kUnavailable, "down"); });
  start();
  carry_out({"flag"});
  work();
  ASSERT_EQ(rows()[0].state, OutboxState::kWaiting);
  world.values["flag/anna@shop.example"] = "half done";
  start();
  live(std::chrono::seconds{3});
  undo({"flag"});
  work();
  EXPECT_EQ(world.values["flag/anna@shop.example"], "");
}

TEST_F(WorkerTest, BeginsAtOnceWhenItIsWoken) {
  std::atomic<bool> is_done{false};
  act("flag", [&](const Task&) -> Result<std::string> {
    is_done = true;
    return std::string("flagged");
  });
  start().start();
  // On a busy machine once may be late.
  Duration fastest = std::chrono::hours{1};
  for (int i = 0; i < 4 && fastest >= std::chrono::milliseconds{500}; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});  // it waits for the next second by now
    is_done = false;
    carry_out({"flag"});
    const auto begin = std::chrono::steady_clock::now();
    worker->wake();
    while (!is_done && std::chrono::steady_clock::now() < begin + std::chrono::seconds{5})
      std::this_thread::sleep_for(std::chrono::microseconds{100});
    fastest = std::min(fastest, std::chrono::ceil<Duration>(std::chrono::steady_clock::now() - begin));
  }
  EXPECT_LT(fastest, std::chrono::milliseconds{500});
  RecordProperty("milliseconds", static_cast<int>(fastest / std::chrono::milliseconds{1}));
  worker->stop();
}

TEST_F(WorkerTest, DelaysNoOtherActionWhileOneHangs) {
  std::atomic<bool> hangs{false};
  std::atomic<bool> goes_on{false};
  std::atomic<int> paged{0};
  act("hang", [&](const Task&) -> Result<std::string> {
    hangs = true;
    while (!goes_on) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return std::string("at last");
  });
  act("page", [&](const Task&) -> Result<std::string> {
    ++paged;
    return std::string("paged");
  });
  start({});
  StandingEntry other = changed(Level::kClear, Level::kHeld);
  other.account = account("bob@shop.example");
  other.change.after.incident = {0xbbbb};
  add(changed(Level::kHeld, Level::kSuspended), {{"hang", Direction::kCarryOut}});
  add(other, {{"page", Direction::kCarryOut}});
  worker->start();
  worker->wake();
  for (int i = 0; i < 20'000 && !(hangs && paged > 0); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  EXPECT_EQ(paged, 1);
  worker->finish();
  goes_on = true;
  worker->stop();  // waits for the one under way
  EXPECT_EQ(rows()[0].state, OutboxState::kDone);
}

}  // namespace
}  // namespace postreeve
