#include "lab/score/nodes.h"

#include <soci/soci.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace postreeve::lab {
namespace {

// The connection into a schema of its own, which is made.
Result<PostgresqlServer> new_schema(const std::string& connection, std::string_view name) {
  PostgresqlServer server;
  server.connection = connection;
  auto session = open_postgresql(server);
  if (!session) return fail(session.error());
  try {
    **session << fmt::format("CREATE SCHEMA {}", name);
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::kConflict,
                fmt::format("this PostgreSQL is in use; give an empty database ({})", thrown.what()));
  }
  if (connection.starts_with("postgres")) {
    const char joint = connection.contains('?') ? '&' : '?';
    server.connection += fmt::format("{}options=-c%20search_path%3D{}", joint, name);
  } else {
    server.connection += fmt::format(" options='-c search_path={}'", name);
  }
  return server;
}

Comparison compare(const Seen& one, const Seen& other) {
  return {.steps = 1,
          .other_action = one.action == other.action ? 0U : 1U,
          .other_standing = one.standing == other.standing ? 0U : 1U,
          .most_risk = std::abs(one.risk - other.risk)};
}

}  // namespace

void Comparison::add(const Comparison& other) {
  steps += other.steps;
  other_action += other.other_action;
  other_standing += other.other_standing;
  most_risk = std::max(most_risk, other.most_risk);
}

Nodes::Nodes() = default;
Nodes::~Nodes() = default;

Result<std::unique_ptr<Nodes>> Nodes::open(const Policy& policy, const Locator& locator, std::size_t count,
                                           const Servers& servers) {
  std::unique_ptr<Nodes> nodes(new Nodes());
  if (nodes->folder_.path().empty()) return fail(ErrorCode::kUnavailable, "no temporary folder");
  const auto group = [&](std::string_view name, std::size_t size,
                         int database) -> Result<std::unique_ptr<NodeGroup>> {
    Result<PostgresqlServer> ledger = new_schema(servers.postgresql, name);
    if (!ledger) return fail(ledger.error());
    const std::filesystem::path folder = nodes->folder_.path() / name;
    std::filesystem::create_directory(folder);
    return NodeGroup::open(
        policy, locator, size,
        {.redis = servers.redis, .redis_database = database, .ledger = std::move(*ledger), .folder = folder});
  };
  auto several = group("several_nodes", count, 0);
  if (!several) return fail(several.error());
  auto alone = group("one_node", 1, 1);
  if (!alone) return fail(alone.error());
  nodes->nodes_ = std::move(*several);
  nodes->alone_ = std::move(*alone);
  return nodes;
}

void Nodes::saw(const Event& step, const Observation& said) {
  const Seen expected = alone_->judge(step, 0);
  const Seen got = nodes_->judge(step, random_.below(nodes_->size()));
  const Verdict& verdict = said.verdict;
  if (!std::holds_alternative<Judgement>(step)) {
    beside_memory_.add(
        compare({.action = verdict.action, .standing = verdict.standing, .risk = verdict.risk}, expected));
  }
  const Comparison compared = compare(expected, got);
  if (attack_ < 0) return honest_.add(compared);
  const auto number = static_cast<std::size_t>(attack_);
  if (attacks_.size() <= number) attacks_.resize(number + 1);
  attacks_[number].add(compared);
}

Result<LedgerComparison> Nodes::ledgers() const {
  const Result<LedgerLines> one = alone_->ledger();
  if (!one) return fail(one.error());
  const Result<LedgerLines> several = nodes_->ledger();
  if (!several) return fail(several.error());
  return lab::compare(*one, *several);
}

std::uint64_t Nodes::judged_alone() const {
  return nodes_->judged_alone() + alone_->judged_alone();
}

std::uint64_t Nodes::faults() const {
  return nodes_->faults() + alone_->faults();
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
                 row.attacks, row.compared.steps, row.compared.other_action, row.compared.other_standing,
                 row.compared.most_risk, row.differing);
}

std::string text_of(const Result<LedgerComparison>& ledgers) {
  if (!ledgers) return fmt::format("the ledgers cannot be compared: {}\n", ledgers.error().detail);
  return fmt::format("in the ledgers: of {} standings {} are not the same, of {} incidents {}\n{}{}",
                     ledgers->standings, ledgers->other_standings, ledgers->incidents,
                     ledgers->other_incidents, fmt::join(ledgers->differences, "\n"),
                     ledgers->differences.empty() ? "" : "\n");
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
      "\n{} nodes on one Redis and one PostgreSQL beside one node on its "
      "own\n{:20}{:>10}{:>12}{:>14}{:>16}{:>14}{:>11}\n",
      nodes.size(), "family", "take-overs", "steps", "other action", "other standing", "most nats",
      "differing");
  for (const auto& [name, row] : families) write(text, name, row);
  write(text, "all take-overs", all);
  write(text, "owners", {.compared = nodes.honest()});
  text += text_of(nodes.ledgers());
  fmt::format_to(
      std::back_inserter(text),
      "judged again: {}, without Redis: {}, faults: {}\none node beside one in memory: of {} steps {} with "
      "another action, {} with another standing, at most {:.3f} nats\n",
      nodes.judged_again(), nodes.judged_alone(), nodes.faults(), memory.steps, memory.other_action,
      memory.other_standing, memory.most_risk);
  return text;
}

}  // namespace postreeve::lab
