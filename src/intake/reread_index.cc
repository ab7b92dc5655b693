#include "intake/reread_index.h"

namespace postreeve {
namespace {

constexpr std::uint64_t kApartBytes = 64UL * 1024;
constexpr Duration kApart = std::chrono::seconds{10};

}  // namespace

void RereadIndex::note(std::uint64_t sequence, FilePosition at, std::uint64_t bytes, Timestamp now) {
  if (!entries_.empty()) {
    const Entry& last = entries_.back();
    if (at <= last.at) return;  // a late line of the file before
    const bool is_near =
        bytes - last.bytes < kApartBytes * sparseness_ && now - last.time < kApart * sparseness_;
    if (is_near && last.at.generation == at.generation) return;
  }
  entries_.push_back({sequence, at, bytes, now});
  if (entries_.size() > kMost) thin_out();
}

void RereadIndex::thin_out() {
  sparseness_ *= 2;
  std::deque<Entry> kept;
  for (std::size_t i = 0; i < entries_.size(); i += 2) kept.push_back(entries_[i]);
  entries_ = std::move(kept);
}

FilePosition RereadIndex::place_of(std::uint64_t sequence, Timestamp time, std::uint64_t most_bytes) {
  if (entries_.empty()) return {};
  const auto is_before = [&](const Entry& entry) { return entry.sequence <= sequence && entry.time <= time; };
  const auto latest = entries_.back().bytes;
  while (entries_.size() > 1 && (is_before(entries_[1]) || latest - entries_[0].bytes > most_bytes)) {
    entries_.pop_front();
  }
  return entries_.front().at;
}

}  // namespace postreeve
