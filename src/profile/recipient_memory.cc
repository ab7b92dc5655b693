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

RecipientMemory::RecipientMemory(const RecipientMemory& other) {
  *this = other;
}

RecipientMemory& RecipientMemory::operator=(const RecipientMemory& other) {
  if (this == &other) return *this;
  data_ = other.words_ == 0 ? nullptr : std::make_unique_for_overwrite<std::uint32_t[]>(other.words_);
  std::copy_n(other.data_.get(), other.words_, data_.get());
  words_ = other.words_;
  count_ = other.count_;
  generation_ = other.generation_;
  newer_is_second_ = other.newer_is_second_;
  return *this;
}

RecipientMemory::RecipientMemory(RecipientMemory&& other) noexcept {
  *this = std::move(other);
}

RecipientMemory& RecipientMemory::operator=(RecipientMemory&& other) noexcept {
  data_ = std::move(other.data_);
  words_ = std::exchange(other.words_, 0);
  count_ = std::exchange(other.count_, 0);
  generation_ = std::exchange(other.generation_, std::uint16_t{0});
  newer_is_second_ = std::exchange(other.newer_is_second_, false);
  return *this;
}

bool operator==(const RecipientMemory& a, const RecipientMemory& b) noexcept {
  return a.words_ == b.words_ && a.count_ == b.count_ && a.generation_ == b.generation_ &&
         a.newer_is_second_ == b.newer_is_second_ &&
         std::equal(a.data_.get(), a.data_.get() + a.words_, b.data_.get());
}

std::span<std::uint32_t> RecipientMemory::filter(bool newer) const noexcept {
  const std::size_t half = words_ / 2;
  return {data_.get() + (newer == newer_is_second_ ? half : 0), half};
}

bool RecipientMemory::contains(std::uint32_t recipient) const noexcept {
  const std::uint32_t key = as_key(recipient);
  if (words_ == 0) return false;
  if (is_filter()) return in_filter(filter(true), key) || in_filter(filter(false), key);
  for (std::uint32_t place = home_of(key, words_);; place = after(place, words_)) {
    if (data_[place] == key) return true;
    if (data_[place] == 0) return false;
  }
}

bool RecipientMemory::add(std::uint32_t recipient) {
  if (contains(recipient)) {
    if (is_filter()) add_to_filter(as_key(recipient));  // keep it in the newer filter
    return false;
  }
  if (!is_filter() && (count_ + 1) * 8 > words_ * 7) grow();
  if (is_filter()) {
    add_to_filter(as_key(recipient));
  } else {
    add_exact(as_key(recipient));
  }
  ++count_;
  return true;
}

void RecipientMemory::add_exact(std::uint32_t key) noexcept {
  std::uint32_t place = home_of(key, words_);
  while (data_[place] != 0) place = after(place, words_);
  data_[place] = key;
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

bool RecipientMemory::make_places() {
  data_ = nullptr;
  if (words_ == 0) return true;
  std::uint32_t size = kFirstWords;
  while (size < words_ && size < kExactWords) size = next_size(size);
  if (words_ != size && words_ != kFilterWords) {
    *this = RecipientMemory();
    return false;
  }
  data_ = std::make_unique<std::uint32_t[]>(words_);
  return true;
}

bool RecipientMemory::is_sound() const noexcept {
  if (is_filter()) return generation_ <= kGeneration;
  const auto keys = words_ - std::count(data_.get(), data_.get() + words_, 0U);
  return generation_ == 0 && !newer_is_second_ && keys == count_ && std::uint64_t{count_} * 8 <= words_ * 7U;
}

void RecipientMemory::grow() {
  const std::unique_ptr<std::uint32_t[]> old = std::move(data_);
  const std::uint32_t old_words = words_;
  words_ = old_words == 0 ? kFirstWords : old_words < kExactWords ? next_size(old_words) : kFilterWords;
  data_ = std::make_unique<std::uint32_t[]>(words_);
  for (std::uint32_t i = 0; i < old_words; ++i) {
    if (old[i] == 0) continue;
    if (is_filter()) {
      add_to_filter(old[i]);
    } else {
      add_exact(old[i]);
    }
  }
}

}  // namespace postreeve
