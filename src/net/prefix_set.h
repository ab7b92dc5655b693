// A set of networks that answers which of its networks holds an address.
//
// Built once, then read by any number of threads. A lookup is one binary search
// and a walk up the networks nested around the place found; it does not allocate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "net/prefix.h"

namespace postreeve {

class PrefixSet {
 public:
  PrefixSet() = default;
  explicit PrefixSet(std::span<const Prefix> prefixes);

  [[nodiscard]] bool contains(const IpAddress& address) const noexcept {
    return longest_match(address).has_value();
  }
  // The longest network of the set that holds `address`.
  [[nodiscard]] std::optional<Prefix> longest_match(const IpAddress& address) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return prefixes_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return prefixes_.size(); }

 private:
  std::vector<Prefix> prefixes_;  // sorted, so that a network stands before those inside it; no prefix twice
  std::vector<std::uint32_t> parents_;  // index of the smallest other network around prefixes_[i], or kNone

  static constexpr std::uint32_t kNone = 0xffffffffU;
};

}  // namespace postreeve
