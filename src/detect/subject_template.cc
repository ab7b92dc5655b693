#include "detect/subject_template.h"

#include <algorithm>

#include "base/ascii.h"
#include "detect/odd_text.h"

namespace postreeve {
namespace {

constexpr std::size_t kLeastWords = 3;
constexpr std::size_t kLeastLetters = 12;
// Scripts without spaces: a letter takes three bytes, a word one or two of them.
constexpr std::size_t kLeastForeignBytes = 24;

// Letters of any script: bytes beyond ASCII belong to one.
bool is_letter(char c) noexcept {
  return is_alpha(c) || static_cast<unsigned char>(c) >= 0x80;
}

// "Re:", "AW:", "Fwd[2]:": at most five letters, then a colon, however often.
bool is_answer(std::string_view subject) noexcept {
  static constexpr std::string_view kMarks[] = {"re",  "aw",  "antw", "sv", "vs", "odp", "rif",
                                                "ynt", "fwd", "fw",   "wg", "tr", "vb",  "pd"};
  const std::size_t colon = subject.find(':');
  if (colon > 8) return false;  // or none
  std::string_view mark = trim(subject.substr(0, colon));
  if (const std::size_t count = mark.find_first_of("[(^"); count != std::string_view::npos)
    mark = mark.substr(0, count);
  return std::ranges::any_of(kMarks, [&](std::string_view m) { return equals_ignoring_case(m, mark); });
}

// A list or a ticket system writes its name in front.
std::string_view without_tag(std::string_view subject) noexcept {
  subject = trim(subject);
  const std::size_t end = subject.find(']');
  if (!subject.starts_with('[') || end == std::string_view::npos) return subject;
  return trim(subject.substr(end + 1));
}

struct Writer {
  std::span<char> out;
  std::size_t size = 0;
  std::size_t words = 0;
  std::size_t letters = 0;
  std::size_t foreign = 0;

  void put(char c) noexcept {
    if (size < std::min(out.size(), kMostTemplateBytes)) out[size++] = c;
  }

  void write(std::string_view token) noexcept {
    if (size > 0) put(' ');
    // Random letters, an order's number, a hash: another one in every message.
    if (std::ranges::any_of(token, is_digit) || looks_random(token)) {
      put('#');
      return;
    }
    if (token.size() >= 2) ++words;
    for (const char c : token) {
      put(to_lower(c));
      ++(is_alpha(c) ? letters : foreign);
    }
  }
};

}  // namespace

std::size_t write_subject_template(std::string_view subject, std::span<char> out) noexcept {
  const std::string_view text = without_tag(subject);
  if (is_answer(text)) return 0;
  Writer writer{.out = out};
  for (std::size_t at = 0; at < text.size();) {
    const auto is_part = [&](std::size_t i) { return is_letter(text[i]) || is_digit(text[i]); };
    if (!is_part(at)) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_part(end)) ++end;
    writer.write(text.substr(at, end - at));
    at = end;
  }
  const bool by_words = writer.words >= kLeastWords && writer.letters + writer.foreign / 2 >= kLeastLetters;
  return by_words || writer.foreign >= kLeastForeignBytes ? writer.size : 0;
}

}  // namespace postreeve
