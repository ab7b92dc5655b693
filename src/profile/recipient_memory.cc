#include "profile/recipient_memory.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "sketch/bloom.h"

namespace postreeve {
namespace {

// The hash 0 marks an empty place.
constexpr std::uint32_t as_key(std::uint32_t recipient) noexcept {
  return recipient == 0 ? 1 : recipient;
}

// Where a key belongs in a table of any size (Lemire 2019): keys are hashes, so that their upper bits
// spread over the places as well as a remainder would.
constexpr std::uint32_t home_of(std::uint32_t key, std::uint32_t words) noexcept {
  return static_cast<std::uint32_t>((std::uint64_t{key} * words) >> 32);
}

constexpr std::uint32_t after(std::uint32_t place, std::uint32_t words) noexcept {
  return place + 1 == words ? 0 : place + 1;
}

// 16, 20, 24, 28, 32, 40, ...: with powers of two half of the accounts would have a table twice as large as
// they need.
constexpr std::uint32_t next_size(std::uint32_t words) noexcept {
  return words + std::bit_floor(words) / 4;
}

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

bool RecipientMemory::contains(std::uint32_t recipient) const noexcept {
  const std::uint32_t key = as_key(recipient);
  if (table_.empty()) return false;
  if (is_filter()) return in_filter(filter(true), key) || in_filter(filter(false), key);
  const std::uint32_t words = table_.size();
  for (std::uint32_t place = home_of(key, words);; place = after(place, words)) {
    if (table_[place] == key) return true;
    if (table_[place] == 0) return false;
  }
}

bool RecipientMemory::add(std::uint32_t recipient) {
  if (contains(recipient)) {
    if (is_filter()) add_to_filter(as_key(recipient));  // keep it in the newer filter
    return false;
  }
  if (!is_filter() && (count_ + 1) * 8 > table_.size() * 7) grow();
  if (is_filter()) {
    add_to_filter(as_key(recipient));
  } else {
    add_exact(as_key(recipient));
  }
  ++count_;
  return true;
}

void RecipientMemory::add_exact(std::uint32_t key) noexcept {
  const std::uint32_t words = table_.size();
  std::uint32_t place = home_of(key, words);
  while (table_[place] != 0) place = after(place, words);
  table_[place] = key;
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

bool RecipientMemory::make_places(std::uint32_t words) {
  std::uint32_t size = kFirstWords;
  while (size < words && size < kExactWords) size = next_size(size);
  const bool is_known = words == 0 || words == size || words == kFilterWords;
  if (is_known) {
    table_ = HeapArray<std::uint32_t>(words);
  } else {
    *this = RecipientMemory();
  }
  return is_known;
}

bool RecipientMemory::is_sound() const noexcept {
  if (is_filter()) return generation_ <= kGeneration;
  const auto keys = table_.size() - std::ranges::count(table_, 0U);
  return generation_ == 0 && !newer_is_second_ && keys == count_ &&
         std::uint64_t{count_} * 8 <= table_.size() * 7U;
}

void RecipientMemory::grow() {
  const HeapArray<std::uint32_t> old = std::move(table_);
  const bool is_full = old.size() >= kExactWords;
  table_ = HeapArray<std::uint32_t>(old.empty() ? kFirstWords
                                    : is_full   ? kFilterWords
                                                : next_size(old.size()));
  for (const std::uint32_t key : old) {
    if (key == 0) continue;
    if (is_filter()) {
      add_to_filter(key);
    } else {
      add_exact(key);
    }
  }
}

}  // namespace postreeve
