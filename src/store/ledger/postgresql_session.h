// What is PostgreSQL's own in the ledger: connecting, its errors, and an end to waiting.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace soci {
class session;
}

namespace postreeve {

struct PostgresqlServer {
  std::string connection;     // a URI (postgresql://...) or keywords, as libpq reads them; empty: none
  std::string password_file;  // empty: none is sent
  std::chrono::milliseconds timeout{3'000};  // for connecting, and for all of one transaction

  friend bool operator==(const PostgresqlServer&, const PostgresqlServer&) = default;
};

// kInvalidInput says what is wrong with the connection: no URI, an unknown keyword, a password in it.
[[nodiscard]] Result<void> check_connection(const std::string& connection);
// For messages: the host and database of a connection, nothing secret.
[[nodiscard]] std::string name_of(const PostgresqlServer& server);

// As the value of a keyword, in the syntax that libpq and SOCI share.
[[nodiscard]] std::string quoted_for_libpq(std::string_view value);

// A session whose statements the server ends within `timeout`, and whose transactions it ends when their
// client falls silent that long. kUnavailable when nobody answers in time (whole seconds, at least two) or
// the password file cannot be read.
[[nodiscard]] Result<std::unique_ptr<soci::session>> open_postgresql(const PostgresqlServer& server);

// The connection's socket, for a TimeLimit and for waiting on notifications; -1 when it is closed.
[[nodiscard]] int socket_of(soci::session& session);

[[nodiscard]] bool in_postgresql_transaction(soci::session& session);
[[nodiscard]] Error error_of_postgresql(std::string_view sqlstate, std::string says);
[[nodiscard]] bool is_server_trouble(std::string_view sqlstate);

// All who write the ledger, on whatever node, do so one after the other: the first statement of a writing
// transaction. It is what makes the numbers of rows appear in their order.
inline constexpr const char* kTakeTurn = "SELECT pg_advisory_xact_lock(5787213827046133842)";

// Reads away what notifications have come; true when there were any. Throws when the connection is lost.
[[nodiscard]] bool take_notifications(soci::session& session);

}  // namespace postreeve
