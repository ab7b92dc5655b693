#include "intake/trace_text.h"

#include <cstdint>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kHexDigits = "0123456789abcdef";

constexpr unsigned char byte_at(std::string_view text, std::size_t at) noexcept {
  return static_cast<unsigned char>(text[at]);
}

// Length of the UTF-8 sequence that begins at `at`; 0 when there is none (RFC 3629 4).
std::size_t sequence_length(std::string_view text, std::size_t at) noexcept {
  const unsigned char first = byte_at(text, at);
  std::size_t length = 0;
  if (first >= 0xc2 && first <= 0xdf) length = 2;
  if (first >= 0xe0 && first <= 0xef) length = 3;
  if (first >= 0xf0 && first <= 0xf4) length = 4;
  if (length == 0 || text.size() - at < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, at + i) & 0xc0U) != 0x80) return 0;
  }
  const unsigned char second = byte_at(text, at + 1);
  const bool is_overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool is_surrogate = first == 0xed && second > 0x9f;
  const bool is_beyond = first == 0xf4 && second > 0x8f;
  return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto code = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kHexDigits[code >> 4U];
  out += kHexDigits[code & 0xfU];
}

constexpr bool needs_no_care(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0U | code >> 6U);
    put(0x80U | (code & 0x3fU));
  } else if (code < 0x10000) {
    put(0xe0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3fU));
    put(0x80U | (code & 0x3fU));
  } else {
    put(0xf0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3fU));
    put(0x80U | (code >> 6U & 0x3fU));
    put(0x80U | (code & 0x3fU));
  }
}

// The four digits behind "\u" at `at`; beyond U+FFFF when they are none.
std::uint32_t hex4(std::string_view text, std::size_t at) noexcept {
  constexpr std::uint32_t kNone = 0x110000;
  if (text.size() < at + 4) return kNone;
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const auto digit = kHexDigits.find(to_lower(text[i]));
    if (digit == std::string_view::npos) return kNone;
    value = value << 4U | static_cast<std::uint32_t>(digit);
  }
  return value;
}

constexpr bool is_high(std::uint32_t code) noexcept {
  return code >= 0xd800 && code <= 0xdbff;
}
constexpr bool is_low(std::uint32_t code) noexcept {
  return code >= 0xdc00 && code <= 0xdfff;
}

// Decodes "\uXXXX", perhaps a surrogate pair, whose backslash is at `at`; returns where to go on.
std::size_t append_unicode_escape(std::string& out, std::string_view text, std::size_t at) {
  const std::uint32_t code = hex4(text, at + 2);
  if (is_high(code) && text.substr(at + 6).starts_with("\\u")) {
    const std::uint32_t low = hex4(text, at + 8);
    if (is_low(low)) {
      append_utf8(out, 0x10000U + ((code - 0xd800U) << 10U) + (low - 0xdc00U));
      return at + 12;
    }
  }
  if (code > 0xffff) {
    out += kReplacement;
    return at + 2;
  }
  if (is_high(code) || is_low(code)) {
    out += kReplacement;
  } else {
    append_utf8(out, code);
  }
  return at + 6;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t plain = at;
    while (plain < text.size() && needs_no_care(text[plain])) ++plain;
    out.append(text, at, plain - at);
    at = plain;
    if (at == text.size()) break;
    if (byte_at(text, at) < 0x80) {
      append_escape(out, text[at++]);
    } else if (const auto length = sequence_length(text, at); length > 0) {
      out.append(text, at, length);
      at += length;
    } else {
      out += kReplacement;
      ++at;
    }
  }
  out += '"';
}

std::string decode_json_string(std::string_view escaped) {
  std::string out;
  out.reserve(escaped.size());
  std::size_t at = 0;
  while (at < escaped.size()) {
    if (escaped[at] != '\\' || at + 1 == escaped.size()) {
      out += escaped[at++];
      continue;
    }
    const char kind = escaped[at + 1];
    if (kind == 'u') {
      at = append_unicode_escape(out, escaped, at);
      continue;
    }
    constexpr std::string_view kKinds = "bfnrt";
    constexpr std::string_view kMeanings = "\b\f\n\r\t";
    const auto known = kKinds.find(kind);
    out += known == std::string_view::npos ? kind : kMeanings[known];
    at += 2;
  }
  return out;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) noexcept {
  if (text.size() <= bytes) return text;
  constexpr std::size_t kMostContinuations = 3;
  std::size_t end = bytes;
  while (end > 0 && bytes - end < kMostContinuations && (byte_at(text, end) & 0xc0U) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace postreeve
