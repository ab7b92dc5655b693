#include "response/playbook.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "response/task.h"

namespace postreeve {
namespace {

// What a level calls for: it and every milder one, each action once.
std::vector<std::string> names_at(const ResponsePlan& plan, Level level) {
  std::vector<std::string> names;
  const auto append = [&](const std::vector<std::string>& more) {
    for (const std::string& name : more) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  };
  if (level >= Level::kSlowed) append(plan.slowed);
  if (level >= Level::kHeld) append(plan.held);
  if (level >= Level::kSuspended) append(plan.suspended);
  return names;
}

std::vector<std::string> without(const std::vector<std::string>& names,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  std::ranges::copy_if(names, std::back_inserter(rest), [&](const std::string& name) {
    return std::ranges::find(others, name) == others.end();
  });
  return rest;
}

bool has_incident(const StandingChange& change) {
  return change.before.incident.known() || change.after.incident.known();
}

}  // namespace

Playbook::Playbook(ResponsePlan plan, std::map<std::string, ResponsePlan, std::less<>> by_tenant,
                   std::map<std::string, ActionTraits, std::less<>> actions)
    : plan_(std::move(plan)), by_tenant_(std::move(by_tenant)), actions_(std::move(actions)) {}

const ResponsePlan& Playbook::plan_of(std::string_view tenant) const {
  const auto own = by_tenant_.find(tenant);
  return own == by_tenant_.end() ? plan_ : own->second;
}

bool Playbook::is_for(const StandingEntry& entry, const std::string& name, Direction direction) const {
  const ActionTraits& traits = actions_.at(name);
  const bool is_observed = entry.is_observed || entry.change.observed_only;
  if (is_observed && traits.audience != Audience::kStaff) return false;
  return direction == Direction::kCarryOut || traits.has_undo;
}

std::vector<OutboxAction> Playbook::actions_for(const StandingEntry& entry) const {
  const StandingChange& change = entry.change;
  if (!has_incident(change)) return {};
  const ResponsePlan& plan = plan_of(entry.tenant);
  const std::vector<std::string> before = names_at(plan, change.before.level);
  const std::vector<std::string> after = names_at(plan, change.after.level);

  std::vector<OutboxAction> actions;
  const auto add = [&](const std::string& name, Direction direction) {
    if (is_for(entry, name, direction)) actions.push_back(outbox_action(task_of(entry, name, direction)));
  };
  for (const std::string& name : std::views::reverse(without(before, after))) add(name, Direction::kUndo);
  for (const std::string& name : without(after, before)) add(name, Direction::kCarryOut);
  if (is_restriction(change.before.level) && !is_restriction(change.after.level)) {
    for (const std::string& name : plan.released) add(name, Direction::kCarryOut);
  }
  return actions;
}

std::vector<OutboxAction> Playbook::actions_for_confirmed(const StandingEntry& entry) const {
  std::vector<OutboxAction> actions;
  if (!has_incident(entry.change)) return actions;
  for (const std::string& name : plan_of(entry.tenant).confirmed) {
    if (is_for(entry, name, Direction::kCarryOut))
      actions.push_back(outbox_action(task_of(entry, name, Direction::kCarryOut)));
  }
  return actions;
}

}  // namespace postreeve
