// Enhanced mail system status codes (RFC 3463), "5.1.1".
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postreeve {

// class.subject.detail; class is 2, 4 or 5, the others 0..999. A default-constructed status is unknown.
struct EnhancedStatus {
  std::uint16_t status_class = 0;
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;

  // Requires the whole text to be a status, without leading zeros.
  [[nodiscard]] static std::optional<EnhancedStatus> parse(std::string_view text) noexcept;
  // The first enhanced status in a server's reply ("550 5.1.1 <a@x>: unknown", "550-5.7.1 ..."); when there
  // is only an SMTP code (RFC 5321 4.2), its class with subject 0, so that "550 unknown user" is 5.0.0. A
  // status of another class than the code's is none (RFC 2034 4). The reply may stand behind words and a
  // colon, as in "host mx.example[192.0.2.1] said: 550 5.1.1 ...". Linear.
  [[nodiscard]] static std::optional<EnhancedStatus> find_in_reply(std::string_view reply) noexcept;

  [[nodiscard]] constexpr bool known() const noexcept { return status_class != 0; }
  [[nodiscard]] constexpr bool is_success() const noexcept { return status_class == 2; }
  [[nodiscard]] constexpr bool is_transient() const noexcept { return status_class == 4; }
  [[nodiscard]] constexpr bool is_permanent() const noexcept { return status_class == 5; }
  [[nodiscard]] std::string to_string() const;  // "5.1.1"; "" when unknown

  friend constexpr auto operator<=>(const EnhancedStatus&, const EnhancedStatus&) = default;
};

}  // namespace postreeve
