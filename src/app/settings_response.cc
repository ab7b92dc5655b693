// Settings of what is done outside the mail path.
#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include <fmt/format.h>

#include "app/settings.h"
#include "base/ascii.h"

namespace postreeve {
namespace {

using Type = SettingType;
using Names = std::vector<std::string>;

ResponsePlan& plan_of_all(SettingsDraft& draft) {
  return draft.configuration.response.plan;
}

// A list of the plan for all, and the same one of a tenant's plan.
constexpr Setting list_of(std::string_view section, std::string_view name, std::string_view example,
                          std::string_view sentence,
                          void (*store)(SettingsDraft& draft, const SettingValue& value)) {
  return {.section = section,
          .name = name,
          .type = Type::kNames,
          .fallback = "[]",
          .needs_restart = true,
          .example = example,
          .sentence = sentence,
          .store = store};
}

constexpr std::string_view kSlowed = "Actions when an account becomes slowed, or anything more severe.";
constexpr std::string_view kHeld = "Actions when an account becomes held or suspended.";
constexpr std::string_view kSuspended = "Actions when an account becomes suspended.";
constexpr std::string_view kReleased =
    "Actions when the restriction is over, after everything was undone: to tell somebody.";
constexpr std::string_view kConfirmed = "Actions when a person confirms that it was a take-over.";

constexpr Setting kSettings[] = {
    list_of("response", "slowed", "[\"page\"]", kSlowed,
            [](auto& d, auto& v) { plan_of_all(d).slowed = std::get<Names>(v); }),
    list_of("response", "held", "[\"page\", \"queue\"]", kHeld,
            [](auto& d, auto& v) { plan_of_all(d).held = std::get<Names>(v); }),
    list_of("response", "suspended", "[\"abused_flag\", \"kick\"]", kSuspended,
            [](auto& d, auto& v) { plan_of_all(d).suspended = std::get<Names>(v); }),
    list_of("response", "released", "[\"farewell\"]", kReleased,
            [](auto& d, auto& v) { plan_of_all(d).released = std::get<Names>(v); }),
    list_of("response", "confirmed", "[\"report\"]", kConfirmed,
            [](auto& d, auto& v) { plan_of_all(d).confirmed = std::get<Names>(v); }),
    {.section = "response",
     .name = "give_up_after",
     .type = Type::kDuration,
     .fallback = "\"3d\"",
     .least = 60,
     .most = 365 * 86'400.0,
     .needs_restart = true,
     .example = "\"1d\"",
     .sentence =
         "How long an action that fails is tried again: after a second at first, every ten minutes in "
         "the end.",
     .store = [](auto& d, auto& v) { d.configuration.response.give_up_after = std::get<Duration>(v); }},

    list_of("response.tenant", "slowed", "[\"page\"]", kSlowed,
            [](auto& d, auto& v) { d.plan.slowed = std::get<Names>(v); }),
    list_of("response.tenant", "held", "[\"page\"]", kHeld,
            [](auto& d, auto& v) { d.plan.held = std::get<Names>(v); }),
    list_of("response.tenant", "suspended", "[\"page\", \"kick\"]", kSuspended,
            [](auto& d, auto& v) { d.plan.suspended = std::get<Names>(v); }),
    list_of("response.tenant", "released", "[]", kReleased,
            [](auto& d, auto& v) { d.plan.released = std::get<Names>(v); }),
    list_of("response.tenant", "confirmed", "[]", kConfirmed,
            [](auto& d, auto& v) { d.plan.confirmed = std::get<Names>(v); }),

    {.section = "action",
     .name = "type",
     .type = Type::kText,
     .needs_restart = true,
     .example = "\"sql_flag\"",
     .sentence = "What kind of action it is; which further settings it takes. Must be given.",
     .store = [](auto&, auto&) {}},
};

SettingType type_of(const ActionKey& key) {
  switch (key.kind) {
    case ActionKey::Kind::kText:
      return key.name.ends_with("_file") || key.name.ends_with("_folder") ? Type::kAnyPath : Type::kLongText;
    case ActionKey::Kind::kTexts:
      return Type::kTexts;
    case ActionKey::Kind::kNumber:
      return Type::kCount;
    case ActionKey::Kind::kFlag:
      return Type::kFlag;
    case ActionKey::Kind::kDuration:
      return Type::kDuration;
  }
  return Type::kLongText;
}

// The settings of a kind of action, with the sentences that they point into.
struct KindSettings {
  std::vector<std::string> sentences;
  std::vector<Setting> rows;
};

KindSettings settings_of_kind(const ActionType& type) {
  KindSettings made;
  made.sentences.reserve(type.keys.size());
  for (const ActionKey& key : type.keys) {
    std::string sentence = as_sentence(key.means);
    if (key.is_required) sentence += " Must be given.";
    made.sentences.push_back(std::move(sentence));
    made.rows.push_back({.section = "action",
                         .name = key.name,
                         .type = type_of(key),
                         .needs_restart = true,
                         .sentence = made.sentences.back()});
  }
  return made;
}

}  // namespace

std::span<const Setting> response_settings() {
  return kSettings;
}

std::string as_sentence(std::string_view means) {
  std::string sentence(means);
  if (!sentence.empty() && is_lower(sentence[0])) sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
  if (!sentence.ends_with('.')) sentence += '.';
  return sentence;
}

std::span<const Setting> settings_of_action(const ActionType& type) {
  static const auto all = [] {
    std::map<std::string_view, KindSettings> kinds;
    for (const ActionType& kind : action_types()) kinds.emplace(kind.name, settings_of_kind(kind));
    return kinds;
  }();
  return all.at(type.name).rows;
}

}  // namespace postreeve
