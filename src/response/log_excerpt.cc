#include "response/log_excerpt.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <functional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"

namespace postreeve {
namespace {

bool is_word(char c) {
  constexpr std::string_view kJoins = ".-_@+";
  return is_alnum(c) || kJoins.find(c) != std::string_view::npos;
}

// `line` and `needle` in lower case.
bool has_word(std::string_view line, std::string_view needle) {
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

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

// Words to look for. A large incident has thousands of queue IDs, and the log a million lines: those that are
// one word (all but odd names of accounts) are looked up, not searched for.
class Needles {
 public:
  explicit Needles(const std::vector<std::string>& needles) {
    for (const std::string& needle : needles) {
      std::string lower = to_lower(needle);
      if (lower.empty()) continue;
      if (std::ranges::all_of(lower, is_word)) {
        words_.insert(std::move(lower));
      } else {
        others_.push_back(std::move(lower));
      }
    }
  }

  [[nodiscard]] bool are_in(const std::string& line) const {
    const std::string lower = to_lower(line);
    return has_one_of_the_words(lower) ||
           std::ranges::any_of(others_, [&](const std::string& needle) { return has_word(lower, needle); });
  }

 private:
  [[nodiscard]] bool has_one_of_the_words(std::string_view line) const {
    while (!line.empty()) {
      const auto begin = std::ranges::find_if(line, is_word);
      line.remove_prefix(static_cast<std::size_t>(begin - line.begin()));
      std::string_view word =
          line.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(line, is_word) - line.begin()));
      line.remove_prefix(word.size());
      if (words_.contains(word)) return true;
      // A sentence may end behind it.
      if (!word.empty() && !is_alnum(word.back())) word.remove_suffix(1);
      if (!word.empty() && words_.contains(word)) return true;
    }
    return false;
  }

  std::unordered_set<std::string, TextHash, std::equal_to<>> words_;
  std::vector<std::string> others_;
};

}  // namespace

Result<std::string> excerpt_of(const std::string& file, const std::vector<std::string>& needles,
                               const ExcerptLimits& limits) {
  std::ifstream log(file, std::ios::binary | std::ios::ate);
  if (!log) return fail(ErrorCode::kUnavailable, file + " cannot be read");
  const Needles wanted(needles);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(log.tellg(), 0));
  const std::size_t begin = size > limits.most_read ? size - limits.most_read : 0;
  log.seekg(static_cast<std::streamoff>(begin));
  std::string line;
  if (begin > 0) std::getline(log, line);  // the rest of one that began before
  std::deque<std::string> kept;
  std::size_t bytes = 0;
  while (std::getline(log, line)) {
    if (!wanted.are_in(line)) continue;
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
