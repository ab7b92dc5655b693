// Rows of the ledger's tables from one database into another, whatever their columns. For .cc files of this
// folder only. Everything here throws what SOCI throws.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace soci {
class session;
}

namespace postreeve {

struct TableRows {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // every value as its text

  [[nodiscard]] std::size_t column(const std::string& name) const;  // throws std::out_of_range
};

// `values` in the order of the query's places; of columns of numbers too.
[[nodiscard]] TableRows read_table(soci::session& session, const std::string& query,
                                   const std::vector<std::string>& values = {});

// Within a write. With `key` (columns, divided by ", ") rows that are there take the new values; without one
// there may be none.
void put_rows(soci::session& session, const std::string& table, const std::string& key,
              const TableRows& rows);

}  // namespace postreeve
