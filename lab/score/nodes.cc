#include "lab/score/nodes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "engine/engine.h"
#include "redis/redis_client.h"
#include "store/redis/redis_account_store.h"
#include "store/redis/redis_shared_counters.h"

namespace postreeve::lab {
namespace {

// `serve` does so every second; but then a world of months would do little else.
constexpr std::chrono::minutes kRefresh{1};
// Nobody waits, and the machine may be busy.
constexpr std::chrono::seconds kTimeLimit{10};

// To a database that must be empty.
Result<std::unique_ptr<RedisClient>> connect(const std::string& url, int database) {
  Result<RedisAddress> address = RedisAddress::parse(url);
  if (!address) return fail(address.error());
  address->database = database;
  Result<std::unique_ptr<RedisClient>> client =
      RedisClient::make({.address = std::move(*address), .time_limit = kTimeLimit});
  if (!client) return client;
  const Result<RespValue> size = (*client)->ask(RedisCommand("pr:", {"DBSIZE"}));
  if (!size) return fail(size.error());
  if (size->number() == 0) return client;
  return fail(ErrorCode::kConflict, "this Redis is in use; give an empty one");
}

Comparison compare(const Verdict& one, const Verdict& other) {
  return {.steps = 1,
          .other_action = one.action == other.action ? 0U : 1U,
          .other_level = one.standing.level == other.standing.level ? 0U : 1U,
          .most_risk = std::abs(one.risk - other.risk)};
}

}  // namespace

void Comparison::add(const Comparison& other) {
  steps += other.steps;
  other_action += other.other_action;
  other_level += other.other_level;
  most_risk = std::max(most_risk, other.most_risk);
}

struct Nodes::Node {
  Node(const Policy& policy, const Locator& locator, std::unique_ptr<RedisClient> connected)
      : client(std::move(connected)), engine(policy, locator, HashKey{}, accounts, counters) {}

  std::unique_ptr<RedisClient> client;
  RedisAccountStore accounts{*client};
  RedisSharedCounters counters{*client};
  Engine engine;
};

Nodes::Nodes() = default;
Nodes::~Nodes() = default;

Result<std::unique_ptr<Nodes>> Nodes::open(const Policy& policy, const Locator& locator, std::size_t count,
                                           const std::string& redis) {
  std::unique_ptr<Nodes> nodes(new Nodes());
  for (std::size_t i = 0; i <= count; ++i) {
    Result<std::unique_ptr<RedisClient>> client = connect(redis, i < count ? 0 : 1);
    if (!client) return fail(client.error());
    nodes->nodes_.push_back(std::make_unique<Node>(policy, locator, std::move(*client)));
  }
  nodes->alone_ = std::move(nodes->nodes_.back());
  nodes->nodes_.pop_back();
  return nodes;
}

void Nodes::refresh(Timestamp now) {
  if (!has_changed_ && now - refreshed_ < kRefresh) return;
  const auto ask = [now](Node& node) {
    (void)node.accounts.refresh();
    (void)node.counters.refresh(now);
  };
  for (const auto& node : nodes_) ask(*node);
  ask(*alone_);
  refreshed_ = now;
  has_changed_ = false;
}

void Nodes::saw(const Event& step, const Observation& said) {
  refresh(time_of(step));
  alone_->engine.observe(step, expected_);
  nodes_[random_.below(nodes_.size())]->engine.observe(step, got_);
  has_changed_ = expected_.change.has_value();
  beside_memory_.add(compare(said.verdict, expected_.verdict));
  const Comparison compared = compare(expected_.verdict, got_.verdict);
  if (attack_ < 0) return honest_.add(compared);
  const auto number = static_cast<std::size_t>(attack_);
  if (attacks_.size() <= number) attacks_.resize(number + 1);
  attacks_[number].add(compared);
}

std::uint64_t Nodes::judged_again() const {
  std::uint64_t sum = 0;
  for (const auto& node : nodes_) sum += node->accounts.health().conflicts;
  return sum;
}

std::uint64_t Nodes::judged_alone() const {
  std::uint64_t sum = alone_->accounts.health().alone;
  for (const auto& node : nodes_) sum += node->accounts.health().alone;
  return sum;
}

namespace {

struct Row {
  Comparison compared;
  std::uint32_t attacks = 0;
  std::uint32_t differing = 0;  // take-overs with a step of another action

  void add(const Comparison& attack) {
    compared.add(attack);
    ++attacks;
    differing += attack.other_action > 0 ? 1U : 0U;
  }
};

void write(std::string& text, std::string_view name, const Row& row) {
  fmt::format_to(std::back_inserter(text), "{:20}{:>10}{:>12}{:>14}{:>16}{:>14.3f}{:>11}\n", name,
                 row.attacks, row.compared.steps, row.compared.other_action, row.compared.other_level,
                 row.compared.most_risk, row.differing);
}

}  // namespace

std::string nodes_text(World& world, const Nodes& nodes) {
  std::map<std::string_view, Row> families;
  Row all;
  for (std::size_t i = 0; i < nodes.attacks().size(); ++i) {
    if (nodes.attacks()[i].steps == 0) continue;
    families[world.attacks()[i].family].add(nodes.attacks()[i]);
    all.add(nodes.attacks()[i]);
  }
  const Comparison& memory = nodes.beside_memory();
  std::string text = fmt::format(
      "\n{} nodes on one Redis beside one node on a Redis of its "
      "own\n{:20}{:>10}{:>12}{:>14}{:>16}{:>14}{:>11}\n",
      nodes.size(), "family", "take-overs", "steps", "other action", "other standing", "most nats",
      "differing");
  for (const auto& [name, row] : families) write(text, name, row);
  write(text, "all take-overs", all);
  write(text, "owners", {.compared = nodes.honest()});
  fmt::format_to(
      std::back_inserter(text),
      "judged again: {}, without Redis: {}\none node on Redis beside one in memory: of {} steps {} with "
      "another action, {} with another standing, at most {:.3f} nats\n",
      nodes.judged_again(), nodes.judged_alone(), memory.steps, memory.other_action, memory.other_level,
      memory.most_risk);
  return text;
}

}  // namespace postreeve::lab
