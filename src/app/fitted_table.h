// A table that fits a terminal of 100 columns: what is too long in its last column goes on below.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postreeve {

inline constexpr std::size_t kTableWidth = 100;

struct FittedColumn {
  std::string title;
  bool is_number = false;
};

// Cells are made printable. Two spaces before each line and between columns. When the other columns leave the
// last one too little room, it stands in lines of its own below its row. Only a word, or a cell that is not
// the last, may be wider than the table.
[[nodiscard]] std::string fitted_table(const std::vector<FittedColumn>& columns,
                                       const std::vector<std::vector<std::string>>& rows);

// Lines of at most `width` characters, broken at spaces; a longer word stands alone.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace postreeve
