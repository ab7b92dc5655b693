// Reads the sections of what is done outside the mail path: every [action.NAME] by the keys of its type, and
// checks that the lists of [response] name actions that there are.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "app/configuration.h"
#include "app/setting_value.h"
#include "app/settings.h"

namespace postreeve {

class ResponseSections {
 public:
  // `place` is that of the name. What is wrong is reported to `file.problems`.
  void read_action(const std::string& name, const toml::table& table, const Place& place, FileContext& file,
                   std::vector<GivenSetting>& given);

  // The lists as they stand in [response] and, by tenant, in [response.tenant.NAME].
  struct Lists {
    TableDraft table;
    ResponsePlan plan;
  };
  Lists& of_tenant(const std::string& name) { return by_tenant_[name]; }

  // Once everything is read: fills in `configuration.response`.
  void finish(const TableDraft& response, Configuration& configuration,
              std::vector<ConfigurationProblem>& problems);

 private:
  [[nodiscard]] const ActionType* type_of(const std::string& name, const toml::table& table,
                                          const Place& place, FileContext& file) const;
  void check_names(const Lists& lists, std::vector<ConfigurationProblem>& problems) const;

  std::map<std::string, Place, std::less<>> actions_;
  std::vector<ConfiguredAction> configured_;
  std::map<std::string, Lists, std::less<>> by_tenant_;
};

// A key of TOML: in quotes when it has to be.
[[nodiscard]] std::string toml_key(std::string_view name);
[[nodiscard]] std::string as_toml(const toml::node& node);

}  // namespace postreeve
