#include "app/response_sections.h"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <type_traits>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/suggestion.h"
#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr std::size_t kLongestName = 64;

bool is_action_name(std::string_view name) {
  const auto fits = [](char c) { return is_lower(c) || is_digit(c) || c == '_'; };
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, fits);
}

std::vector<std::string_view> type_names() {
  std::vector<std::string_view> names;
  for (const ActionType& type : action_types()) names.push_back(type.name);
  return names;
}

const Setting* find_setting(std::span<const Setting> settings, std::string_view name) {
  const auto found = std::ranges::find(settings, name, &Setting::name);
  return found == settings.end() ? nullptr : &*found;
}

std::string unknown_key(const std::string& name, std::string_view key, const ActionType& type) {
  std::vector<std::string_view> known{"type"};
  for (const ActionKey& one : type.keys) known.push_back(one.name);
  return fmt::format("unknown setting '{}' in [action.{}], which is a {}{}", key, name, type.name,
                     did_you_mean(key, known));
}

// What settings and keys of actions have in common; other kinds of values are no action's.
ActionSettings::Value value_of(const SettingValue& value) {
  return std::visit(
      [](const auto& held) -> ActionSettings::Value {
        if constexpr (std::is_constructible_v<ActionSettings::Value, decltype(held)> &&
                      !std::is_same_v<std::decay_t<decltype(held)>, double>) {
          return held;
        } else {
          return std::string();
        }
      },
      value);
}

using Named = std::pair<std::string_view, const std::vector<std::string>*>;

std::array<Named, 5> lists_of(const ResponsePlan& plan) {
  return {{{"slowed", &plan.slowed},
           {"held", &plan.held},
           {"suspended", &plan.suspended},
           {"released", &plan.released},
           {"confirmed", &plan.confirmed}}};
}

}  // namespace

const ActionType* ResponseSections::type_of(const std::string& name, const toml::table& table,
                                            const Place& place, FileContext& file) const {
  const auto names = type_names();
  const toml::node* node = table.get("type");
  if (node == nullptr) {
    file.problems.push_back(
        {place, fmt::format("[action.{}] needs a type; write type = \"...\" with one of {}", name,
                            fmt::join(names, ", "))});
    return nullptr;
  }
  const auto* text = node->as_string();
  const ActionType* type = text == nullptr ? nullptr : find_action_type(text->get());
  if (type != nullptr) return type;
  std::string hint = text == nullptr ? std::string() : did_you_mean(text->get(), names);
  if (hint.empty()) hint = fmt::format("; write one of {}", fmt::join(names, ", "));
  const std::string written = text == nullptr ? as_toml(*node) : text->get();
  file.problems.push_back(
      {place_of(*node, file.name), fmt::format("there is no type '{}' of actions{}", written, hint)});
  return nullptr;
}

void ResponseSections::read_action(const std::string& name, const toml::table& table, const Place& place,
                                   FileContext& file, std::vector<GivenSetting>& given) {
  const auto problem = [&file](Place at, std::string text) {
    file.problems.push_back({std::move(at), std::move(text)});
  };
  if (!is_action_name(name))
    problem(place, fmt::format("'{}' is no name of an action; write a-z, 0-9 and _, at most 64", name));
  if (const auto [known, is_new] = actions_.emplace(name, place); !is_new)
    problem(place,
            fmt::format("[action.{}] stands in {} too; write it once", name, known->second.to_string()));
  const ActionType* type = type_of(name, table, place, file);
  if (type == nullptr) return;
  ActionSettings settings(name);
  for (const auto& [key, node] : table) {
    const Place at{file.name, key.source().begin.line, key.source().begin.column};
    const std::string key_name(key.str());
    const Setting* setting = find_setting(settings_of_action(*type), key_name);
    if (setting == nullptr && key_name != "type") {
      problem(at, unknown_key(name, key_name, *type));
      continue;
    }
    given.push_back({"action." + name, 0, key_name, as_toml(node), at});
    if (setting == nullptr) continue;
    if (const auto value = read_setting(*setting, node, file)) settings.set(key_name, value_of(*value));
  }
  for (const ActionKey& key : type->keys) {
    if (key.is_required && !table.contains(key.name))
      problem(place, fmt::format("[action.{}] needs '{}': {}", name, key.name, key.means));
  }
  configured_.push_back({std::string(type->name), std::move(settings)});
}

void ResponseSections::check_names(const Lists& lists, std::vector<ConfigurationProblem>& problems) const {
  std::vector<std::string_view> known;
  known.reserve(actions_.size());
  for (const auto& [name, place] : actions_) known.push_back(name);
  for (const auto& [list, names] : lists_of(lists.plan)) {
    for (const std::string& name : *names) {
      if (!actions_.contains(name))
        problems.push_back({lists.table.place_of(list),
                            fmt::format("there is no [action.{}]{}", name, did_you_mean(name, known))});
    }
  }
}

void ResponseSections::finish(const TableDraft& response, Configuration& configuration,
                              std::vector<ConfigurationProblem>& problems) {
  ResponseSettings& settings = configuration.response;
  check_names({response, settings.plan}, problems);
  std::vector<std::string_view> tenants;
  tenants.reserve(configuration.policy.tenants.size());
  for (const Tenant& tenant : configuration.policy.tenants) tenants.push_back(tenant.name);
  for (auto& [tenant, lists] : by_tenant_) {
    check_names(lists, problems);
    if (std::ranges::find(tenants, tenant) == tenants.end())
      problems.push_back({lists.table.place,
                          fmt::format("there is no tenant '{}'{}", tenant, did_you_mean(tenant, tenants))});
    settings.by_tenant.insert_or_assign(tenant, std::move(lists.plan));
  }
  settings.actions = std::move(configured_);
}

std::string toml_key(std::string_view name) {
  const auto is_bare = [](char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '-'; };
  if (!name.empty() && std::ranges::all_of(name, is_bare)) return std::string(name);
  return as_toml(toml::value<std::string>(name));
}

std::string as_toml(const toml::node& node) {
  std::ostringstream text;
  text << toml::toml_formatter{node,
                               toml::format_flags::none};  // none: no 'literal' strings, one style for all
  return std::move(text).str();
}

}  // namespace postreeve
