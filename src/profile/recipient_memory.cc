#include "profile/recipient_memory.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "sketch/bloom.h"

namespace postreeve {
namespace {

// The hash 0 marked an empty place until record format 3.
constexpr std::uint32_t as_key(std::uint32_t recipient) noexcept {
  return recipient == 0 ? 1 : recipient;
}

constexpr std::uint32_t kFirstWords = 16;  // 64 bytes

// The smallest size that holds `words`, of those with so many steps between two powers of two.
constexpr std::uint32_t size_for(std::uint32_t words, std::uint32_t steps) noexcept {
  std::uint32_t size = kFirstWords;
  while (size < words) size += std::bit_floor(size) / steps;
  return size;
}

// 16, 18, 20, ... 32, 36, 40, ...: with powers of two alone half of the accounts would have twice what they
// need.
constexpr std::uint32_t kSteps = 8;

constexpr int kProbes = 4;

bool in_filter(std::span<const std::uint32_t> filter, std::uint32_t key) noexcept {
  return ConstBloomView(std::as_bytes(filter), kProbes).contains(key);
}

void put_in_filter(std::span<std::uint32_t> filter, std::uint32_t key) noexcept {
  BloomView(std::as_writable_bytes(filter), kProbes).add(key);
}

}  // namespace

std::span<std::uint32_t> RecipientMemory::filter(bool newer) noexcept {
  const std::size_t half = table_.size() / 2;
  return {table_.begin() + (newer == newer_is_second_ ? half : 0), half};
}

std::span<const std::uint32_t> RecipientMemory::filter(bool newer) const noexcept {
  const std::size_t half = table_.size() / 2;
  return {table_.begin() + (newer == newer_is_second_ ? half : 0), half};
}

std::span<std::uint32_t> RecipientMemory::words_in_use() noexcept {
  return {table_.begin(), is_filter() ? kFilterWords : std::min(count_, table_.size())};
}

std::span<const std::uint32_t> RecipientMemory::words_in_use() const noexcept {
  return {table_.begin(), is_filter() ? kFilterWords : std::min(count_, table_.size())};
}

bool RecipientMemory::contains(std::uint32_t recipient) const noexcept {
  const std::uint32_t key = as_key(recipient);
  if (is_filter()) return in_filter(filter(true), key) || in_filter(filter(false), key);
  return std::ranges::binary_search(words_in_use(), key);
}

bool RecipientMemory::add(std::uint32_t recipient) {
  if (contains(recipient)) {
    if (is_filter()) add_to_filter(as_key(recipient));  // keep it in the newer filter
    return false;
  }
  if (!is_filter() && count_ == table_.size()) grow();
  if (is_filter()) {
    add_to_filter(as_key(recipient));
  } else {
    add_exact(as_key(recipient));
  }
  ++count_;
  return true;
}

// Requires a free place at the end.
void RecipientMemory::add_exact(std::uint32_t key) noexcept {
  const std::span<std::uint32_t> keys = words_in_use();
  const auto place = std::ranges::lower_bound(keys, key);
  std::move_backward(place, keys.end(), table_.begin() + count_ + 1);
  *place = key;
}

bool RecipientMemory::add_to_filter(std::uint32_t key) noexcept {
  if (in_filter(filter(true), key)) return false;
  if (generation_ >= kGeneration) {
    newer_is_second_ = !newer_is_second_;
    std::ranges::fill(filter(true), 0);
    generation_ = 0;
  }
  put_in_filter(filter(true), key);
  ++generation_;
  return true;
}

void RecipientMemory::grow() {
  const HeapArray<std::uint32_t> old = std::move(table_);
  if (count_ < kMostExact) {
    table_ = HeapArray<std::uint32_t>(size_for(count_ + 1, kSteps));
    std::ranges::copy(old, table_.begin());
    return;
  }
  table_ = HeapArray<std::uint32_t>(kFilterWords);
  for (const std::uint32_t key : old) add_to_filter(key);
}

bool RecipientMemory::make_places(bool filters) {
  const bool fits = filters || count_ <= kMostExact;
  if (!fits) *this = RecipientMemory();
  const std::uint32_t exact = filters || count_ == 0 ? 0 : size_for(count_, kSteps);
  table_ = HeapArray<std::uint32_t>(filters ? kFilterWords : exact);
  return fits;
}

bool RecipientMemory::is_sound() const noexcept {
  if (is_filter()) return count_ > kMostExact && generation_ <= std::min(count_, kGeneration);
  const std::span<const std::uint32_t> keys = words_in_use();
  const bool ascends = std::ranges::adjacent_find(keys, std::ranges::greater_equal{}) == keys.end();
  return generation_ == 0 && !newer_is_second_ && ascends && (keys.empty() || keys.front() != 0);
}

// The table of the older formats: open addressing, at most seven places of eight taken, the filters as they
// are.
namespace {

constexpr std::uint32_t kHashedSteps = 4;
constexpr std::uint32_t kMostHashedWords = 1024;

// Where a key belongs in a table of any size (Lemire 2019).
constexpr std::uint32_t home_of(std::uint32_t key, std::uint32_t words) noexcept {
  return static_cast<std::uint32_t>((std::uint64_t{key} * words) >> 32);
}

void put_in_table(HeapArray<std::uint32_t>& table, std::uint32_t key) noexcept {
  std::uint32_t place = home_of(key, table.size());
  while (table[place] != 0) place = place + 1 == table.size() ? 0 : place + 1;
  table[place] = key;
}

}  // namespace

bool RecipientMemory::is_size_of_hashed(std::uint32_t words) noexcept {
  if (words == 0 || words == kFilterWords) return true;
  return words <= kMostHashedWords && words == size_for(words, kHashedSteps);
}

HeapArray<std::uint32_t> RecipientMemory::hashed() const {
  if (is_filter() || count_ == 0) return table_;
  HeapArray<std::uint32_t> table(size_for((count_ * 8 + 6) / 7, kHashedSteps));
  for (const std::uint32_t key : words_in_use()) put_in_table(table, key);
  return table;
}

bool RecipientMemory::take_hashed(HeapArray<std::uint32_t> table) {
  if (table.size() == kFilterWords) {
    table_ = std::move(table);
    return is_sound();
  }
  std::ranges::sort(table);
  const auto empty = static_cast<std::uint32_t>(std::ranges::count(table, 0U));
  const bool fits = table.size() - empty == count_ && make_places(false);
  if (fits) std::copy(table.begin() + empty, table.end(), table_.begin());
  return fits && is_sound();
}

}  // namespace postreeve
