// The ledger's tables by version: what turns a file of any older version into one of this version.
//
// A step is never changed once it was released; a change of the tables is a further step. The SQL is plain
// enough for SQLite 3.40 and PostgreSQL 15: TEXT, BIGINT (times in milliseconds since 1970, counts), SMALLINT
// (0 or 1) and DOUBLE PRECISION.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace soci {
class session;
}

namespace postreeve {

enum class SqlDialect : std::uint8_t { kSqlite, kPostgresql };

// The version that the steps below end at.
[[nodiscard]] std::uint32_t ledger_version() noexcept;
// The statements that turn `version - 1` into `version`; 1..ledger_version(). "{clustered}" stands for what
// makes a table lie in the order of its key.
[[nodiscard]] std::span<const std::string_view> migration_to(std::uint32_t version);
// Every table of the ledger but the one that holds the version.
[[nodiscard]] std::span<const std::string_view> ledger_tables() noexcept;

// The version of the tables; 0 when there are none. Throws what SOCI throws.
[[nodiscard]] std::uint32_t stored_version(soci::session& session, SqlDialect dialect);
// Carries out the steps up to `to`, inside the caller's transaction. Nothing happens when a newer version
// made tables that this one may use (ledger_schema.oldest_reader); kCorrupt when it may not. Throws what SOCI
// throws.
[[nodiscard]] Result<void> migrate(soci::session& session, SqlDialect dialect, std::uint32_t to);

}  // namespace postreeve
