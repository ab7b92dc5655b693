#include "app/configuration.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "app/lists.h"
#include "app/response_sections.h"
#include "app/setting_value.h"
#include "app/settings.h"
#include "app/suggestion.h"

namespace postreeve {
namespace {

namespace fs = std::filesystem;

const Section* find_section(std::string_view name) {
  const auto found = std::ranges::find(sections(), name, &Section::name);
  return found == sections().end() ? nullptr : &*found;
}

const Setting* find_setting(std::string_view section, std::string_view name) {
  const auto found = std::ranges::find_if(
      settings(), [&](const Setting& setting) { return setting.section == section && setting.name == name; });
  return found == settings().end() ? nullptr : &*found;
}

bool holds_sections(std::string_view name) {
  return std::ranges::any_of(sections(), [&](const Section& section) {
    return section.name.size() > name.size() && section.name.starts_with(name) &&
           section.name[name.size()] == '.';
  });
}

std::string unknown_section(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Section& section : sections()) known.push_back(section.name);
  return fmt::format("unknown section [{}]{}", name, did_you_mean(name, known));
}

std::string unknown_setting(std::string_view section, std::string_view name) {
  std::vector<std::string_view> known;
  std::string_view home;
  for (const Setting& setting : settings()) {
    if (setting.section == section) known.push_back(setting.name);
    if (setting.name == name) home = setting.section;
  }
  std::string hint = did_you_mean(name, known);
  if (hint.empty() && !home.empty()) hint = fmt::format("; it belongs in [{}]", home);
  return fmt::format("unknown setting '{}' in [{}]{}", name, section, hint);
}

// Reads files one after the other into one draft, then checks what only the whole can show.
class Loader {
 public:
  void read_with_directory(const fs::path& file) {
    read_file(file);
    std::vector<fs::path> more;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(file.parent_path() / "conf.d", ignored)) {
      if (entry.path().extension() == ".toml") more.push_back(entry.path());
    }
    std::ranges::sort(more);
    for (const fs::path& path : more) read_file(path);
  }

  LoadedConfiguration finish() {
    check_ladder();
    check_tenants_of_limits();
    check_auth_policy();
    response_.finish(plain_["response"], draft_.configuration, loaded_.problems);
    read_lists();
    warn_of_countries();
    note_until_restart();
    loaded_.configuration = std::move(draft_.configuration);
    return std::move(loaded_);
  }

 private:
  void report(Place place, std::string text) {
    loaded_.problems.push_back({std::move(place), std::move(text)});
  }

  void read_file(const fs::path& path) {
    const std::string name = path.string();
    const Result<std::string> text = read_text_file(path);
    if (!text) return report({name}, text.error().detail);
    loaded_.files.push_back(name);
    try {
      const toml::table document = toml::parse(*text, name);
      FileContext file{name, path.parent_path(), loaded_.problems};
      const std::size_t before = loaded_.problems.size();
      read_document(document, file);
      sort_by_line(before);
    } catch (const toml::parse_error& error) {
      const auto& at = error.source().begin;
      report({name, at.line, at.column}, fmt::format("this is not TOML; {}", error.description()));
    }
  }

  // Tables are read in the order of their names.
  void sort_by_line(std::size_t from) {
    const auto problems = std::span(loaded_.problems).subspan(from);
    std::ranges::stable_sort(problems, {}, [](const ConfigurationProblem& problem) {
      return std::pair(problem.place.line, problem.place.column);
    });
  }

  // `outer` is the dotted name of the tables around, with a dot behind it.
  void read_document(const toml::table& document, FileContext& file, const std::string& outer = {}) {
    for (const auto& [key, node] : document) {
      const std::string name = outer + std::string(key.str());
      const Section* section = find_section(name);
      const Place place{file.name, key.source().begin.line, key.source().begin.column};
      if (section == nullptr && node.is_table() && holds_sections(name)) {
        read_document(*node.as_table(), file, name + '.');
      } else if (section == nullptr) {
        report(place, not_a_section(name, node));
      } else if (section->form == Section::Form::kList) {
        read_list_section(*section, node, place, file);
      } else if (section->form == Section::Form::kNamed) {
        read_named_section(*section, node, place, file);
      } else if (const auto* table = node.as_table()) {
        read_table(*section, *table, plain_[section->name], file, std::string(section->name));
      } else {
        report(place, fmt::format("'{0}' is a section; write [{0}] on a line of its own", name));
      }
    }
  }

