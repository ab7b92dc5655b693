#include "response/outside_text.h"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "base/ascii.h"
#include "base/printable.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};
// Unicode's format characters and separators that have no form of their own.
constexpr Range kUnseen[] = {{0x00ad, 0x00ad}, {0x061c, 0x061c},   {0x180e, 0x180e}, {0x200b, 0x200f},
                             {0x2028, 0x202e}, {0x2060, 0x206f},   {0xfeff, 0xfeff}, {0xfff9, 0xfffb},
                             {0x115f, 0x1160}, {0xe0000, 0xe007f}, {0x3164, 0x3164}};

// Of a sequence that utf8_length() found valid.
char32_t code_point(std::string_view sequence) {
  if (sequence.size() == 1) return static_cast<unsigned char>(sequence[0]);
  char32_t code = static_cast<unsigned char>(sequence[0]) & (0xffU >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) code = code << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  return code;
}

bool is_seen(char32_t code) {
  return std::ranges::none_of(
      kUnseen, [code](const Range& range) { return code >= range.first && code <= range.last; });
}

bool is_plain_in_a_shell(char c) {
  return is_alnum(c) || std::string_view("@%+=:,./_-").contains(c);
}

}  // namespace

std::string outside_text(std::string_view text, std::size_t most_bytes) {
  const std::string line = stored_line(text, most_bytes);
  std::string seen;
  std::string_view rest = line;
  while (!rest.empty()) {
    const std::string_view sequence = rest.substr(0, std::max<std::size_t>(1, utf8_length(rest)));
    if (is_seen(code_point(sequence))) seen += sequence;
    rest.remove_prefix(sequence.size());
  }
  return seen;
}

std::string shell_word(std::string_view text) {
  if (!text.empty() && !text.starts_with('-') && std::ranges::all_of(text, is_plain_in_a_shell))
    return std::string(text);
  std::string quoted("'");
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + '\'';
}

std::string json_escaped(std::string_view text) {
  const std::string quoted = boost::json::serialize(boost::json::string(text));
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace postreeve
