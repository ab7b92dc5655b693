#include "app/list_file.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"

namespace postreeve {
namespace {

std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || is_space(line[i - 1]))) return line.substr(0, i);
  }
  return line;
}

}  // namespace

ListFile read_list_file(std::string_view text, const std::string& name, std::string_view list) {
  ListFile file;
  const auto known = list_name_from_text(list);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view value = trim(without_comment(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (value.empty()) continue;
    if (!known) {
      file.values.emplace_back(value);
    } else if (Result<std::string> kept = canonical_list_value(*known, value)) {
      file.values.push_back(*std::move(kept));
    } else {
      file.problems.push_back(fmt::format("{}:{}: {}", name, number, kept.error().detail));
    }
  }
  return file;
}

}  // namespace postreeve
