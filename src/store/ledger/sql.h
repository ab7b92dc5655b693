// SOCI in the shape that the books need. For .cc files of this folder only.
//
// Statements are sent once and not prepared for later: on PostgreSQL that is one round trip instead of three.
// Values are bound in the order of the text's placeholders (":name"); nothing is ever written into the text.
// Everything here throws what SOCI throws: the database turns that into errors.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "base/result.h"

namespace postreeve {

// Carries out one statement; how many rows it changed.
template <typename... Values>
long long execute(soci::session& session, const std::string& text, const Values&... values) {
  soci::statement statement(session);
  (statement.exchange(soci::use(values)), ...);
  statement.alloc();
  statement.prepare(text, soci::details::st_one_time_query);
  statement.define_and_bind();
  statement.execute(true);
  return statement.get_affected_rows();
}

// The same with values that are known when the program runs only. Of columns of numbers too: both databases
// take their texts.
inline long long execute_with(soci::session& session, const std::string& text,
                              const std::vector<std::string>& values) {
  soci::statement statement(session);
  for (const std::string& value : values) statement.exchange(soci::use(value));
  statement.alloc();
  statement.prepare(text, soci::details::st_one_time_query);
  statement.define_and_bind();
  statement.execute(true);
  return statement.get_affected_rows();
}

// What on_row() may say: whether it wants more rows.
enum class Rows : std::uint8_t { kMore, kEnough };

// Calls `on_row()` for every row once its columns are in `row` (std::tie(...)); ends with its first error, or
// with kEnough when it returns Result<Rows>. PostgreSQL sends all rows all the same: let a LIMIT end what can
// be many, where SQL can say it.
template <typename... Columns, typename OnRow, typename... Values>
Result<void> each_row(soci::session& session, const std::string& text, std::tuple<Columns&...> row,
                      OnRow on_row, const Values&... values) {
  soci::statement statement(session);
  std::apply([&](auto&... columns) { (statement.exchange(soci::into(columns)), ...); }, row);
  (statement.exchange(soci::use(values)), ...);
  statement.alloc();
  statement.prepare(text, soci::details::st_one_time_query);
  statement.define_and_bind();
  statement.execute();
  while (statement.fetch()) {
    const auto outcome = on_row();
    if (!outcome) return fail(outcome.error());
    if constexpr (!std::is_same_v<decltype(outcome), const Result<void>>) {
      if (*outcome == Rows::kEnough) return {};
    }
  }
  return {};
}

// Reads the first row into `row`; false when there is none.
template <typename... Columns, typename... Values>
bool first_row(soci::session& session, const std::string& text, std::tuple<Columns&...> row,
               const Values&... values) {
  soci::statement statement(session);
  std::apply([&](auto&... columns) { (statement.exchange(soci::into(columns)), ...); }, row);
  (statement.exchange(soci::use(values)), ...);
  statement.alloc();
  statement.prepare(text, soci::details::st_one_time_query);
  statement.define_and_bind();
  return statement.execute(true);
}

// Of a LIMIT that bounds nothing.
inline constexpr long long kAllRows = std::numeric_limits<long long>::max();

// An enumerator as its column holds it.
template <typename Enum>
[[nodiscard]] std::string word(Enum value) {
  return std::string(to_text(value));
}

[[nodiscard]] constexpr int flag(bool value) noexcept {
  return value ? 1 : 0;
}

}  // namespace postreeve
