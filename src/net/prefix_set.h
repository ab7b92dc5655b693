// A set of networks that answers which of its networks holds an address.
//
// Built once, then read by any number of threads. A lookup is a hash probe for
// each distinct prefix length in the set, longest first.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "net/prefix.h"

namespace postreeve {

class PrefixSet {
 public:
  PrefixSet() = default;
  explicit PrefixSet(std::span<const Prefix> prefixes);

  [[nodiscard]] bool contains(const IpAddress& address) const noexcept { return longest_match(address).has_value(); }
  // The longest network of the set that holds `address`.
  [[nodiscard]] std::optional<Prefix> longest_match(const IpAddress& address) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return prefixes_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return prefixes_.size(); }

 private:
  std::vector<Prefix> prefixes_;  // sorted, no prefix twice
  std::vector<int> lengths_;      // lengths in 128-bit terms that occur, longest first
};

}  // namespace postreeve
