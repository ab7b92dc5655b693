// What is SQLite's own in the ledger: opening a file, its errors, its damage, its copies.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>

#include "base/result.h"

namespace soci {
class session;
}

namespace postreeve {

struct SqliteSessionOptions {
  std::string path;
  bool read_only = false;
  std::uint32_t most_pages = 0;  // of 4 KiB that the file may take; 0: no bound
};

// Opens the file, which must be there, in WAL mode with synchronous = FULL and foreign keys. A lock that
// another connection holds is waited for at least five seconds, here and in all that the session does.
[[nodiscard]] Result<std::unique_ptr<soci::session>> open_sqlite(const SqliteSessionOptions& options);

// Makes an empty file that only its owner may read. Nothing happens when it is there.
[[nodiscard]] Result<void> make_private_file(const std::string& path);

// A process that had the file open did not close it: it may have been killed, or the machine lost power.
[[nodiscard]] bool was_left_open(const std::string& path);
// Reads the ledger's tables whole. kCorrupt says what is wrong first.
[[nodiscard]] Result<void> check_tables(soci::session& session);
// kCorrupt when the file belongs to another program; marks an empty one as ours.
[[nodiscard]] Result<void> claim_file(soci::session& session);

// Copies what is committed into a new file that is complete or not there. kConflict when it is there.
[[nodiscard]] Result<void> copy_database(soci::session& session, const std::string& file);

[[nodiscard]] bool in_sqlite_transaction(soci::session& session);
// As error_of() (sql_session.h), of what SQLite threw or anybody but PostgreSQL.
[[nodiscard]] Error error_of_sqlite(const std::exception& thrown);

}  // namespace postreeve
