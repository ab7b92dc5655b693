// Whom an account has written to before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/heap_array.h"

namespace postreeve {

// A set of 32-bit keyed hashes of recipients in size classes from 64 bytes to 16 KiB.
//
// Up to 896 recipients it is exact but for hash collisions (n / 2^32): a sorted array, which has no room to
// spare but the step to the next size. Beyond, it becomes two Bloom filters of 8 KiB that take turns: the
// older one is emptied when the newer has taken 10,000 recipients, so the last 10,000 to 20,000 are
// remembered, and a recipient never written to is taken for known with a probability under 10 %.
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
    if (archive.version() < 3) return hashed_fields(self, archive);
    // NOLINTBEGIN(misc-const-correctness): read into
    auto& [table, count, generation, newer_is_second] = self;
    bool filters = self.is_filter();
    // NOLINTEND(misc-const-correctness)
    archive(filters, count, generation, newer_is_second);
    if constexpr (Archive::kReads)
      archive.require(self.make_places(filters), "more recipients than are kept one by one");
    for (auto& word : self.words_in_use()) archive(word);
    if constexpr (Archive::kReads) archive.require(self.is_sound(), "recipients that do not fit their table");
  }

 private:
  static constexpr std::uint32_t kMostExact = 896;
  static constexpr std::uint32_t kFilterWords = 4096;  // 16 KiB: two filters
  static constexpr std::uint32_t kGeneration = 10'000;

  // Until record format 3 the exact ones lay in a hash table with empty places.
  template <typename Self, typename Archive>
  static void hashed_fields(Self& self, Archive& archive) {
    HeapArray<std::uint32_t> table;
    if constexpr (!Archive::kReads) table = self.hashed();
    std::uint32_t words = table.size();  // NOLINT(misc-const-correctness): read into
    archive(words, self.count_, self.generation_, self.newer_is_second_);
    if constexpr (Archive::kReads) {
      archive.require(is_size_of_hashed(words), "a table of recipients of no known size");
      table = HeapArray<std::uint32_t>(is_size_of_hashed(words) ? words : 0);
    }
    for (auto& word : table) archive(word);
    if constexpr (Archive::kReads)
      archive.require(self.take_hashed(std::move(table)), "recipients that do not fit their table");
  }
  [[nodiscard]] HeapArray<std::uint32_t> hashed() const;
  [[nodiscard]] static bool is_size_of_hashed(std::uint32_t words) noexcept;
  // Takes the recipients out of a table that was read; false when they do not fit it.
  [[nodiscard]] bool take_hashed(HeapArray<std::uint32_t> table);

  [[nodiscard]] bool is_filter() const noexcept { return table_.size() == kFilterWords; }
  [[nodiscard]] std::span<std::uint32_t> words_in_use() noexcept;
  [[nodiscard]] std::span<const std::uint32_t> words_in_use() const noexcept;
  void grow();
  // For reading back: makes the places for count_ recipients; false, and none, when there are too many.
  [[nodiscard]] bool make_places(bool filters);
  // Whether what was read could have been written.
  [[nodiscard]] bool is_sound() const noexcept;
  void add_exact(std::uint32_t recipient) noexcept;
  bool add_to_filter(std::uint32_t recipient) noexcept;
  [[nodiscard]] std::span<std::uint32_t> filter(bool newer) noexcept;
  [[nodiscard]] std::span<const std::uint32_t> filter(bool newer) const noexcept;

  HeapArray<std::uint32_t> table_;  // the first count_ in ascending order, or two filters
  std::uint32_t count_ = 0;
  std::uint16_t generation_ = 0;  // recipients in the newer filter
  bool newer_is_second_ = false;
};

}  // namespace postreeve
