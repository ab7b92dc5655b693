// What a session of either kind says of itself: its transaction, its errors. For .cc files of this folder
// only.
#pragma once

#include <exception>

#include "base/result.h"

namespace soci {
class session;
}

namespace postreeve {

[[nodiscard]] bool is_postgresql(soci::session& session);

// Whether a transaction is open: SQLite itself undoes one on some errors, a lost connection has none.
[[nodiscard]] bool in_transaction(soci::session& session);

// The error of what SOCI or the standard library threw. Never says bound values.
[[nodiscard]] Error error_of(const std::exception& thrown);

// Undoes the transaction that `thrown` ended, if one is open; its error, or what kept us from undoing.
[[nodiscard]] Error rolled_back(soci::session& session, const std::exception& thrown);

// Whether it is the server that has failed, not the statement: it is gone, has no room, is too busy, or was
// made a replica. Never true of SQLite.
[[nodiscard]] bool is_server_trouble(const std::exception& thrown);

}  // namespace postreeve
