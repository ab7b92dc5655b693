// The request's target (RFC 9112 3.2): path and query, strictly decoded.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace postreeve {

struct HttpTarget {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
};

// Reads origin form ("/a/b?c=d&e") and absolute form ("http://host/a"), at most 100 query fields. A broken
// escape, an encoded slash, a control character, "." and ".." are kInvalidInput. '+' in a query is a space.
[[nodiscard]] Result<HttpTarget> parse_target(std::string_view target);

}  // namespace postreeve
