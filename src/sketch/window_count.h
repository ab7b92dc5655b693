// How many happened within the last hour (or any width): a ring of buckets.
//
// Time is cut into buckets of kWidthSeconds / kBuckets, aligned to the epoch; a
// count at `time` is the sum of the bucket that holds `time` and the
// kBuckets - 1 before it. Everything younger than the width less one bucket is
// counted, nothing as old as the width is, and what lies between may be: with
// the default of 6 buckets the window is exact up to a sixth of its width.
//
// A value of 4 + 2 * kBuckets bytes (16 by default): owns all it holds, no lock,
// any thread as any value. Total: late events count in the bucket they belong
// to while it is kept, and never move time back. A bucket saturates at 65,535.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "base/time.h"

namespace postreeve {

template <std::uint32_t kWidthSeconds, std::uint32_t kBuckets = 6>
class WindowCount {
 public:
  static_assert(kBuckets > 0 && kWidthSeconds >= kBuckets && kWidthSeconds % kBuckets == 0,
                "the width is a whole number of buckets of whole seconds");

  static constexpr std::uint32_t kBucketSeconds = kWidthSeconds / kBuckets;

  // Adds `n` at `time`. O(kBuckets) at worst, a few ns.
  void add(Timestamp time, std::uint32_t n = 1) noexcept {
    const std::uint32_t bucket = to_seconds32(time) / kBucketSeconds;
    if (bucket > newest_) advance(bucket);
    if (newest_ - bucket >= kBuckets) return;  // so late that its bucket is gone
    std::uint16_t& slot = slots_[bucket % kBuckets];
    slot = static_cast<std::uint16_t>(
        slot + std::min<std::uint32_t>(n, std::numeric_limits<std::uint16_t>::max() - slot));
  }

  // Returns the count of the window that ends at `time`; a time before the
  // newest bucket counts as the newest bucket's.
  [[nodiscard]] std::uint32_t count(Timestamp time) const noexcept {
    const std::uint32_t bucket = std::max(to_seconds32(time) / kBucketSeconds, newest_);
    std::uint32_t sum = 0;
    // Slot of every kept bucket newer than bucket - kBuckets.
    for (std::uint32_t age = 0; age < kBuckets && age <= newest_; ++age) {
      if (bucket - (newest_ - age) < kBuckets) sum += slots_[(newest_ - age) % kBuckets];
    }
    return sum;
  }

  friend bool operator==(const WindowCount&, const WindowCount&) = default;

  // What is kept on a disk (base/field_archive.h).
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    auto& [newest, slots] = self;
    archive(newest, slots);
  }

 private:
  void advance(std::uint32_t bucket) noexcept {
    const std::uint32_t passed = std::min(bucket - newest_, kBuckets);
    for (std::uint32_t i = 0; i < passed; ++i) slots_[(bucket - i) % kBuckets] = 0;
    newest_ = bucket;
  }

  std::uint32_t newest_ = 0;  // number of the newest bucket since the epoch
  std::array<std::uint16_t, kBuckets> slots_{};
};

}  // namespace postreeve
