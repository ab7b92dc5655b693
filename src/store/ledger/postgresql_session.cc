#include "store/ledger/postgresql_session.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/password_file.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql_session.h"

namespace postreeve {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

Result<Options> parse(const std::string& connection) {
  char* says = nullptr;
  Options options(PQconninfoParse(connection.c_str(), &says));
  if (options != nullptr) return options;
  Error error{ErrorCode::kInvalidInput, stored_line(says == nullptr ? "it cannot be read" : says, 300)};
  while (error.detail.ends_with('?') || error.detail.ends_with('\n')) error.detail.pop_back();
  PQfreemem(says);
  return fail(std::move(error));
}

std::string value_of(const Options& options, std::string_view keyword) {
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->keyword == keyword && option->val != nullptr) return option->val;
  }
  return {};
}

// What was given, and behind it what is ours: libpq takes the last of two.
std::string connect_string(const Options& options, const PostgresqlServer& server,
                           const std::string& password) {
  std::string text;
  const auto add = [&text](std::string_view keyword, std::string_view value) {
    text += fmt::format("{}={} ", keyword, quoted_for_libpq(value));
  };
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) add(option->keyword, option->val);
  }
  if (!password.empty()) add("password", password);
  if (value_of(options, "application_name").empty()) add("application_name", "postreeve");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(server.timeout).count();
  add("connect_timeout", std::to_string(std::max<long long>(2, seconds)));
  add("client_encoding", "UTF8");
  return text;
}

// What the server remarks would go to our standard error; errors come by other ways.
void be_silent(void*, const char*) {}

void set_limits(soci::session& session, std::chrono::milliseconds timeout) {
  for (const std::string_view setting :
       {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"}) {
    session << fmt::format("SET {} = {}", setting, timeout.count());
  }
  // A commit is on the disk when it is acknowledged, whatever the database's default.
  session << "SET synchronous_commit = on";
}

soci::postgresql_session_backend* backend_of(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend());
}

// SOCI's own factory reads the string before libpq does, and takes the quotation marks out of it: a password
// with a space or a quotation mark in it would be lost.
class Factory : public soci::backend_factory {
 public:
  soci::postgresql_session_backend* make_session(
      const soci::connection_parameters& parameters) const override {
    return new soci::postgresql_session_backend(parameters, false);
  }
};

}  // namespace

std::string quoted_for_libpq(std::string_view value) {
  std::string result = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

Result<void> check_connection(const std::string& connection) {
  const auto options = parse(connection);
  if (!options) return fail(options.error());
  if (value_of(*options, "password").empty()) return {};
  return fail(ErrorCode::kInvalidInput, "a password belongs into a file of its own");
}

std::string name_of(const PostgresqlServer& server) {
  const auto options = parse(server.connection);
  if (!options) return "PostgreSQL";
  const std::string host = value_of(*options, "host");
  const std::string database = value_of(*options, "dbname");
  return fmt::format("PostgreSQL {}{}{}", host.empty() ? "on this machine" : host,
                     database.empty() ? "" : "/", database);
}

Result<std::unique_ptr<soci::session>> open_postgresql(const PostgresqlServer& server) {
  static const Factory kFactory;
  const auto options = parse(server.connection);
  if (!options) return fail(options.error());
  const auto password = read_password(server.password_file);
  if (!password) return fail(password.error());
  try {
    auto session = std::make_unique<soci::session>(kFactory, connect_string(*options, server, *password));
    PQsetNoticeProcessor(backend_of(*session)->conn_, be_silent, nullptr);
    set_limits(*session, server.timeout);
    return session;
  } catch (const soci::soci_error& thrown) {
    return fail(ErrorCode::kUnavailable, fmt::format("{} cannot be reached: {}", name_of(server),
                                                     stored_line(thrown.get_error_message(), 300)));
  }
}

int socket_of(soci::session& session) {
  return PQsocket(backend_of(session)->conn_);
}

bool in_postgresql_transaction(soci::session& session) {
  const PGTransactionStatusType status = PQtransactionStatus(backend_of(session)->conn_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

bool is_server_trouble(std::string_view sqlstate) {
  // A connection that is lost has no state of its own. 08: connection, 53: no room, 55 and 57: locks, limits
  // and ends of service, 58: the system, 25006: a replica, 40: to be tried again, XX: itself.
  constexpr std::array<std::string_view, 10> kTroubles{"08",    "53",    "55", "57", "58",
                                                       "25006", "25P03", "40", "XX", "  "};
  const bool is_known = sqlstate.size() >= 2 && sqlstate.front() != '\0';
  return !is_known ||
         std::ranges::any_of(kTroubles, [&](std::string_view kind) { return sqlstate.starts_with(kind); });
}

Error error_of_postgresql(std::string_view sqlstate, std::string says) {
  says = stored_line(says, 500);
  if (is_server_trouble(sqlstate)) return {ErrorCode::kUnavailable, "PostgreSQL: " + says};
  if (sqlstate.starts_with("23")) return {ErrorCode::kConflict, std::move(says)};
  if (sqlstate.starts_with("22")) return {ErrorCode::kInvalidInput, std::move(says)};
  return {ErrorCode::kUnavailable, "the ledger: " + says};
}

bool take_notifications(soci::session& session) {
  PGconn* const connection = backend_of(session)->conn_;
  if (PQconsumeInput(connection) == 0)
    throw soci::soci_error("the connection is lost: " + std::string(PQerrorMessage(connection)));
  bool any = false;
  while (PGnotify* const notification = PQnotifies(connection)) {
    PQfreemem(notification);
    any = true;
  }
  return any;
}

}  // namespace postreeve
