// Whom an account has written to before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/heap_array.h"

namespace postreeve {

// A set of 32-bit keyed hashes of recipients in size classes from 64 bytes to 16 KiB.
//
// Up to 896 recipients it is exact but for hash collisions (n / 2^32). Beyond, it
// becomes two Bloom filters of 8 KiB that take turns: the older one is emptied when the
// newer has taken 10,000 recipients, so the last 10,000 to 20,000 are remembered, and a
// recipient never written to is taken for known with a probability under 10 %.
//
// Never forgets below that size. A value; allocates only when it grows. Not thread-safe.
class RecipientMemory {
 public:
  [[nodiscard]] bool contains(std::uint32_t recipient) const noexcept;

  // Remembers `recipient`; returns whether it was new.
  bool add(std::uint32_t recipient);

  // Recipients remembered exactly, or added since the filters took over.
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] std::size_t heap_bytes() const noexcept { return table_.heap_bytes(); }

  friend bool operator==(const RecipientMemory&, const RecipientMemory&) = default;

  // What is kept on a disk (base/field_archive.h).
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    auto& [table, count, generation, newer_is_second] = self;
    std::uint32_t words = table.size();  // NOLINT(misc-const-correctness): read into
    archive(words, count, generation, newer_is_second);
    if constexpr (Archive::kReads)
      archive.require(self.make_places(words), "a table of recipients of no known size");
    for (auto& word : table) archive(word);
    if constexpr (Archive::kReads) archive.require(self.is_sound(), "recipients that do not fit their table");
  }

 private:
  static constexpr std::uint32_t kFirstWords = 16;     // 64 bytes
  static constexpr std::uint32_t kExactWords = 1024;   // 4 KiB
  static constexpr std::uint32_t kFilterWords = 4096;  // 16 KiB: two filters
  static constexpr std::uint32_t kGeneration = 10'000;

  [[nodiscard]] bool is_filter() const noexcept { return table_.size() == kFilterWords; }
  void grow();
  // For reading back: makes `words` empty places; false, and none, when no table has so many.
  [[nodiscard]] bool make_places(std::uint32_t words);
  // Whether what was read could have been written: looking for a key must come to an end.
  [[nodiscard]] bool is_sound() const noexcept;
  void add_exact(std::uint32_t recipient) noexcept;
  bool add_to_filter(std::uint32_t recipient) noexcept;
  [[nodiscard]] std::span<std::uint32_t> filter(bool newer) noexcept;
  [[nodiscard]] std::span<const std::uint32_t> filter(bool newer) const noexcept;

  HeapArray<std::uint32_t> table_;
  std::uint32_t count_ = 0;
  std::uint16_t generation_ = 0;  // recipients in the newer filter
  bool newer_is_second_ = false;
};

}  // namespace postreeve
