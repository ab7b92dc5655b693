#include "store/ledger/numbering.h"

#include <string>

#include "store/ledger/sql.h"
#include "store/ledger/sql_session.h"

namespace postreeve {

std::uint64_t take_numbers(soci::session& session, std::string_view kind, std::uint64_t count) {
  const std::string name(kind);
  const auto more = static_cast<long long>(count);
  // The row stays locked until the commit, so that nobody else reads the same value.
  execute(session,
          "INSERT INTO ledger_number (name, value) VALUES (:name, :more)"
          " ON CONFLICT (name) DO UPDATE SET value = ledger_number.value + excluded.value",
          name, more);
  long long last = 0;
  first_row(session, "SELECT value FROM ledger_number WHERE name = :name", std::tie(last), name);
  return static_cast<std::uint64_t>(last - more + 1);
}

std::uint64_t announce(soci::session& session, std::string_view what) {
  const std::uint64_t number = take_numbers(session, what);
  if (is_postgresql(session)) session << std::string("NOTIFY ") + kChannel;
  return number;
}

}  // namespace postreeve
