#include "store/ledger/node_book.h"

#include "store/ledger/migrations.h"
#include "store/ledger/postgresql_session.h"
#include "store/ledger/rows.h"
#include "store/ledger/server_tables.h"
#include "store/ledger/sql.h"
#include "store/ledger/sql_session.h"

namespace postreeve {

Result<std::vector<NodeRow>> nodes_of(const LedgerDatabase& database) {
  const LedgerHealth health = database.health();
  std::vector<NodeRow> nodes;
  if (!health.has_server) return nodes;
  if (!health.is_up) return fail(ErrorCode::kUnavailable, "PostgreSQL is away: " + health.trouble);
  const auto outcome = database.read([&](soci::session& session) {
    NodeRow node;
    long long heartbeat = 0;
    long long spooled = 0;
    const auto on_row = [&]() -> Result<void> {
      node.heartbeat = time_from(heartbeat);
      node.spooled = static_cast<std::uint64_t>(spooled);
      nodes.push_back(node);
      return {};
    };
    return each_row(session,
                    "SELECT id, name, version, heartbeat, waiting FROM ledger_node ORDER BY name, id",
                    std::tie(node.id, node.name, node.version, heartbeat, spooled), on_row);
  });
  if (!outcome) return fail(outcome.error());
  return nodes;
}

Result<std::optional<std::string>> who_serves(const PostgresqlServer& server) {
  const auto session = open_postgresql(server);
  if (!session) return fail(session.error());
  try {
    // One of the nodes that are there has it, whichever.
    if (try_duty(**session)) return std::nullopt;
    std::string name = "another machine";
    if (stored_version(**session, SqlDialect::kPostgresql) > 0)
      first_row(**session, "SELECT name FROM ledger_node ORDER BY heartbeat DESC LIMIT 1", std::tie(name));
    return name;
  } catch (const std::exception& thrown) {
    return fail(error_of(thrown));
  }
}

}  // namespace postreeve
