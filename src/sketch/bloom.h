// Has this been seen before? A Bloom filter over bytes that the caller owns.
//
// Bloom 1970. Each of `hashes` probes takes a fresh 32-bit number from the
// 64-bit hash by repeated mixing, so even the smallest filter reaches the
// textbook rate. "No" is certain, "yes" is wrong with probability
// (1 - e^(-hashes * n / bits))^hashes after n distinct keys, or fill^hashes for
// a filter whose fill is known.
//
// A view: copies share the bytes, which must outlive it. Any number of threads
// may read, one may write alone. Hashes must be keyed (base/keyed_hash.h): who
// can choose hashes can fill the filter or forge a "yes".
// Total: a filter of no bytes holds nothing and forgets what is added.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "base/keyed_hash.h"

namespace postreeve {

inline constexpr int kMostBloomHashes = 16;

// `Byte` is std::byte, or const std::byte for a filter that is only read.
template <typename Byte>
class BasicBloomView {
 public:
  // `hashes` is the number of probes a key, clamped to [1, kMostBloomHashes].
  // At most 512 MiB of `bytes` are used. The same bytes must always be given
  // the same number.
  BasicBloomView(std::span<Byte> bytes, int hashes) noexcept
      : bytes_(bytes.first(std::min(bytes.size(), kMostBytes))),
        hashes_(std::clamp(hashes, 1, kMostBloomHashes)) {}

  // Adds a key by its hash. Returns whether it was certainly new, that is,
  // whether contains() was false before. About 2 ns a probe.
  bool add(std::uint64_t hash) const noexcept
    requires(!std::is_const_v<Byte>)
  {
    bool is_new = false;
    for (int i = 0; i < hashes_ && !bytes_.empty(); ++i) {
      const std::uint64_t bit = next_bit(hash);
      is_new |= (bytes_[bit / 8] & mask(bit)) == std::byte{0};
      bytes_[bit / 8] |= mask(bit);
    }
    return is_new;
  }

  // Returns false only for keys that were never added.
  [[nodiscard]] bool contains(std::uint64_t hash) const noexcept {
    if (bytes_.empty()) return false;
    for (int i = 0; i < hashes_; ++i) {
      const std::uint64_t bit = next_bit(hash);
      if ((bytes_[bit / 8] & mask(bit)) == std::byte{0}) return false;
    }
    return true;
  }

  // Share of bits that are set, within [0, 1]; 0 without bytes. O(bytes).
  [[nodiscard]] double fill_ratio() const noexcept {
    if (bytes_.empty()) return 0.0;
    std::size_t set = 0;
    for (const std::byte byte : bytes_)
      set += static_cast<std::size_t>(std::popcount(std::to_integer<unsigned>(byte)));
    return static_cast<double>(set) / static_cast<double>(bits());
  }

  // Probability that contains() is true for a key never added, from the fill. O(bytes).
  [[nodiscard]] double false_positive_rate() const noexcept { return std::pow(fill_ratio(), hashes_); }

  // Estimated number of distinct keys: -bits / hashes * ln(1 - fill)
  // (Swamidass and Baldi 2007); a full filter counts as all bits but half a
  // bit set, so the answer is finite. O(bytes).
  [[nodiscard]] double estimate() const noexcept {
    if (bytes_.empty()) return 0.0;
    const double size = static_cast<double>(bits());
    const double empty = std::max(1.0 - fill_ratio(), 0.5 / size);
    return std::max(0.0, -size / hashes_ * std::log(empty));
  }

  [[nodiscard]] std::size_t bits() const noexcept { return bytes_.size() * 8; }

 private:
  static constexpr std::size_t kMostBytes = std::size_t{1} << 29;  // a probe is a 32-bit number

  [[nodiscard]] std::uint64_t next_bit(std::uint64_t& state) const noexcept {
    state = mix64(state);
    return (state >> 32) * bits() >> 32;  // Lemire 2019: a range without division
  }
  [[nodiscard]] static std::byte mask(std::uint64_t bit) noexcept { return std::byte{1} << (bit % 8); }

  std::span<Byte> bytes_;
  int hashes_;
};

using BloomView = BasicBloomView<std::byte>;
using ConstBloomView = BasicBloomView<const std::byte>;

// Expected rate of wrong "yes" answers of a filter of `bits` with `hashes`
// probes after `keys` distinct keys: to choose a size. 1 without bits.
[[nodiscard]] inline double expected_false_positive_rate(double bits, int hashes, double keys) noexcept {
  if (!(bits > 0.0)) return 1.0;
  return std::pow(-std::expm1(-hashes * std::max(keys, 0.0) / bits), hashes);
}

}  // namespace postreeve
