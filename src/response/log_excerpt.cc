#include "response/log_excerpt.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <string_view>

#include "base/ascii.h"

namespace postreeve {
namespace {

bool is_word(char c) {
  constexpr std::string_view kJoins = ".-_@+";
  return is_alnum(c) || kJoins.find(c) != std::string_view::npos;
}

// `line` and `needle` in lower case.
bool has_word(std::string_view line, std::string_view needle) {
  if (needle.empty()) return false;
  for (std::size_t at = line.find(needle); at != std::string_view::npos; at = line.find(needle, at + 1)) {
    const std::size_t end = at + needle.size();
    // A sentence may end behind it: only what goes on after the sign makes another word.
    const bool begins = at == 0 || !is_word(line[at - 1]);
    const bool ends = end == line.size() || !is_word(line[end]) ||
                      (!is_alnum(line[end]) && (end + 1 == line.size() || !is_word(line[end + 1])));
    if (begins && ends) return true;
  }
  return false;
}

bool speaks_of(const std::string& line, const std::vector<std::string>& needles) {
  const std::string lower = to_lower(line);
  return std::ranges::any_of(needles, [&](const std::string& needle) { return has_word(lower, needle); });
}

}  // namespace

Result<std::string> excerpt_of(const std::string& file, const std::vector<std::string>& needles,
                               const ExcerptLimits& limits) {
  std::ifstream log(file, std::ios::binary | std::ios::ate);
  if (!log) return fail(ErrorCode::kUnavailable, file + " cannot be read");
  std::vector<std::string> words;
  words.reserve(needles.size());
  for (const std::string& needle : needles) words.push_back(to_lower(needle));
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(log.tellg(), 0));
  const std::size_t begin = size > limits.most_read ? size - limits.most_read : 0;
  log.seekg(static_cast<std::streamoff>(begin));
  std::string line;
  if (begin > 0) std::getline(log, line);  // the rest of one that began before
  std::deque<std::string> kept;
  std::size_t bytes = 0;
  while (std::getline(log, line)) {
    if (!speaks_of(line, words)) continue;
    bytes += line.size() + 1;
    kept.push_back(line);
    while (bytes > limits.most_kept) {
      bytes -= kept.front().size() + 1;
      kept.pop_front();
    }
  }
  std::string text;
  text.reserve(bytes);
  for (const std::string& each : kept) text += each + "\n";
  return text;
}

}  // namespace postreeve
