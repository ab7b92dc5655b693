// One SQL statement of the configuration, with the names that it binds:
//
//   UPDATE users SET abused = 1 WHERE login = :account
//
// The library that runs it (SOCI) looks for these names too, and each backend of it in a way of its own; the
// one for MySQL puts quoted texts in their place. So only statements are taken that all of them read alike:
// no name within quotation marks, no comment, no backslash, no $, and nothing after a semicolon.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postreeve {

struct SqlStatement {
  std::string text;
  std::vector<std::string> names;  // without the colon, each once, in the order of their first use

  [[nodiscard]] bool binds(std::string_view name) const;
};

// kInvalidInput, in words for the person who wrote it, when it is empty, binds a name that is none of `known`
// or is written in a way described above. A semicolon at its end is dropped. Any thread.
[[nodiscard]] Result<SqlStatement> read_statement(std::string_view text,
                                                  std::initializer_list<std::string_view> known);

}  // namespace postreeve
