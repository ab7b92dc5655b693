#include "response/playbook.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "response/task.h"

namespace postreeve {
namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// What the levels beyond `before` list, up to `after`, each action once.
std::vector<std::string> names_between(const ResponsePlan& plan, Level before, Level after) {
  std::vector<std::string> names;
  const auto append = [&](Level level, const std::vector<std::string>& more) {
    if (before >= level || after < level) return;
    for (const std::string& name : more) {
      if (!holds(names, name)) names.push_back(name);
    }
  };
  append(Level::kSlowed, plan.slowed);
  append(Level::kHeld, plan.held);
  append(Level::kSuspended, plan.suspended);
  return names;
}

// What a level calls for: it and every milder one.
std::vector<std::string> names_at(const ResponsePlan& plan, Level level) {
  return names_between(plan, Level::kClear, level);
}

std::vector<std::string> without(const std::vector<std::string>& names,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  std::ranges::copy_if(names, std::back_inserter(rest),
                       [&](const std::string& name) { return !holds(others, name); });
  return rest;
}

bool is_observed(const StandingEntry& entry) {
  return entry.is_observed || entry.change.observed_only;
}

// The owner could go on from his own places until now, and was told so.
bool is_widened(const StandingChange& change) {
  return is_restriction(change.after.level) && change.before.level == change.after.level &&
         change.before.scope < change.after.scope;
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

bool Playbook::tells(const std::string& name) const {
  return actions_.at(name).audience != Audience::kSystems;
}

std::vector<std::string> Playbook::called_for(std::vector<std::string> names, bool is_observed) const {
  if (is_observed)
    std::erase_if(names, [&](const auto& name) { return actions_.at(name).audience != Audience::kStaff; });
  return names;
}

std::vector<std::string> Playbook::told_again(const ResponsePlan& plan, const StandingChange& change) const {
  std::vector<std::string> names = is_widened(change)
                                       ? names_at(plan, change.after.level)
                                       : names_between(plan, change.before.level, change.after.level);
  std::erase_if(names, [&](const std::string& name) { return !tells(name); });
  return names;
}

std::vector<OutboxAction> Playbook::actions_for(const StandingEntry& entry, bool was_observed) const {
  const StandingChange& change = entry.change;
  if (!has_incident(change)) return {};
  const ResponsePlan& plan = plan_of(entry.tenant);
  const auto before = called_for(names_at(plan, change.before.level), was_observed);
  const auto after = called_for(names_at(plan, change.after.level), is_observed(entry));
  const auto again = told_again(plan, change);

  std::vector<OutboxAction> actions;
  const auto add = [&](const std::string& name, Direction direction) {
    actions.push_back(outbox_action(task_of(entry, name, direction)));
  };
  for (const std::string& name : std::views::reverse(without(before, after))) {
    if (actions_.at(name).has_undo) add(name, Direction::kUndo);
  }
  for (const std::string& name : after) {
    if (!holds(before, name) || holds(again, name)) add(name, Direction::kCarryOut);
  }
  if (is_restriction(change.before.level) && !is_restriction(change.after.level)) {
    for (const std::string& name : called_for(plan.released, was_observed)) add(name, Direction::kCarryOut);
  }
  return actions;
}

std::vector<OutboxAction> Playbook::actions_for_confirmed(const StandingEntry& entry) const {
  std::vector<OutboxAction> actions;
  if (!has_incident(entry.change)) return actions;
  for (const std::string& name : called_for(plan_of(entry.tenant).confirmed, is_observed(entry)))
    actions.push_back(outbox_action(task_of(entry, name, Direction::kCarryOut)));
  return actions;
}

std::vector<OutboxAction> Playbook::actions_for_dismissed(const StandingEntry& entry,
                                                          bool was_observed) const {
  std::vector<OutboxAction> actions;
  if (!has_incident(entry.change)) return actions;
  const ResponsePlan& plan = plan_of(entry.tenant);
  const auto undone_anyway = called_for(names_at(plan, entry.change.before.level), was_observed);
  for (const std::string& name : without(names_at(plan, Level::kSuspended), undone_anyway)) {
    if (actions_.at(name).undo_awaits_judgement)
      actions.push_back(outbox_action(task_of(entry, name, Direction::kUndo)));
  }
  return actions;
}

}  // namespace postreeve
