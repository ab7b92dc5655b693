// Reads one line from left to right, field by field: the one scanner of all grammars.
//
// A take_...() either consumes what it names and says so, or leaves the cursor where
// it is. Nothing is copied: every text is a view into the line. No call looks at a
// byte more than a few times, none allocates, none throws.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/ascii.h"

namespace postreeve {

class FieldCursor {
 public:
  explicit constexpr FieldCursor(std::string_view line) noexcept : rest_(line) {}

  [[nodiscard]] constexpr bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] constexpr std::string_view rest() const noexcept { return rest_; }
  // The next character, NUL at the end.
  [[nodiscard]] constexpr char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] constexpr bool sees(std::string_view literal) const noexcept {
    return rest_.starts_with(literal);
  }

  [[nodiscard]] constexpr bool take(std::string_view literal) noexcept {
    if (!sees(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }
  [[nodiscard]] constexpr bool take(char literal) noexcept {
    if (rest_.empty() || rest_.front() != literal) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Takes everything that is left.
  constexpr std::string_view take_rest() noexcept { return advance(rest_.size()); }

  // Takes the text before `stop` and drops the stop; nullopt when there is no stop.
  [[nodiscard]] constexpr std::optional<std::string_view> take_until(char stop) noexcept {
    return take_through(rest_.find(stop), 1);
  }
  [[nodiscard]] constexpr std::optional<std::string_view> take_until(std::string_view stop) noexcept {
    return take_through(rest_.find(stop), stop.size());
  }

  // Takes the text before the next space or the end, perhaps empty. The space stays.
  constexpr std::string_view take_word() noexcept { return take_before(' '); }

  // Takes the text before `stop` or the end, perhaps empty. The stop stays.
  constexpr std::string_view take_before(char stop) noexcept {
    const auto at = rest_.find(stop);
    return advance(at == std::string_view::npos ? rest_.size() : at);
  }

  // Takes the longest run of characters that satisfy `belongs`, perhaps empty.
  template <typename Predicate>
  constexpr std::string_view take_while(Predicate belongs) noexcept {
    std::size_t size = 0;
    while (size < rest_.size() && belongs(rest_[size])) ++size;
    return advance(size);
  }

  constexpr void skip_spaces() noexcept { take_while(is_space); }

  // Takes digits that make a number below 2^64.
  [[nodiscard]] constexpr std::optional<std::uint64_t> take_number() noexcept {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t number = 0;
    std::size_t size = 0;
    for (; size < rest_.size() && is_digit(rest_[size]); ++size) {
      const auto digit = static_cast<std::uint64_t>(rest_[size] - '0');
      if (number > (kMost - digit) / 10) return std::nullopt;
      number = number * 10 + digit;
    }
    if (size == 0) return std::nullopt;
    advance(size);
    return number;
  }

  // Takes `<...>` and returns what is between. A quoted string that starts a word of the
  // localpart (RFC 5322 3.2.4, 4.4) may contain `>`: <"a> to=<b"@x.example> is one address.
  // A quote that is never closed is taken for a plain character.
  [[nodiscard]] constexpr std::optional<std::string_view> take_angle() noexcept {
    if (peek() != '<') return std::nullopt;
    auto end = rest_.find('>', 1);
    if (end == std::string_view::npos) return std::nullopt;
    if (rest_.substr(1, end - 1).find('"') != std::string_view::npos) end = end_of_quoted_angle(end);
    const auto content = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return content;
  }

  // A peer as the servers write it: name[address] or name[address]:port.
  struct Client {
    std::string_view name;  // perhaps "unknown"
    std::string_view address;
    std::string_view port;  // empty when not written
  };
  [[nodiscard]] constexpr std::optional<Client> take_client() noexcept {
    const auto open = rest_.find('[');
    if (open == std::string_view::npos || rest_.substr(0, open).find(' ') != std::string_view::npos) {
      return std::nullopt;
    }
    const auto close = rest_.find(']', open);
    if (close == std::string_view::npos) return std::nullopt;
    Client client{rest_.substr(0, open), rest_.substr(open + 1, close - open - 1), {}};
    rest_.remove_prefix(close + 1);
    if (rest_.size() > 1 && rest_[0] == ':' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      client.port = take_while(is_digit);
    }
    return client;
  }

 private:
  constexpr std::string_view advance(std::size_t size) noexcept {
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  [[nodiscard]] constexpr std::optional<std::string_view> take_through(std::size_t at,
                                                                       std::size_t stop_size) noexcept {
    if (at == std::string_view::npos) return std::nullopt;
    const auto taken = rest_.substr(0, at);
    rest_.remove_prefix(at + stop_size);
    return taken;
  }

  // Position of the `>` that ends the address; `first` when quotes do not balance.
  [[nodiscard]] constexpr std::size_t end_of_quoted_angle(std::size_t first) const noexcept {
    bool is_quoted = false;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (is_quoted && c == '\\') {
        ++i;  // RFC 5322 3.2.1: a quoted pair
      } else if (c == '"') {
        const char before = rest_[i - 1];
        if (is_quoted) {
          is_quoted = false;
        } else if (before == '<' || before == '.') {
          is_quoted = true;
        }
      } else if (c == '>' && !is_quoted) {
        return i;
      }
    }
    return first;
  }

  std::string_view rest_;
};

// Whether a text has the letters of an IPv4 or IPv6 address, a zone included. Letters beyond 'f'
// too: zones of link-local addresses, and logs whose addresses are masked.
[[nodiscard]] constexpr bool looks_like_address(std::string_view text) noexcept {
  constexpr std::size_t kLongest = 63;  // INET6_ADDRSTRLEN and a zone
  if (text.size() < 2 || text.size() > kLongest) return false;
  bool has_separator = false;
  for (const char c : text) {
    const bool separates = c == '.' || c == ':';
    if (!separates && !is_alnum(c) && c != '%') return false;
    has_separator = has_separator || separates;
  }
  return has_separator;
}

}  // namespace postreeve
