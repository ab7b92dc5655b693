// Where an owner's recovery address stands: in a file, a database or a directory of the site.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "mail/account_id.h"
#include "mail/address.h"
#include "response/action_type.h"
#include "response/ldap_directory.h"
#include "response/sql_server.h"
#include "response/sql_statement.h"

namespace postreeve {

// What follows the local part is there: "anna@private.example".
[[nodiscard]] std::optional<Address> whole_address(std::string_view text);

class RecoveryLookup {
 public:
  // The keys that begin with "recovery_". kInvalidInput says which one is wrong. Without any of them nobody
  // has a recovery address.
  [[nodiscard]] static Result<RecoveryLookup> make(const ActionSettings& settings);
  [[nodiscard]] static std::span<const ActionKey> keys() noexcept;

  // Asks the file, the database, the directory, in that order, until one knows an address. nullopt when none
  // does; kUnavailable when one does not answer, and then nobody knows. Blocks for as long as the servers'
  // time limits allow. Any thread.
  [[nodiscard]] Result<std::optional<Address>> find(const AccountId& account) const;
  // In the file alone, so that no server is asked.
  [[nodiscard]] std::optional<Address> in_file(const AccountId& account) const;
  // Whether there is a server to ask.
  [[nodiscard]] bool has_server() const noexcept { return database_ || directory_; }

 private:
  struct Database {
    SqlServer server;
    SqlStatement query;
  };
  struct Directory {
    LdapServer server;
    std::string base;
    std::string filter;
    std::string attribute;
  };

  [[nodiscard]] Result<void> read_database(const ActionSettings& settings);
  [[nodiscard]] Result<void> read_directory(const ActionSettings& settings);
  [[nodiscard]] Result<std::optional<Address>> in_database(const AccountId& account) const;
  [[nodiscard]] Result<std::optional<Address>> in_directory(const AccountId& account) const;

  std::string map_file_;  // empty: none
  std::optional<Database> database_;
  std::optional<Directory> directory_;
};

}  // namespace postreeve
