#include "queue_helper/bounce.h"

#include <algorithm>

#include "base/ascii.h"

namespace postreeve {
namespace {

// The report and the returned header come first; the rest is the returned body.
constexpr std::size_t kMostLines = 2000;
constexpr std::size_t kMostIdBytes = 250;

std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool has_name(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         equals_ignoring_case(line.substr(0, name.size()), name);
}

std::string_view value_of(std::string_view line) {
  return trim(line.substr(line.find(':') + 1));
}

bool is_message_id(std::string_view text) {
  return text.size() > 2 && text.size() <= kMostIdBytes && text.front() == '<' && text.back() == '>' &&
         std::ranges::none_of(text, [](char c) { return is_space(c) || is_control(c); });
}

bool is_queue_id(std::string_view text) {
  return !text.empty() && text.size() <= 40 &&
         std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-'; });
}

class Originals {
 public:
  void add(std::string_view id) {
    const bool is_one = is_message_id(id) || is_queue_id(id);
    if (is_one && found_.size() < kMostBounceOriginals && std::ranges::find(found_, id) == found_.end())
      found_.emplace_back(id);
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(found_); }

 private:
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> originals_of_bounce(std::string_view content) {
  Originals originals;
  bool is_report = false;
  bool is_header = true;
  for (std::size_t i = 0; i < kMostLines && !content.empty(); ++i) {
    const std::string_view line = next_line(content);
    if (is_header && line.empty()) {
      is_header = false;
      if (!is_report) return {};
    } else if (is_header) {
      is_report |= has_name(line, "Auto-Submitted") || has_name(line, "X-Failed-Recipients");
      if (has_name(line, "References")) originals.add(value_of(line));
    } else if (has_name(line, "X-Postfix-Queue-ID") || has_name(line, "Message-ID")) {
      originals.add(value_of(line));
    }
  }
  return is_report ? originals.take() : std::vector<std::string>{};
}

}  // namespace postreeve
