// Places that accounts are used from: for tests only.
#pragma once

#include <cstdint>
#include <string_view>

#include "profile/origin.h"

namespace postreeve {

// Sits in network, provider and country as numbered; sends with the client named.
[[nodiscard]] inline Origin origin_at(std::uint32_t network, std::uint32_t provider, std::string_view country,
                                      std::uint32_t client = 0) {
  Origin origin;
  origin.known = true;
  origin.network = network;
  origin.provider = provider;
  origin.client = client;
  origin.country = CountryCode::of(country);
  origin.prefix = Prefix::of(IpAddress::v4(0xc0000200U + (network << 8)), 24);
  return origin;
}

inline constexpr std::uint32_t kOwnClient = 7;
[[nodiscard]] inline Origin office() {
  return origin_at(1, 10, "PL", kOwnClient);
}

}  // namespace postreeve
