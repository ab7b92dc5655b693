// An IPv4 or IPv6 address as a value.
//
// IPv4 is kept as its IPv4-mapped IPv6 form (RFC 4291 2.5.5.2), so "::ffff:192.0.2.7"
// and "192.0.2.7" are the same address. Pure; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postreeve {

class IpAddress {
 public:
  // The unspecified address "::".
  constexpr IpAddress() = default;

  // From host-order halves of the 128 bits.
  constexpr IpAddress(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}

  // From a host-order IPv4 address: 0xc0000207 is 192.0.2.7.
  [[nodiscard]] static constexpr IpAddress v4(std::uint32_t address) noexcept {
    return {0, kMappedPrefix | address};
  }

  // Parses "192.0.2.7", "2001:db8::7", "[2001:db8::7]", "IPv6:2001:db8::7" (RFC 5321 4.1.3).
  // Returns nullopt for anything else: no ports, no zones, no octal or short IPv4.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text) noexcept;

  [[nodiscard]] constexpr bool is_v4() const noexcept {
    return high_ == 0 && (low_ & 0xffffffff00000000ULL) == kMappedPrefix;
  }
  // Requires is_v4().
  [[nodiscard]] constexpr std::uint32_t to_v4() const noexcept { return static_cast<std::uint32_t>(low_); }

  [[nodiscard]] constexpr std::uint64_t high() const noexcept { return high_; }
  [[nodiscard]] constexpr std::uint64_t low() const noexcept { return low_; }

  // 127.0.0.0/8 and ::1.
  [[nodiscard]] bool is_loopback() const noexcept;
  // Loopback, RFC 1918, RFC 6598 (carrier NAT), link local and unique local: says nothing about a place.
  [[nodiscard]] bool is_private() const noexcept;

  // RFC 5952 text for IPv6, dotted quad for IPv4.
  [[nodiscard]] std::string to_string() const;

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  static constexpr std::uint64_t kMappedPrefix = 0x0000ffff00000000ULL;

  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

}  // namespace postreeve
