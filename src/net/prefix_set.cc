#include "net/prefix_set.h"

#include <algorithm>

namespace postreeve {
namespace {

// Whether `outer` holds the bits of `address`, IPv4 taken as its mapped form: in
// the sorted order "::/0" stands around IPv4 networks too, though it does not contain them.
bool encloses(const Prefix& outer, const IpAddress& address) noexcept {
  if (outer.is_v4() || !address.is_v4()) return outer.contains(address);
  // IPv6 prefixes that enclose the mapped range are zero: ::/0 to ::/80.
  return outer.address() == IpAddress{} && outer.length() <= 80;
}

}  // namespace

PrefixSet::PrefixSet(std::span<const Prefix> prefixes) : prefixes_(prefixes.begin(), prefixes.end()) {
  std::ranges::sort(prefixes_);
  const auto repeated = std::ranges::unique(prefixes_);
  prefixes_.erase(repeated.begin(), repeated.end());
  parents_.reserve(prefixes_.size());
  for (std::uint32_t i = 0; i < prefixes_.size(); ++i) {
    std::uint32_t parent = i == 0 ? kNone : i - 1;
    while (parent != kNone && !encloses(prefixes_[parent], prefixes_[i].address())) parent = parents_[parent];
    parents_.push_back(parent);
  }
}

std::optional<Prefix> PrefixSet::longest_match(const IpAddress& address) const noexcept {
  // Every network that holds `address` starts at or before it, and encloses the last network that does.
  const auto behind = std::ranges::upper_bound(prefixes_, address, {}, &Prefix::address);
  std::uint32_t at =
      behind == prefixes_.begin() ? kNone : static_cast<std::uint32_t>(behind - prefixes_.begin() - 1);
  while (at != kNone && !prefixes_[at].contains(address)) at = parents_[at];
  if (at == kNone) return std::nullopt;
  return prefixes_[at];
}

}  // namespace postreeve
