// SOCI in the shape that the books need. For .cc files of this folder only.
//
// Values are bound in the order of the text's placeholders (":name"); nothing is ever written into the text.
// Everything here throws what SOCI throws: the database turns that into errors.
#pragma once

#include <soci/soci.h>

#include <string>
#include <tuple>

#include "base/result.h"

namespace postreeve {

// Carries out one statement; how many rows it changed.
template <typename... Values>
long long execute(soci::session& session, const std::string& text, const Values&... values) {
  soci::statement statement(session);
  (statement.exchange(soci::use(values)), ...);
  statement.alloc();
  statement.prepare(text);
  statement.define_and_bind();
  statement.execute(true);
  return statement.get_affected_rows();
}

// Calls `on_row()` for every row once its columns are in `row` (std::tie(...)); ends with its first error.
template <typename... Columns, typename OnRow, typename... Values>
Result<void> each_row(soci::session& session, const std::string& text, std::tuple<Columns&...> row,
                      OnRow on_row, const Values&... values) {
  soci::statement statement(session);
  std::apply([&](auto&... columns) { (statement.exchange(soci::into(columns)), ...); }, row);
  (statement.exchange(soci::use(values)), ...);
  statement.alloc();
  statement.prepare(text);
  statement.define_and_bind();
  statement.execute();
  while (statement.fetch()) {
    if (Result<void> outcome = on_row(); !outcome) return outcome;
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
  statement.prepare(text);
  statement.define_and_bind();
  return statement.execute(true);
}

// An enumerator as its column holds it.
template <typename Enum>
[[nodiscard]] std::string word(Enum value) {
  return std::string(to_text(value));
}

[[nodiscard]] constexpr int flag(bool value) noexcept {
  return value ? 1 : 0;
}

}  // namespace postreeve
