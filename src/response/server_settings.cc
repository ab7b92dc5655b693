#include "response/server_settings.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr Duration kUsualTime = std::chrono::seconds(10);
constexpr Duration kShortestTime = std::chrono::seconds(2);
constexpr Duration kLongestTime = std::chrono::seconds(25);

std::string key(std::string_view prefix, std::string_view name) {
  return fmt::format("{}{}", prefix, name);
}

// What is wrong begins with the key's name.
std::unexpected<Error> wrong(std::string_view prefix, std::string_view what) {
  return fail(ErrorCode::kInvalidInput, fmt::format("{}{}", prefix, what));
}

std::optional<SqlKind> kind_from(std::string_view text) {
  for (const SqlKind kind : {SqlKind::kPostgresql, SqlKind::kMysql, SqlKind::kSqlite}) {
    if (to_text(kind) == text) return kind;
  }
  return std::nullopt;
}

struct FreeUrl {
  void operator()(LDAPURLDesc* url) const noexcept { ldap_free_urldesc(url); }
};

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// Whether a password sent there could be read on its way. kInvalidInput for what is no address.
Result<bool> is_open_to_others(const std::string& uri, bool start_tls) {
  LDAPURLDesc* parsed = nullptr;
  if (ldap_url_parse(uri.c_str(), &parsed) != LDAP_URL_SUCCESS)
    return fail(ErrorCode::kInvalidInput, "uri is ldap://host, ldaps://host or ldapi://path: " + uri);
  const std::unique_ptr<LDAPURLDesc, FreeUrl> url(parsed);
  const std::string_view host = url->lud_host == nullptr ? "localhost" : url->lud_host;
  return std::string_view(url->lud_scheme) == "ldap" && !start_tls && !is_loopback(host);
}

Result<void> check_uris(const LdapServer& server) {
  std::string_view rest = server.uri;
  if (rest.empty()) return fail(ErrorCode::kInvalidInput, "uri is empty");
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const auto is_open = is_open_to_others(std::string(rest.substr(0, end)), server.start_tls);
    if (!is_open) return fail(is_open.error());
    if (*is_open && !server.password_file.empty())
      return fail(
          ErrorCode::kInvalidInput,
          "the password would cross the network in the clear: uri = \"ldaps://...\" or start_tls = true");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

}  // namespace

Result<SqlServer> sql_server_of(const ActionSettings& settings, std::string_view prefix) {
  const auto kind = kind_from(settings.text(key(prefix, "database")));
  if (!kind) return wrong(prefix, R"(database is "postgresql", "mysql" or "sqlite")");
  const std::string connection = settings.text(key(prefix, "connection"));
  if (trim(connection).empty()) return wrong(prefix, "connection is empty");
  if (connection.contains('\0')) return wrong(prefix, "connection contains a zero byte");
  if (to_lower(connection).contains("pass"))
    return wrong(prefix, "connection holds no password: it belongs into password_file");
  if (*kind == SqlKind::kSqlite && settings.has(key(prefix, "password_file")))
    return wrong(prefix, "password_file: SQLite knows no passwords");
  const Duration timeout = settings.duration(key(prefix, "timeout"), kUsualTime);
  if (timeout < kShortestTime || timeout > kLongestTime)
    return wrong(prefix, "timeout is from 2s to 25s: timeout = \"10s\"");
  return SqlServer{.kind = *kind,
                   .connection = connection,
                   .password_file = settings.text(key(prefix, "password_file")),
                   .timeout = std::chrono::floor<std::chrono::seconds>(timeout)};
}

Result<LdapServer> ldap_server_of(const ActionSettings& settings, std::string_view prefix) {
  const Duration timeout = settings.duration(key(prefix, "timeout"), kUsualTime);
  if (timeout < kShortestTime || timeout > kLongestTime)
    return wrong(prefix, "timeout is from 2s to 25s: timeout = \"10s\"");
  LdapServer server{.uri = settings.text(key(prefix, "uri")),
                    .start_tls = settings.flag(key(prefix, "start_tls"), false),
                    .ca_file = settings.text(key(prefix, "ca_file")),
                    .bind_dn = settings.text(key(prefix, "bind_dn")),
                    .password_file = settings.text(key(prefix, "password_file")),
                    .timeout = std::chrono::floor<std::chrono::seconds>(timeout)};
  if (server.bind_dn.empty() != server.password_file.empty())
    return wrong(prefix, "bind_dn and password_file belong together");
  if (auto checked = check_uris(server); !checked) return fail(checked.error());
  return server;
}

}  // namespace postreeve
