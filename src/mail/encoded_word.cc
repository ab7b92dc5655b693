#include "mail/encoded_word.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace postreeve {
namespace {

// The three parts of "=?charset?encoding?text?=".
struct EncodedWord {
  std::string_view charset;
  char encoding = 0;
  std::string_view text;
  std::size_t length = 0;
};

std::optional<EncodedWord> split_encoded_word(std::string_view word) noexcept {
  constexpr std::size_t kMaxCharset = 40;
  if (!word.starts_with("=?")) return std::nullopt;
  const std::size_t charset_end = word.substr(0, kMaxCharset).find('?', 2);
  if (charset_end == std::string_view::npos || charset_end + 3 >= word.size()) return std::nullopt;
  if (word[charset_end + 2] != '?') return std::nullopt;
  const std::size_t text_start = charset_end + 3;
  const std::size_t text_end = word.find('?', text_start);
  if (text_end == std::string_view::npos || !word.substr(text_end).starts_with("?=")) return std::nullopt;
  const std::string_view text = word.substr(text_start, text_end - text_start);
  if (std::ranges::any_of(text, is_space)) return std::nullopt;
  std::string_view charset = word.substr(2, charset_end - 2);
  charset = charset.substr(0, charset.find('*'));  // RFC 2231 5: "utf-8*en"
  return EncodedWord{charset, to_lower(word[charset_end + 1]), text, text_end + 2};
}

std::string decode_q(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '=' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (escape) {
      bytes += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      i += 2;
    } else {
      bytes += text[i] == '_' ? ' ' : text[i];
    }
  }
  return bytes;
}

int base64_value(char c) noexcept {
  if (is_upper(c)) return c - 'A';
  if (is_lower(c)) return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

std::string decode_b(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (char const c : text) {
    const int value = base64_value(c);
    if (value < 0) continue;  // padding and rubbish
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

void append_utf8(std::string& out, unsigned point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  }
}

// windows-1252 0x80..0x9f; elsewhere it is ISO-8859-1.
constexpr unsigned kWindows1252[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178,
};

std::string from_windows_1252(std::string_view bytes) {
  std::string text;
  for (char const c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    append_utf8(text, byte >= 0x80 && byte < 0xa0 ? kWindows1252[byte - 0x80] : byte);
  }
  return text;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) noexcept {
  return std::ranges::any_of(names, [name](std::string_view n) { return equals_ignoring_case(n, name); });
}

// Returns nullopt for an encoding or charset not known here.
std::optional<std::string> decode(const EncodedWord& word) {
  if (word.encoding != 'q' && word.encoding != 'b') return std::nullopt;
  const bool latin = is_one_of(word.charset, {"iso-8859-1", "latin1", "windows-1252", "cp1252"});
  if (!latin && !is_one_of(word.charset, {"utf-8", "utf8", "us-ascii"})) return std::nullopt;
  std::string const bytes = word.encoding == 'q' ? decode_q(word.text) : decode_b(word.text);
  return latin ? from_windows_1252(bytes) : bytes;
}

// Length of the UTF-8 character at the start of `text` (RFC 3629 4); 0 when it is none.
std::size_t character_length(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [byte](std::size_t i) { return byte(i) >> 6 == 2; };
  const unsigned first = byte(0);
  const unsigned second = byte(1);
  if (first < 0x80) return 1;
  if (first < 0xc2 || !continues(1)) return 0;
  if (first < 0xe0) return 2;
  if (!continues(2)) return 0;
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool beyond = (first == 0xed && second >= 0xa0) || (first == 0xf4 && second >= 0x90) || first > 0xf4;
  if (overlong || beyond) return 0;
  if (first < 0xf0) return 3;
  return continues(3) ? 4 : 0;
}

bool is_c1_control(std::string_view character) noexcept {
  return character.size() == 2 && character[0] == '\xc2' && static_cast<unsigned char>(character[1]) < 0xa0;
}

std::string clean_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0)
      clean += "\xef\xbf\xbd";
    else if (is_control(character[0]) || is_c1_control(character))
      clean += ' ';
    else
      clean += character;
    text.remove_prefix(character.size());
  }
  return clean;
}

}  // namespace

std::size_t encoded_word_length(std::string_view text) noexcept {
  const auto word = split_encoded_word(text);
  return word ? word->length : 0;
}

std::string decode_header_text(std::string_view text) {
  std::string decoded;
  bool behind_word = false;
  while (!text.empty()) {
    const std::size_t start = text.find("=?");
    const std::string_view between = text.substr(0, start);
    text.remove_prefix(between.size());
    const auto word = split_encoded_word(text);
    const auto plain = word ? decode(*word) : std::nullopt;
    if (!plain || !behind_word || !trim(between).empty()) decoded += between;
    if (plain) {
      decoded += *plain;
      text.remove_prefix(word->length);
      behind_word = true;
    } else {
      decoded += text.substr(0, 2);  // "=?" that starts no word, or nothing
      text.remove_prefix(std::min<std::size_t>(2, text.size()));
      behind_word = false;
    }
  }
  return clean_utf8(decoded);
}

}  // namespace postreeve
