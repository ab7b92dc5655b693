#include "store/ledger/sql_session.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <string_view>

#include "store/ledger/postgresql_session.h"
#include "store/ledger/sqlite_session.h"

namespace postreeve {

bool is_postgresql(soci::session& session) {
  return session.get_backend_name() == "postgresql";
}

bool in_transaction(soci::session& session) {
  return is_postgresql(session) ? in_postgresql_transaction(session) : in_sqlite_transaction(session);
}

Error error_of(const std::exception& thrown) {
  if (const auto* of_server = dynamic_cast<const soci::postgresql_soci_error*>(&thrown))
    return error_of_postgresql(of_server->sqlstate(), of_server->get_error_message());
  return error_of_sqlite(thrown);
}

Error rolled_back(soci::session& session, const std::exception& thrown) {
  Error error = error_of(thrown);
  try {
    if (in_transaction(session)) session << "ROLLBACK";
    return error;
  } catch (const std::exception& again) {
    return error_of(again);
  }
}

bool is_server_trouble(const std::exception& thrown) {
  const auto* of_server = dynamic_cast<const soci::postgresql_soci_error*>(&thrown);
  return of_server != nullptr && is_server_trouble(of_server->sqlstate());
}

}  // namespace postreeve
