// The one table of settings: what may stand in the configuration file, from which the reading of it,
// `check-config --dump` and docs/configuration.md are made.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/configuration.h"
#include "app/units.h"
#include "base/time.h"
#include "judge/policy.h"
#include "net/location.h"
#include "net/prefix.h"
#include "response/action_type.h"

namespace postreeve {

enum class SettingType : std::uint8_t {
  kFlag,
  kCount,
  kNumber,
  kText,
  kLongText,  // kept as it is written, of several lines perhaps
  kDomain,
  kTimeZone,
  kDuration,
  kRate,
  kHours,
  kChoice,
  kPath,     // of a file that is there
  kRedis,    // a URL
  kAnyPath,  // from here on as one text each, below as lists of texts
  kChoices,
  kNames,
  kTexts,  // kept as they are written
  kDomains,
  kPaths,
  kAnyPaths,
  kEndpoints,
  kAddresses,
  kNetworks,
  kCountries,
  kDates,
};
// "duration", "list of networks"
[[nodiscard]] std::string_view to_text(SettingType type) noexcept;
// How one is written: "\"10m\", \"2h\" or \"30d\"".
[[nodiscard]] std::string_view how_to_write(SettingType type) noexcept;

// A setting's value, checked. Texts are a text, domain, time zone, choice or path (absolute, or relative
// to the working directory); lists of texts likewise.
using SettingValue =
    std::variant<bool, std::int64_t, double, std::string, Duration, Rate, Hours, std::vector<std::string>,
                 std::vector<Prefix>, std::vector<CountryCode>, std::vector<std::uint32_t>>;

// A table of the file while it is read: where it stands and where each of its settings was given.
struct TableDraft {
  Place place;
  std::map<std::string, Place, std::less<>> given;

  [[nodiscard]] bool has(std::string_view name) const { return given.contains(name); }
  // The setting's place; the table's own when it was not given.
  [[nodiscard]] const Place& place_of(std::string_view name) const;
};

// A limit before it is whole: `rate` and `most` become one amount.
struct LimitDraft {
  Limit limit;
  Rate rate;
  std::uint32_t most = 0;
};

// What the settings are stored into.
struct SettingsDraft {
  Configuration configuration;
  Tenant tenant;      // the [[tenant]] being read
  LimitDraft limit;   // the [[limit]] being read
  ResponsePlan plan;  // the [response.tenant.NAME] being read
};

struct Section {
  enum class Form : std::uint8_t {
    kOne,
    kList,   // [[name]], any number of them
    kNamed,  // [name.NAME], any number of them
  };

  std::string_view name;
  Form form{};
  std::string_view sentence;
};
// "[guard]", "[[limit]]", "[action.NAME]"
[[nodiscard]] std::string heading_of(const Section& section);

struct Setting {
  std::string_view section;
  std::string_view name;
  SettingType type{};
  std::string_view unit = {};
  std::string_view fallback = {};  // the default as TOML; empty: none
  // Bounds of counts and numbers; of durations in seconds; both inclusive, none when equal.
  double least = 0;
  double most = 0;
  std::string_view choices = {};  // divided by spaces
  bool needs_restart = false;
  std::string_view example = {};  // TOML
  std::string_view sentence = {};
  // Requires a value of the alternative that belongs to `type`.
  void (*store)(SettingsDraft& draft, const SettingValue& value) = nullptr;
};

// In the order of the documentation.
[[nodiscard]] std::span<const Section> sections();
[[nodiscard]] std::span<const Setting> settings();
// The tables it is made of: what judges, what serves, what is kept, what is done outside.
[[nodiscard]] std::span<const Setting> judging_settings();
[[nodiscard]] std::span<const Setting> serving_settings();
[[nodiscard]] std::span<const Setting> retention_settings();
[[nodiscard]] std::span<const Setting> response_settings();

// What an [action.NAME] of that type takes beside `type`; they have no store().
[[nodiscard]] std::span<const Setting> settings_of_action(const ActionType& type);

// What an action's row says, as a sentence of the manual.
[[nodiscard]] std::string as_sentence(std::string_view means);

// The words of Setting::choices.
[[nodiscard]] std::vector<std::string_view> choices_of(const Setting& setting);

}  // namespace postreeve
