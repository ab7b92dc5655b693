// Keyed hashing: how names become the anonymous identities kept in learned state.
//
// SipHash-2-4 with 128-bit output (libsodium crypto_shorthash_siphashx24). The
// same key gives the same hash on every machine; without the key a hash can
// neither be reversed nor guessed. Pure; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>

namespace postreeve {

struct HashKey {
  std::array<unsigned char, 16> bytes{};
};

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

// Returns the keyed hash of `text`.
[[nodiscard]] Hash128 keyed_hash(const HashKey& key, std::string_view text) noexcept;

// Mixes 64 bits well (the finalizer of splitmix64): for values that an attacker
// cannot choose freely or that were keyed before.
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace postreeve

template <>
struct std::hash<postreeve::Hash128> {
  std::size_t operator()(const postreeve::Hash128& h) const noexcept { return h.low; }
};
