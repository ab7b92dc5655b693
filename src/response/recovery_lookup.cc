#include "response/recovery_lookup.h"

#include <array>
#include <fstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "response/ldap_filter.h"
#include "response/mail_office.h"
#include "response/server_settings.h"

namespace postreeve {
namespace {

constexpr std::string_view kPrefix = "recovery_";

// A site without the account there has no recovery address of it.
Result<std::optional<Address>> nobody_or(const Error& error) {
  if (error.code == ErrorCode::kNotFound) return std::optional<Address>{};
  return fail(error.code, "the recovery address: " + error.detail);
}

}  // namespace

std::optional<Address> whole_address(std::string_view text) {
  auto address = Address::parse(text);
  if (!address || address->domain().empty()) return std::nullopt;
  return address;
}

std::span<const ActionKey> RecoveryLookup::keys() noexcept {
  using enum ActionKey::Kind;
  static constexpr std::array kKeys{
      ActionKey{"recovery_map_file", kText, false,
                "file with a line \"ACCOUNT ADDRESS\" for each recovery address"},
      ActionKey{"recovery_database", kText, false,
                "where recovery addresses are: \"postgresql\", \"mysql\" (also MariaDB) or \"sqlite\""},
      ActionKey{"recovery_connection", kText, false,
                "how the database is reached, without the password, as for sql_flag"},
      ActionKey{"recovery_query", kText, false,
                "a SELECT that gives one address, with :account, :localpart and :domain where their values "
                "belong"},
      ActionKey{"recovery_uri", kText, false, "of a directory with recovery addresses, as for ldap_flag"},
      ActionKey{"recovery_start_tls", kFlag, false, "to encrypt a connection to ldap://; default false"},
      ActionKey{"recovery_ca_file", kText, false,
                "certificates (PEM) that vouch for the directory; default those of the system"},
      ActionKey{"recovery_bind_dn", kText, false, "the name to log in with"},
      ActionKey{"recovery_base", kText, false, "below which the accounts are"},
      ActionKey{"recovery_filter", kText, false,
                "that finds the account's entry: \"(uid={account})\", {localpart} and {domain} too"},
      ActionKey{"recovery_attribute", kText, false, "whose first value is the address"},
      ActionKey{"recovery_password_file", kText, false,
                "a file whose first line is the password of the database or the directory"},
  };
  return kKeys;
}

Result<RecoveryLookup> RecoveryLookup::make(const ActionSettings& settings) {
  RecoveryLookup lookup;
  lookup.map_file_ = settings.text("recovery_map_file");
  if (settings.has("recovery_map_file") && !std::ifstream(lookup.map_file_).is_open())
    return wrong_key("recovery_map_file", fmt::format("{} cannot be read", lookup.map_file_));
  if (settings.has("recovery_database") && settings.has("recovery_uri"))
    return wrong_key("recovery_uri", "one of a database and a directory is asked, not both");
  if (auto read = lookup.read_database(settings); !read) return fail(read.error());
  if (auto read = lookup.read_directory(settings); !read) return fail(read.error());
  return lookup;
}

Result<void> RecoveryLookup::read_database(const ActionSettings& settings) {
  if (!settings.has("recovery_database")) {
    if (!settings.has("recovery_query")) return {};
    return wrong_key("recovery_database", "is missing beside 'recovery_query'");
  }
  auto server = sql_server_of(settings, kPrefix);
  if (!server) return fail(server.error());
  auto query = read_statement(settings.text("recovery_query"), {"account", "localpart", "domain"});
  if (!query) return wrong_key("recovery_query", query.error().detail);
  if (!to_lower(query->text).starts_with("select"))
    return wrong_key("recovery_query", "only reads: it begins with SELECT");
  if (!query->binds("account") && !query->binds("localpart"))
    return wrong_key("recovery_query", "names no account (WHERE login = :account)");
  database_ = Database{*std::move(server), *std::move(query)};
  return {};
}

Result<void> RecoveryLookup::read_directory(const ActionSettings& settings) {
  if (!settings.has("recovery_uri")) {
    if (!settings.has("recovery_filter")) return {};
    return wrong_key("recovery_uri", "is missing beside 'recovery_filter'");
  }
  auto server = ldap_server_of(settings, kPrefix);
  if (!server) return fail(server.error());
  Directory directory{.server = *std::move(server),
                      .base = settings.text("recovery_base"),
                      .filter = settings.text("recovery_filter"),
                      .attribute = settings.text("recovery_attribute")};
  if (auto checked = check_filter(directory.filter); !checked)
    return wrong_key("recovery_filter", checked.error().detail);
  if (directory.attribute.empty()) return wrong_key("recovery_attribute", "is empty");
  directory_ = std::move(directory);
  return {};
}

Result<std::optional<Address>> RecoveryLookup::find(const AccountId& account) const {
  if (auto address = in_file(account)) return address;
  if (database_) return in_database(account);
  if (directory_) return in_directory(account);
  return std::optional<Address>{};
}

// Read anew for each notice: it is a rare thing, and people edit the file.
std::optional<Address> RecoveryLookup::in_file(const AccountId& account) const {
  if (map_file_.empty()) return std::nullopt;
  std::ifstream lines(map_file_);
  for (std::string line; std::getline(lines, line);) {
    const auto words = two_words(line);
    if (words && equals_ignoring_case(words->first, account.text())) return whole_address(words->second);
  }
  return std::nullopt;
}

Result<std::optional<Address>> RecoveryLookup::in_database(const AccountId& account) const {
  const auto value = read_value(database_->server, database_->query,
                                {{"account", account.text()},
                                 {"localpart", std::string(account.localpart())},
                                 {"domain", std::string(account.domain())}});
  if (!value) return nobody_or(value.error());
  return *value ? whole_address(**value) : std::nullopt;
}

Result<std::optional<Address>> RecoveryLookup::in_directory(const AccountId& account) const {
  const auto connection = LdapConnection::open(directory_->server);
  if (!connection) return nobody_or(connection.error());
  const auto entry =
      (*connection)->find(directory_->base, fill_filter(directory_->filter, account), directory_->attribute);
  if (!entry) return nobody_or(entry.error());
  return entry->values.empty() ? std::nullopt : whole_address(entry->values.front());
}

}  // namespace postreeve
