#include "mail/address.h"

#include <algorithm>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr std::size_t kMaxAddressBytes = 320;

constexpr bool is_utf8_byte(char c) noexcept {
  return static_cast<unsigned char>(c) >= 0x80;
}

// RFC 5321 4.1.2 atext with RFC 6531 3.3.
constexpr bool is_atext(char c) noexcept {
  return is_alnum(c) || is_utf8_byte(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
}

constexpr bool is_domain_char(char c) noexcept {
  return is_alnum(c) || is_utf8_byte(c) || c == '-' || c == '.' || c == '_';
}

bool is_literal(std::string_view domain) noexcept {
  if (domain.size() < 3 || domain.front() != '[' || domain.back() != ']') return false;
  return std::ranges::none_of(domain.substr(1, domain.size() - 2), [](char c) {
    return is_space(c) || std::string_view("[]\\<>@\"").contains(c);
  });
}

// A domain as servers write it: letters, digits, "-", ".", "_" and UTF-8, or a literal in brackets.
bool is_domain(std::string_view domain) noexcept {
  return !domain.empty() && (std::ranges::all_of(domain, is_domain_char) || is_literal(domain));
}

// RFC 5321 4.1.2 Dot-string.
bool is_dot_string(std::string_view localpart) noexcept {
  char before = '.';
  for (char const c : localpart) {
    if (c == '.' ? before == '.' : !is_atext(c)) return false;
    before = c;
  }
  return before != '.';
}

// Drops a source route, "@hop.example,@[192.0.2.7]:" (RFC 5321 appendix C).
std::string_view without_route(std::string_view path) noexcept {
  std::string_view rest = path;
  while (rest.starts_with('@')) {
    rest.remove_prefix(1);
    const std::size_t bracket = rest.starts_with('[') ? rest.find(']') : 0;
    const std::size_t end = bracket == std::string_view::npos ? bracket : rest.find_first_of(",:", bracket);
    if (end == std::string_view::npos || !is_domain(rest.substr(0, end))) return path;
    const bool last = rest[end] == ':';
    rest.remove_prefix(end + 1);
    if (last) return rest;
  }
  return path;
}

// Where the quoted string at the start of `text` ends (behind its quote); npos when it does not.
std::size_t end_of_quoted(std::string_view text) noexcept {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return std::string_view::npos;
}

// `quoted` with its quotes.
std::string unquoted(std::string_view quoted) {
  std::string text;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\') ++i;
    text += quoted[i];
  }
  return text;
}

std::string quoted(std::string_view localpart) {
  std::string text = "\"";
  for (char const c : localpart) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text += '"';
}

std::string joined(std::string localpart, std::string_view domain) {
  if (!domain.empty()) localpart.append("@").append(domain);
  return localpart;
}

// Whether `localpart`, written without quotes before `domain`, reads as itself.
bool reads_back_unquoted(std::string_view localpart, std::string_view domain) noexcept {
  if (is_dot_string(localpart)) return true;
  const char first = localpart.front();
  if (first == '"' || first == '<' || first == '@' || is_space(first)) return false;
  return !domain.empty() || (!localpart.contains('@') && !is_space(localpart.back()));
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  if (std::ranges::any_of(text, is_control)) return std::nullopt;
  text = trim(text);
  if (text.size() >= 2 && text.front() == '<' && text.back() == '>') {
    text = trim(text.substr(1, text.size() - 2));
  }
  text = without_route(text);

  Address address;
  const std::size_t quote_end = text.starts_with('"') ? end_of_quoted(text) : std::string_view::npos;
  std::size_t at = text.rfind('@');
  const bool is_quoted = quote_end != std::string_view::npos && (quote_end == text.size() || quote_end == at);
  if (is_quoted) {
    address.localpart_ = unquoted(text.substr(0, quote_end));
    at = quote_end == text.size() ? std::string_view::npos : quote_end;
  } else {
    address.localpart_ = text.substr(0, at);
  }
  if (at != std::string_view::npos) {
    address.domain_ = to_lower(text.substr(at + 1));
    if (!is_domain(address.domain_)) return std::nullopt;
  }
  if (address.localpart_.empty()) return std::nullopt;
  if (address.localpart_.size() + 1 + address.domain_.size() > kMaxAddressBytes) return std::nullopt;
  return address;
}

std::string Address::to_string() const {
  return joined(is_dot_string(localpart_) ? localpart_ : quoted(localpart_), domain_);
}

std::string Address::canonical() const {
  const std::string localpart = to_lower(localpart_);
  return joined(reads_back_unquoted(localpart, domain_) ? localpart : quoted(localpart), domain_);
}

std::string_view domain_of(std::string_view address) noexcept {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

namespace {

// The part of an address before the @ at `at`: starts within [from, at].
std::size_t start_of_localpart(std::string_view text, std::size_t from, std::size_t at) noexcept {
  std::size_t start = at;
  while (start > from && (is_atext(text[start - 1]) || text[start - 1] == '.')) --start;
  // "'service@bank.example'" and "...service@bank.example" are punctuation around an address.
  while (start < at && (text[start] == '\'' || text[start] == '`' || text[start] == '.')) ++start;
  return start;
}

// Behind the host name that starts at `from`; `from` when there is none with a dot and a top level of two
// letters.
std::size_t end_of_host(std::string_view text, std::size_t from) noexcept {
  std::size_t end = from;
  while (end < text.size() && is_domain_char(text[end])) ++end;
  while (end > from && !is_alnum(text[end - 1]) && !is_utf8_byte(text[end - 1])) --end;
  const std::string_view host = text.substr(from, end - from);
  const std::size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return from;
  const std::string_view top = host.substr(dot + 1);
  return top.size() >= 2 && !is_digit(top.front()) ? end : from;
}

}  // namespace

std::string_view find_address(std::string_view text) noexcept {
  std::size_t from = 0;
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const std::size_t start = start_of_localpart(text, from, at);
    const std::size_t end = end_of_host(text, at + 1);
    if (start < at && end > at + 1) return text.substr(start, end - start);
    from = at + 1;
  }
  return {};
}

}  // namespace postreeve
