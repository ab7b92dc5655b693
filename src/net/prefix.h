// A network: an address and how many leading bits of it count.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/ip_address.h"

namespace postreeve {

// Bits below the length are always zero. The length is in the family's own
// terms: 0..32 for IPv4, 0..128 for IPv6. Pure; any thread.
class Prefix {
 public:
  constexpr Prefix() = default;

  // Cuts `address` to `length` bits; a length beyond the family's size means the whole address.
  [[nodiscard]] static Prefix of(const IpAddress& address, int length) noexcept;

  // Parses CIDR ("192.0.2.0/24", "2001:db8::/32") or one address. Bits set below
  // the length are an error that names the network meant.
  [[nodiscard]] static Result<Prefix> parse(std::string_view text);

  [[nodiscard]] const IpAddress& address() const noexcept { return address_; }
  [[nodiscard]] int length() const noexcept { return length_; }
  [[nodiscard]] bool is_v4() const noexcept { return address_.is_v4(); }
  [[nodiscard]] bool contains(const IpAddress& address) const noexcept;
  // "192.0.2.0/24"; a whole address is written without a length.
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const Prefix&, const Prefix&) = default;

 private:
  IpAddress address_;
  int length_ = 0;
};

// One host: the IPv4 address, or the IPv6 /64 (a host changes its lower half at will).
[[nodiscard]] Prefix host_of(const IpAddress& address) noexcept;
// The network around a host: IPv4 /24, IPv6 /48.
[[nodiscard]] Prefix network_of(const IpAddress& address) noexcept;

}  // namespace postreeve