  static std::string not_a_section(std::string_view name, const toml::node& node) {
    if (node.is_table() || node.is_array_of_tables()) return unknown_section(name);
    for (const Setting& setting : settings()) {
      if (setting.name == name) return fmt::format("'{}' belongs in the section [{}]", name, setting.section);
    }
    return fmt::format("unknown setting '{}' outside of any section", name);
  }

  void read_list_section(const Section& section, const toml::node& node, const Place& place,
                         FileContext& file) {
    const auto* tables = node.as_array();
    if (tables == nullptr || !tables->is_homogeneous<toml::table>()) {
      return report(place, fmt::format("there may be several of '{0}'; write [[{0}]]", section.name));
    }
    for (const toml::node& element : *tables) {
      draft_.tenant = {};
      draft_.limit = {};
      TableDraft table{postreeve::place_of(element, file.name), {}};
      ++elements_[section.name];
      const std::size_t before = loaded_.problems.size();
      read_table(section, *element.as_table(), table, file, std::string(section.name));
      if (section.name == "tenant") finish_tenant(table, loaded_.problems.size() == before);
      if (section.name == "limit") finish_limit(table);
    }
  }

  void read_named_section(const Section& section, const toml::node& node, const Place& place,
                          FileContext& file) {
    const auto* tables = node.as_table();
    if (tables == nullptr)
      return report(place, fmt::format("'{0}' is no setting; write [{0}.NAME]", section.name));
    for (const auto& [key, element] : *tables) {
      const Place at{file.name, key.source().begin.line, key.source().begin.column};
      const std::string name(key.str());
      const auto* table = element.as_table();
      if (table == nullptr) {
        report(at,
               fmt::format("'{1}' is no section; write [{0}.{1}] on a line of its own", section.name, name));
      } else if (section.name == "action") {
        response_.read_action(name, *table, at, file, loaded_.given);
      } else {
        read_plan_of_tenant(section, name, *table, file);
      }
    }
  }

  void read_plan_of_tenant(const Section& section, const std::string& tenant, const toml::table& table,
                           FileContext& file) {
    ResponseSections::Lists& lists = response_.of_tenant(tenant);
    lists.table.place = postreeve::place_of(table, file.name);
    draft_.plan = lists.plan;
    read_table(section, table, lists.table, file, fmt::format("{}.{}", section.name, toml_key(tenant)));
    lists.plan = draft_.plan;
  }

  // `given_as` is the section's name with that of the element, if it has one.
  void read_table(const Section& section, const toml::table& table, TableDraft& into, FileContext& file,
                  const std::string& given_as) {
    for (const auto& [key, node] : table) {
      const Place place{file.name, key.source().begin.line, key.source().begin.column};
      const Setting* setting = find_setting(section.name, key.str());
      const Section* inner = find_section(fmt::format("{}.{}", section.name, key.str()));
      if (inner != nullptr && node.is_table()) {
        read_named_section(*inner, node, place, file);
        continue;
      }
      if (setting == nullptr) {
        report(place, unknown_setting(section.name, key.str()));
        continue;
      }
      into.given.insert_or_assign(std::string(key.str()), place);
      const std::size_t element = section.form == Section::Form::kList ? elements_[section.name] : 0;
      loaded_.given.push_back({given_as, element, std::string(key.str()), as_toml(node), place});
      if (const auto value = read_setting(*setting, node, file)) setting->store(draft_, *value);
    }
  }

