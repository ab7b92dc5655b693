#include "lab/score/run.h"

#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "lab/attackers/underworld.h"
#include "lab/people/personas.h"
#include "lab/population/population.h"
#include "lab/population/staff.h"
#include "lab/score/engine_door.h"
#include "lab/score/leave_out.h"
#include "lab/score/neighbours.h"
#include "lab/score/report.h"
#include "lab/score/sheet.h"
#include "lab/score/weights_file.h"

namespace postreeve::lab {
namespace {

// What a world is judged with.
struct Instruments {
  Policy policy;
  Locator locator;
  Locator shuffled;
};

Result<Instruments> prepare(const ScoreOptions& options) {
  Instruments tools;
  for (std::uint32_t i = 0; i < 50; ++i) tools.policy.canaries.addresses.insert(canary_address(i));
  tools.policy.ladder.prior += options.shift;
  const auto open = [](const std::filesystem::path& file) { return Locator::open(std::span(&file, 1)); };
  if (options.without_geography) return tools;
  Result<Locator> locator = open(options.geography);
  if (!locator) return std::unexpected(locator.error());
  tools.locator = std::move(*locator);
  if (options.disaster != DisasterKind::kShuffledGeography) return tools;
  Result<Locator> shuffled = open(options.shuffled_geography);
  if (!shuffled) return std::unexpected(shuffled.error());
  tools.shuffled = std::move(*shuffled);
  return tools;
}

Disaster disaster_of(const ScoreOptions& options, const Instruments& tools, const World& world) {
  Disaster disaster;
  if (options.disaster == DisasterKind::kNone) return disaster;
  disaster.from = world.start() + std::chrono::days{options.disaster_day} + std::chrono::hours{10};
  if (options.disaster == DisasterKind::kShuffledGeography) disaster.locator = &tools.shuffled;
  if (options.disaster == DisasterKind::kOneAddress) disaster.everyone = IpAddress::parse("198.51.100.1");
  return disaster;
}

// A world, who judges it, and the score: made anew for each telling of the story.
class Stage final : Sink {
 public:
  // `nodes`: null when there are none beside.
  Stage(const ScoreOptions& options, const Instruments& tools, Nodes* nodes)
      : world_(options.world, *this), nodes_(nodes) {
    const NeighbourRule* rule = neighbour_rule(options.neighbour);
    if (rule != nullptr) {
      door_ = std::make_unique<NeighbourDoor>(*rule, tools.locator);
    } else {
      auto door = std::make_unique<EngineDoor>(tools.policy, tools.locator,
                                               disaster_of(options, tools, world_), nodes);
      engine_ = door.get();
      door_ = std::move(door);
    }
    scorer_ = std::make_unique<Scorer>(*door_, options.scorer);
    populate(world_);
    unleash(world_);
    employ_staff(world_);
    scorer_->enter(world_);
  }

  void run(Timestamp until = Timestamp::max()) {
    const auto start = std::chrono::steady_clock::now();
    world_.run(until);
    cost_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (engine_ == nullptr) return;
    cost_.nanoseconds.assign(engine_->nanoseconds().begin(), engine_->nanoseconds().end());
    for (const Account& account : world_.accounts()) {
      cost_.record_bytes.push_back(static_cast<double>(engine_->record_bytes(account.id)));
    }
  }

  World& world() { return world_; }
  const Scorer& scorer() const { return *scorer_; }
  const Cost& cost() const { return cost_; }

 private:
  void observe(const Event& event, Doer doer) override {
    if (nodes_ != nullptr) nodes_->expect(doer);
    scorer_->observe(event, doer);
  }
  std::span<const Fate> submit(const Submission& submission, Doer doer) override {
    if (nodes_ != nullptr) nodes_->expect(doer);
    return scorer_->submit(submission, doer);
  }
  void honest_delay(std::uint32_t account, Duration delay) override { scorer_->honest_delay(account, delay); }
  void honest_loss(std::uint32_t account) override { scorer_->honest_loss(account); }

  World world_;
  Nodes* nodes_;
  std::unique_ptr<Door> door_;
  EngineDoor* engine_ = nullptr;
  std::unique_ptr<Scorer> scorer_;
  Cost cost_;
};

void print_stories(World& world, const Scorer& first, const Scorer& second) {
  for (std::size_t i = 0; i < first.false_alarms().size(); ++i) {
    const FalseAlarm& alarm = first.false_alarms()[i];
    const Account& account = world.accounts()[alarm.account];
    fmt::print("\n=== {} ({}, {}): {} at {}\n", account.id.text(), all_personas()[account.persona].name,
               all_countries()[account.country].code, to_text(alarm.change.after.level),
               format_rfc3339(alarm.change.time));
    for (const std::string& sentence : alarm.sentences) fmt::print("  {}\n", sentence);
    for (const std::string& line : second.trails()[i]) fmt::print("    {}\n", line);
  }
}

// The same world again, now writing down what the restricted accounts do.
void tell_stories(ScoreOptions options, const Instruments& tools, Stage& first) {
  Timestamp last{};
  for (const FalseAlarm& alarm : first.scorer().false_alarms()) {
    options.scorer.watched.push_back({alarm.account, alarm.change.time});
    last = std::max(last, alarm.change.time);
  }
  Stage again(options, tools, nullptr);
  again.run(last);
  print_stories(first.world(), first.scorer(), again.scorer());
}

}  // namespace

int score(ScoreOptions options) {
  for (const std::string& detector : options.left_out) {
    if (leave_out(detector)) continue;
    fmt::print(std::cerr, "postreeve-lab: no detector is called '{}'\n", detector);
    return 1;
  }
  if (!options.weights.empty() && !use_weights(options.weights)) {
    fmt::print(std::cerr, "postreeve-lab: no weights in {}\n", options.weights.string());
    return 1;
  }
  const Result<Instruments> tools = prepare(options);
  if (!tools) {
    fmt::print(std::cerr, "postreeve-lab: {}\n", tools.error().detail);
    return 1;
  }
  std::unique_ptr<Nodes> nodes;
  if (options.nodes > 0) {
    auto opened = Nodes::open(tools->policy, tools->locator, options.nodes, options.servers);
    if (!opened) {
      fmt::print(std::cerr, "postreeve-lab: {}\n", opened.error().detail);
      return 1;
    }
    nodes = std::move(*opened);
  }
  Stage stage(options, *tools, nodes.get());
  stage.run();
  const auto print = options.as_sheet ? sheet_json : report_text;
  fmt::print("{}", print(stage.world(), stage.scorer(), stage.cost()));
  if (nodes) fmt::print("{}", nodes_text(stage.world(), *nodes));
  std::fflush(stdout);
  if (!stage.scorer().false_alarms().empty()) tell_stories(options, *tools, stage);
  return 0;
}

}  // namespace postreeve::lab
