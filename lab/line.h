// A way into the internet, and the address it has at the moment.
#pragma once

#include <cstdint>

#include "lab/geography/geography.h"

namespace postreeve::lab {

enum class LineKind : std::uint8_t {
  kStatic,  // an office, a server
  kHome,    // a provider's customer: the address changes every lease, inside the provider's blocks
  kMobile,  // carrier NAT: another address every lease from one or two pools
  kVpn,     // one of the exits: another one every lease
};

struct Line {
  std::uint32_t provider = 0;
  std::uint32_t block = 0;
  LineKind kind = LineKind::kStatic;
  bool v6 = false;
  std::uint16_t pool_bits =
      0;  // kMobile and kHome: how many addresses of the block are used, as a power of two
  std::uint32_t lease_minutes = 0;  // mean
  std::uint64_t customer = 0;       // chooses the static address, the IPv6 prefix, the pool
  IpAddress address;
  Timestamp until{};

  // The address at this time; renews it when the lease is over.
  const IpAddress& at(Timestamp time, const Geography& geography, Random& random);
};

[[nodiscard]] Line home_line(const Geography& geography, std::uint16_t country, Random& random);
[[nodiscard]] Line mobile_line(const Geography& geography, std::uint16_t country, Random& random);
[[nodiscard]] Line vpn_line(const Geography& geography, Random& random, double lease_minutes);
// A VPN service whose exit the owner leaves in the own country.
[[nodiscard]] Line home_vpn_line(const Geography& geography, std::uint16_t country, Random& random);
// The machines of a mail giant that fetches and sends for its users, one of hundreds for every message.
[[nodiscard]] Line giant_line(const Geography& geography, Random& random);
// A hotel, a café, a conference: somebody else's consumer or business line.
[[nodiscard]] Line guest_line(const Geography& geography, std::uint16_t country, Random& random);
[[nodiscard]] Line cloud_line(const Geography& geography, std::uint16_t country, Random& random);
// Always the same address for the same customer.
[[nodiscard]] Line static_line(std::uint32_t provider, std::uint32_t block, std::uint64_t customer);

}  // namespace postreeve::lab
