#include "store/ledger/table_copy.h"

#include <soci/soci.h>

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/ledger/sql.h"

namespace postreeve {
namespace {

std::string text_of(const soci::row& row, std::size_t i) {
  switch (row.get_properties(i).get_data_type()) {
    case soci::dt_string:
      return row.get<std::string>(i);
    case soci::dt_integer:
      return std::to_string(row.get<int>(i));
    case soci::dt_long_long:
      return std::to_string(row.get<long long>(i));
    case soci::dt_double:
      return fmt::format("{}", row.get<double>(i));
    default:
      throw std::runtime_error("the ledger has a column of an unknown kind");
  }
}

std::string insertion(const std::string& table, const std::string& key, const TableRows& rows) {
  std::vector<std::string> places;
  std::vector<std::string> updates;
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    places.push_back(fmt::format(":c{}", i));
    updates.push_back(fmt::format("{0} = excluded.{0}", rows.columns[i]));
  }
  std::string text = fmt::format("INSERT INTO {} ({}) VALUES ({})", table, fmt::join(rows.columns, ", "),
                                 fmt::join(places, ", "));
  if (!key.empty()) text += fmt::format(" ON CONFLICT ({}) DO UPDATE SET {}", key, fmt::join(updates, ", "));
  return text;
}

}  // namespace

std::size_t TableRows::column(const std::string& name) const {
  const auto found = std::ranges::find(columns, name);
  if (found == columns.end()) throw std::out_of_range("no column " + name);
  return static_cast<std::size_t>(found - columns.begin());
}

TableRows read_table(soci::session& session, const std::string& query,
                     const std::vector<std::string>& values) {
  TableRows result;
  soci::details::prepare_temp_type prepared = session.prepare << query;
  for (const std::string& value : values) prepared, soci::use(value);
  const soci::rowset<soci::row> rows = prepared;
  for (const soci::row& row : rows) {
    if (result.columns.empty()) {
      for (std::size_t i = 0; i < row.size(); ++i) result.columns.push_back(row.get_properties(i).get_name());
    }
    std::vector<std::string>& texts = result.rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) texts.push_back(text_of(row, i));
  }
  return result;
}

void put_rows(soci::session& session, const std::string& table, const std::string& key,
              const TableRows& rows) {
  if (rows.rows.empty()) return;
  const std::string text = insertion(table, key, rows);
  for (const std::vector<std::string>& row : rows.rows) execute_with(session, text, row);
}

}  // namespace postreeve
