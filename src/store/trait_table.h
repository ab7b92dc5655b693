// Which accounts have a trait in common (a network, a client's name), and what became
// of them: honest, a stranger's, accused.
//
// Each trait is a TraitEntry. Bounded: open addressing in vectors that double up to a limit; then the trait
// that tells least gives way, so who chooses his networks only displaces his own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "base/field_reader.h"
#include "base/field_writer.h"
#include "base/result.h"
#include "base/time.h"
#include "profile/surroundings.h"
#include "store/accusations.h"
#include "store/shared_counters.h"
#include "store/trait_entry.h"

namespace postreeve {

// Any thread: shards with a lock each.
class TraitTable {
 public:
  TraitTable(std::size_t most_traits, TraitSpans spans);

  // `accusations`: who was accused of anything lately (TraitEntry::look).
  [[nodiscard]] TraitSnapshot look(TraitKey trait, TraitUser user, Timestamp time,
                                   const Accusations* accusations = nullptr) const;
  void add_honest(TraitKey trait, TraitUser user, Timestamp time);
  void add_stranger(TraitKey trait, TraitUser user, Timestamp time, bool sent);
  void accuse(TraitKey trait, TraitUser user, Timestamp time, float weight);
  void settle(TraitKey trait, std::uint32_t account, bool confirmed);

  // For copying: every trait with those who have it, and one of them back, in the place of what is there.
  void each(const std::function<void(TraitKey, const TraitEntry&)>& on_trait) const;
  void put(TraitKey trait, const TraitEntry& users);

  // What is kept on a disk: a shard of it, and the same back, which counts beside what is there.
  static constexpr std::size_t kShards = 16;
  void save(std::size_t shard, FieldWriter& writer) const;
  [[nodiscard]] Result<void> load(FieldReader& reader);

 private:
  static constexpr std::size_t kProbes = 8;
  static constexpr std::size_t kFirstPlaces = 64;

  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t seen = 0;
    TraitEntry accounts;

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      auto& [key, seen, accounts] = self;
      archive(key, seen, accounts);
    }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::vector<Entry> entries;
  };

  [[nodiscard]] static std::uint64_t key_of(TraitKey trait) noexcept;
  [[nodiscard]] static TraitKey trait_of(std::uint64_t key) noexcept;
  [[nodiscard]] Shard& shard_of(std::uint64_t key) { return shards_[key >> 60]; }
  [[nodiscard]] const Shard& shard_of(std::uint64_t key) const { return shards_[key >> 60]; }
  [[nodiscard]] static const Entry* find(const Shard& shard, std::uint64_t key) noexcept;
  Entry& entry_for(Shard& shard, std::uint64_t key, std::uint32_t now);
  void grow(Shard& shard);
  template <typename Change>
  void change(TraitKey trait, Timestamp time, Change change);
  [[nodiscard]] static std::size_t worth(const Entry& entry, std::uint32_t now) noexcept;

  TraitSpans spans_;
  std::size_t most_in_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace postreeve
