// The file of `postreeve list import`: a value a line; '#' begins a comment at the start of a line or after
// white space.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/ledger/list_book.h"

namespace postreeve {

struct ListFile {
  std::vector<std::string> values;    // in the form in which they are kept
  std::vector<std::string> problems;  // "trusted.txt:7: '192.0.2.0/99' is ..."
};

// A list that is none is the daemon's to complain about: values are taken as they stand then.
[[nodiscard]] ListFile read_list_file(std::string_view text, const std::string& name, std::string_view list);

}  // namespace postreeve
