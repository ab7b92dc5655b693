#include "store/ledger/server_tables.h"

#include <soci/soci.h>

#include "store/ledger/migrations.h"
#include "store/ledger/postgresql_session.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql.h"
#include "store/ledger/sql_session.h"

namespace postreeve {
namespace {

// The server's clock: the nodes' own may differ.
constexpr const char* kNow = "CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT)";

Result<void> migrate_on_server(soci::session& session) {
  session << "BEGIN";
  session << kTakeTurn;
  // A large table may take its time; those who wait for the turn spool meanwhile.
  session << "SET LOCAL statement_timeout = 0";
  auto migrated = migrate(session, SqlDialect::kPostgresql, ledger_version());
  session << (migrated ? "COMMIT" : "ROLLBACK");
  return migrated;
}

void enter(soci::session& session, const std::string& node, const LedgerNode& who) {
  execute(session,
          std::string("INSERT INTO ledger_node (id, name, version, heartbeat, written, spooled, waiting)"
                      " VALUES (:id, :name, :version, ") +
              kNow +
              ", 0, 0, 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
              " version = excluded.version, heartbeat = excluded.heartbeat",
          node, stored_line(who.name, 320), stored_line(who.version, 64));
}

template <typename Ask>
auto caught(soci::session& session, Ask ask) -> decltype(ask()) {
  try {
    return ask();
  } catch (const std::exception& thrown) {
    return fail(rolled_back(session, thrown));
  }
}

}  // namespace

Result<bool> are_up_to_date(soci::session& session) {
  return caught(session, [&]() -> Result<bool> {
    return stored_version(session, SqlDialect::kPostgresql) == ledger_version();
  });
}

Result<void> bring_up_to_date(soci::session& session) {
  return caught(session, [&] { return migrate_on_server(session); });
}

Result<void> enter_node(soci::session& session, const std::string& node, const LedgerNode& who) {
  return caught(session, [&]() -> Result<void> {
    enter(session, node, who);
    return {};
  });
}

bool try_duty(soci::session& session) {
  int has_it = 0;
  first_row(session, "SELECT CASE WHEN pg_try_advisory_lock(5787213827046133843) THEN 1 ELSE 0 END",
            std::tie(has_it));
  return has_it != 0;
}

void beat(soci::session& session, const std::string& node, std::uint64_t spooled) {
  execute(session,
          std::string("UPDATE ledger_node SET waiting = :waiting, heartbeat = ") + kNow + " WHERE id = :id",
          static_cast<long long>(spooled), node);
}

void forget_silent_nodes(soci::session& session) {
  constexpr long long kWeek = 7LL * 24 * 3'600'000;
  execute(session, std::string("DELETE FROM ledger_node WHERE heartbeat < ") + kNow + " - :week", kWeek);
}

}  // namespace postreeve
