// What is to happen, in order of time.
//
// Planned happenings lie in a bucket a minute; only the current minute is a heap,
// so that planning costs nothing. Happenings of one moment come in the order in
// which they were planned.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace postreeve::lab {

struct Wake {
  std::int64_t time = 0;  // ms since the epoch
  std::uint32_t sequence = 0;
  std::uint32_t actor = 0;
  std::uint32_t slot = 0;  // what the actor planned it for
  std::uint16_t kind = 0;  // the actor's own meaning
  std::uint16_t device = 0;
};

class Calendar {
 public:
  Calendar(Timestamp start, Timestamp end)
      : start_(start.time_since_epoch().count()),
        buckets_(static_cast<std::size_t>((end.time_since_epoch().count() - start_) / kBucket) + 1) {}

  // The past happens now; what lies beyond the end never happens (returns false).
  bool plan(Wake wake) {
    const std::int64_t offset = std::max(wake.time - start_, static_cast<std::int64_t>(0));
    const auto bucket = static_cast<std::size_t>(offset / kBucket);
    if (bucket >= buckets_.size()) return false;
    wake.sequence = sequence_++;
    if (bucket <= current_) {
      now_.push_back(wake);
      std::push_heap(now_.begin(), now_.end(), later);
    } else {
      buckets_[bucket].push_back(wake);
    }
    return true;
  }

  // Returns false when nothing is left.
  bool next(Wake& wake) {
    while (now_.empty()) {
      if (current_ + 1 >= buckets_.size()) return false;
      ++current_;
      now_.swap(buckets_[current_]);
      std::vector<Wake>().swap(buckets_[current_]);
      std::make_heap(now_.begin(), now_.end(), later);
    }
    std::pop_heap(now_.begin(), now_.end(), later);
    wake = now_.back();
    now_.pop_back();
    return true;
  }

 private:
  static constexpr std::int64_t kBucket = 60'000;

  static bool later(const Wake& a, const Wake& b) {
    return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
  }

  std::int64_t start_;
  std::vector<std::vector<Wake>> buckets_;
  std::vector<Wake> now_;
  std::size_t current_ = 0;
  std::uint32_t sequence_ = 0;
};

}  // namespace postreeve::lab
