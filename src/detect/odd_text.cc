#include "detect/odd_text.h"

#include <algorithm>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostBytes = 64;
constexpr std::size_t kLeastWord = 5;

constexpr bool is_vowel(char c) noexcept {
  return std::string_view("aeiouy").find(to_lower(c)) != std::string_view::npos;
}

// Changes between lower and upper case inside a word: "McDonald" has two, "ZYaeD" two beside a
// leading pair of capitals, "iPhone" one.
int case_changes(std::string_view word) noexcept {
  int changes = 0;
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (is_lower(word[i - 1]) && is_upper(word[i])) ++changes;
    if (i >= 2 && is_upper(word[i - 2]) && is_upper(word[i - 1]) && is_lower(word[i])) ++changes;
  }
  return changes;
}

// The longest run of consonants; five exist in few words of few languages ("Angstschweiss").
std::size_t consonant_run(std::string_view word) noexcept {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : word) {
    run = is_alpha(c) && !is_vowel(c) ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

bool digits_inside(std::string_view word) noexcept {
  for (std::size_t i = 1; i + 1 < word.size(); ++i) {
    if (is_digit(word[i]) && is_alpha(word[i - 1]) && is_alpha(word[i + 1])) return true;
  }
  return false;
}

bool word_looks_random(std::string_view word) noexcept {
  if (word.size() < kLeastWord) return false;
  const bool has_lower = std::ranges::any_of(word, is_lower);
  if (!has_lower) return word.size() >= 8 && consonant_run(word) >= 6;  // acronyms, order numbers
  return case_changes(word) >= 2 || consonant_run(word) >= 6 ||
         (digits_inside(word) && case_changes(word) >= 1);
}

}  // namespace

bool looks_random(std::string_view text) noexcept {
  text = text.substr(0, kMostBytes);
  while (!text.empty()) {
    const auto end = std::ranges::find_if(text, [](char c) { return !is_alnum(c); });
    const std::string_view word(text.begin(), end);
    if (word_looks_random(word)) return true;
    text.remove_prefix(word.size() + (end == text.end() ? 0 : 1));
  }
  return false;
}

}  // namespace postreeve
