// How a database or a directory of the site is reached, as an action's section says it.
#pragma once

#include <string_view>

#include "base/result.h"
#include "response/action_type.h"
#include "response/ldap_directory.h"
#include "response/sql_server.h"

namespace postreeve {

// Reads database, connection, password_file and timeout; with "recovery_" before them where that is `prefix`.
// kInvalidInput says which key is wrong and how it is written.
[[nodiscard]] Result<SqlServer> sql_server_of(const ActionSettings& settings, std::string_view prefix = "");

// Likewise uri, start_tls, ca_file, bind_dn, password_file and timeout.
[[nodiscard]] Result<LdapServer> ldap_server_of(const ActionSettings& settings, std::string_view prefix = "");

}  // namespace postreeve