  // Actions and what tenants want of them have no rows among the settings; all of these need a restart.
  void note_until_restart() {
    for (const GivenSetting& given : loaded_.given) {
      const Setting* setting = find_setting(given.section, given.name);
      if (setting != nullptr && !setting->needs_restart) continue;
      draft_.configuration.until_restart.insert_or_assign(fmt::format("[{}] {}", given.section, given.name),
                                                          given.text);
    }
  }

  void finish_tenant(const TableDraft& table, bool is_sound) {
    Tenant& tenant = draft_.tenant;
    auto& tenants = draft_.configuration.policy.tenants;
    if (!table.has("name")) report(table.place, "a tenant needs a name; write name = \"...\"");
    if (!table.has("domains"))
      report(table.place, "a tenant needs domains; write domains = [\"example.org\"]");
    if (is_sound && table.has("domains") && tenant.domains.empty()) {
      report(table.place_of("domains"),
             "a tenant without domains has no accounts; write domains = [\"example.org\"]");
    }
    for (const Tenant& other : tenants) {
      if (!tenant.name.empty() && other.name == tenant.name) {
        report(table.place_of("name"),
               fmt::format("the tenant '{}' stands twice; name each once", tenant.name));
      }
      for (const std::string& domain : tenant.domains) {
        if (std::ranges::find(other.domains, domain) == other.domains.end()) continue;
        report(table.place_of("domains"),
               fmt::format("the domain '{}' is the tenant '{}''s too; give it to one", domain, other.name));
      }
    }
    tenants.push_back(std::move(tenant));
  }

  void finish_limit(const TableDraft& table) {
    Limit& limit = draft_.limit.limit;
    auto& limits = draft_.configuration.policy.limits;
    if (!table.has("name")) report(table.place, "a limit needs a name; write name = \"...\"");
    if (!limit.name.empty() && std::ranges::find(limits, limit.name, &Limit::name) != limits.end()) {
      report(table.place_of("name"), fmt::format("the limit '{}' stands twice; name each once", limit.name));
    }
    finish_amount(table);
    if (table.has("tenants")) limit_tenants_.emplace_back(table.place_of("tenants"), limit.when.tenants);
    if (table.has("countries") || table.has("not_countries")) limits_by_country_.push_back(table.place);
    limits.push_back(std::move(limit));
  }

  void finish_amount(const TableDraft& table) {
    Limit& limit = draft_.limit.limit;
    const bool a_message = limit.counted == Counted::kRecipientsPerMessage;
    const std::string_view wanted = a_message ? "most" : "rate";
    const std::string_view unwanted = a_message ? "rate" : "most";
    if (!table.has(wanted)) {
      report(table.place, a_message ? "recipients a message need a number; write most = 50"
                                    : "a limit needs a rate; write rate = \"30/1h\"");
    }
    if (table.has(unwanted)) {
      report(table.place_of(unwanted),
             fmt::format("'{}' does not go with what this limit counts; write '{}'", unwanted, wanted));
    }
    limit.amount = a_message ? draft_.limit.most : draft_.limit.rate.amount;
    if (!a_message && table.has("rate")) limit.window = draft_.limit.rate.window;
  }

  // The steps of the ladder must go up, wherever each was given.
  void check_ladder() {
    const Ladder& ladder = draft_.configuration.policy.ladder;
    const std::pair<std::string_view, double> steps[] = {{"watched", ladder.watched},
                                                         {"slowed", ladder.slowed},
                                                         {"held", ladder.held},
                                                         {"suspended", ladder.suspended}};
    const TableDraft& table = plain_["ladder"];
    for (std::size_t i = 1; i < std::size(steps); ++i) {
      const auto& [lower, low] = steps[i - 1];
      const auto& [upper, high] = steps[i];
      if (low < high) continue;
      const std::string_view at = table.has(upper) ? upper : lower;
      report(table.place_of(at),
             fmt::format("'{}' ({}) must be less than '{}' ({}); every step needs more evidence than "
                         "the one before",
                         lower, low, upper, high));
    }
  }

