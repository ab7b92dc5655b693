#include "mail/enhanced_status.h"

#include "base/ascii.h"

namespace postreeve {
namespace {

// Reads "0" or one to three digits without a leading zero (RFC 3463 2) from the front of `text`.
bool take_number(std::string_view& text, std::uint16_t& number) noexcept {
  std::size_t digits = 0;
  std::uint16_t value = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    if (digits == 3) return false;
    value = static_cast<std::uint16_t>(value * 10 + (text[digits] - '0'));
    ++digits;
  }
  if (digits == 0 || (digits > 1 && text.front() == '0')) return false;
  number = value;
  text.remove_prefix(digits);
  return true;
}

bool take_dot(std::string_view& text) noexcept {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

// Reads a status from the front of `text` and leaves there what follows it.
std::optional<EnhancedStatus> take_status(std::string_view& text) noexcept {
  EnhancedStatus status;
  const bool read = take_number(text, status.status_class) && take_dot(text) &&
                    take_number(text, status.subject) && take_dot(text) && take_number(text, status.detail);
  const bool known_class = status.is_success() || status.is_transient() || status.is_permanent();
  if (!read || !known_class) return std::nullopt;
  return status;
}

// The class of an SMTP reply code (RFC 5321 4.2.1) at the front of `text`; 0 when there is none.
std::uint16_t code_class(std::string_view text) noexcept {
  if (text.size() < 3 || !is_digit(text[1]) || text[1] > '5' || !is_digit(text[2])) return 0;
  if (text.size() > 3 && text[3] != ' ' && text[3] != '-') return 0;
  const char c = text[0];
  return c == '2' || c == '4' || c == '5' ? static_cast<std::uint16_t>(c - '0') : std::uint16_t{0};
}

// A reply starts a text, or follows a colon: "host mx.example[192.0.2.1] said: 550 5.1.1 ...".
bool may_start_reply(std::string_view text, std::size_t at) noexcept {
  return at == 0 || (at >= 2 && text[at - 1] == ' ' && text[at - 2] == ':');
}

// A status is a word of its own: not part of an address, a version, a host name.
bool may_start_status(std::string_view text, std::size_t at) noexcept {
  return at == 0 || std::string_view(" -#([<:").contains(text[at - 1]);
}

bool may_end_status(std::string_view rest) noexcept {
  if (rest.empty()) return true;
  if (rest.front() == '.') return rest.size() == 1 || is_space(rest[1]);
  return !is_alnum(rest.front()) && rest.front() != '_' && rest.front() != '-' && rest.front() != '@';
}

std::optional<EnhancedStatus> status_at(std::string_view text, std::size_t at) noexcept {
  if (!may_start_status(text, at)) return std::nullopt;
  std::string_view rest = text.substr(at);
  const auto status = take_status(rest);
  return status && may_end_status(rest) ? status : std::nullopt;
}

// The first status behind an SMTP code, which must be of the code's class (RFC 2034 4).
EnhancedStatus status_behind_code(std::string_view reply, std::uint16_t reply_class) noexcept {
  for (std::size_t at = 3; at < reply.size(); ++at) {
    if (!is_digit(reply[at])) continue;
    const auto status = status_at(reply, at);
    if (status && status->status_class == reply_class) return *status;
  }
  return {reply_class, 0, 0};
}

}  // namespace

std::optional<EnhancedStatus> EnhancedStatus::parse(std::string_view text) noexcept {
  const auto status = take_status(text);
  return text.empty() ? status : std::nullopt;
}

std::optional<EnhancedStatus> EnhancedStatus::find_in_reply(std::string_view reply) noexcept {
  reply = trim(reply);
  for (std::size_t at = 0; at < reply.size(); ++at) {
    if (!is_digit(reply[at])) continue;
    const bool starts = may_start_reply(reply, at);
    const std::uint16_t reply_class = starts ? code_class(reply.substr(at)) : std::uint16_t{0};
    if (reply_class != 0) return status_behind_code(reply.substr(at), reply_class);
    // Without a code any "4.2.1" may be a version: take it only where a reply starts, or marked as "#5.1.1",
    // "(5.1.1".
    if (!starts && reply[at - 1] != '#' && reply[at - 1] != '(') continue;
    if (const auto status = status_at(reply, at)) return status;
  }
  return std::nullopt;
}

std::string EnhancedStatus::to_string() const {
  if (!known()) return {};
  std::string text = std::to_string(status_class);
  return text.append(".").append(std::to_string(subject)).append(".").append(std::to_string(detail));
}

}  // namespace postreeve