  void check_tenants_of_limits() {
    std::vector<std::string_view> known;
    const auto& tenants = draft_.configuration.policy.tenants;
    known.reserve(tenants.size());
    for (const Tenant& tenant : tenants) known.push_back(tenant.name);
    for (const auto& [place, names] : limit_tenants_) {
      for (const std::string& name : names) {
        if (std::ranges::find(known, name) != known.end()) continue;
        report(place, fmt::format("there is no tenant '{}'{}", name, did_you_mean(name, known)));
      }
    }
  }

  // Whoever is to be asked for a password that there is not would be let in without one.
  void check_auth_policy() {
    const AuthPolicySettings& gate = draft_.configuration.serving.auth_policy;
    const TableDraft& table = plain_["gate.auth_policy"];
    if (table.has("password_file")) return;
    for (const auto& [name, value] : {std::pair("user", &gate.user), {"api_header", &gate.api_header}}) {
      if (value->empty()) continue;
      report(
          table.place_of(name),
          fmt::format("'{}' asks for a password that there is not; write password_file = \"...\" too", name));
    }
  }

  // Last, since bare accounts in them get the default domain, wherever that was given.
  void read_lists() {
    Configuration& configuration = draft_.configuration;
    if (!configuration.aliases_file.empty()) {
      const AliasReader reader{configuration.aliases_file, configuration.default_domain};
      if (const auto text =
              list_text(configuration.aliases_file, plain_["accounts"].place_of("aliases_file"))) {
        reader.read(*text, configuration.policy.aliases, loaded_.problems);
      }
    }
    if (!configuration.canaries_file.empty()) {
      if (const auto text = list_text(configuration.canaries_file, plain_["canaries"].place_of("file"))) {
        read_canaries(*text, configuration.canaries_file, configuration.policy.canaries, loaded_.problems);
      }
    }
  }

  std::optional<std::string> list_text(const std::string& file, const Place& named_at) {
    Result<std::string> text = read_text_file(file);
    if (text) return std::move(*text);
    report(named_at, fmt::format("'{}' cannot be read; {}", file, text.error().detail));
    return std::nullopt;
  }

  void warn_of_countries() {
    if (!draft_.configuration.geography_files.empty()) return;
    for (const Place& place : limits_by_country_) {
      loaded_.warnings.push_back(
          {place,
           "this limit asks for countries, but no geography file is configured; name one in "
           "[geography] files"});
    }
  }

  LoadedConfiguration loaded_;
  SettingsDraft draft_;
  std::map<std::string_view, TableDraft> plain_;      // by section
  std::map<std::string_view, std::size_t> elements_;  // how many [[section]] were read
  ResponseSections response_;
  std::vector<std::pair<Place, std::vector<std::string>>> limit_tenants_;
  std::vector<Place> limits_by_country_;
};

}  // namespace

std::string Place::to_string() const {
  if (line == 0) return file;
  return column == 0 ? fmt::format("{}:{}", file, line) : fmt::format("{}:{}:{}", file, line, column);
}

std::string ConfigurationProblem::to_string() const {
  return fmt::format("{}: {}", place.to_string(), text);
}

LoadedConfiguration load_configuration(const std::filesystem::path& file) {
  Loader loader;
  loader.read_with_directory(file);
  return loader.finish();
}

LoadedConfiguration load_configuration_or_default(const std::optional<std::string>& named) {
  if (named) return load_configuration(*named);
  std::error_code ignored;
  if (fs::exists(kDefaultConfigurationFile, ignored)) return load_configuration(kDefaultConfigurationFile);
  return {};
}

std::vector<std::string> changed_until_restart(const Configuration& before, const Configuration& fresh) {
  std::vector<std::string> changed;
  const auto look = [&changed](const auto& these, const auto& others) {
    for (const auto& [setting, text] : these) {
      const auto other = others.find(setting);
      if (other == others.end() || other->second != text) changed.push_back(setting);
    }
  };
  look(before.until_restart, fresh.until_restart);
  look(fresh.until_restart, before.until_restart);
  std::ranges::sort(changed);
  const auto twice = std::ranges::unique(changed);
  changed.erase(twice.begin(), twice.end());
  return changed;
}

}  // namespace postreeve
