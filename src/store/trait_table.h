// Which accounts have a trait in common (a network, a client's name), and what became
// of them: honest, a stranger's, accused.
//
// Exact for the few accounts of each trait that matter: the last 5 honest ones, 4
// strangers, 3 accused. Adding is commutative but for what is forgotten when a trait is
// full. Bounded: open addressing in vectors that double up to a limit; then the trait
// that tells least gives way, so who chooses his networks only displaces his own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/field_reader.h"
#include "base/field_writer.h"
#include "base/result.h"
#include "base/time.h"
#include "profile/surroundings.h"
#include "store/accusations.h"
#include "store/shared_counters.h"

namespace postreeve {

// Any thread: shards with a lock each.
class TraitTable {
 public:
  // How long a stranger is on trial, and after what time an accusation counts half.
  struct Spans {
    Duration trial;
    Duration half_life;
  };

  TraitTable(std::size_t most_traits, Spans spans);

  // With `accusations`, a stranger of an account that was accused of anything lately is as good
  // as accused here: what he sent before he was found out counts too.
  [[nodiscard]] TraitSnapshot look(TraitKey trait, TraitUser user, Timestamp time,
                                   const Accusations* accusations = nullptr) const;
  void add_honest(TraitKey trait, TraitUser user, Timestamp time);
  void add_stranger(TraitKey trait, TraitUser user, Timestamp time, bool sent);
  void accuse(TraitKey trait, TraitUser user, Timestamp time, float weight);
  void settle(TraitKey trait, std::uint32_t account, bool confirmed);

  // What is kept on a disk: a shard of it, and the same back, which counts beside what is there.
  static constexpr std::size_t kShards = 16;
  void save(std::size_t shard, FieldWriter& writer) const;
  [[nodiscard]] Result<void> load(FieldReader& reader);

 private:
  static constexpr std::size_t kProbes = 8;
  static constexpr std::size_t kFirstPlaces = 64;

  enum class Role : std::uint8_t { kNone, kHonest, kStranger, kAccused };
  static constexpr std::array<std::size_t, 4> kMostOf{0, 5, 4, 3};

  struct Slot {
    std::uint32_t account = 0;
    std::uint32_t time = 0;    // seconds: honest and accused the latest, of strangers the first
    std::uint16_t tenant = 0;  // of the keyed hash
    Role role = Role::kNone;
    std::uint8_t weight = 0;  // hundredths of an accusation; of a stranger: whether he sent

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      auto& [account, time, tenant, role, weight] = self;
      archive(account, time, tenant, weight);
      archive.up_to(role, Role::kAccused);
    }
  };
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t seen = 0;
    std::array<Slot, 12> slots{};

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      auto& [key, seen, slots] = self;
      archive(key, seen, slots);
    }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::vector<Entry> entries;
  };

  [[nodiscard]] static std::uint64_t key_of(TraitKey trait) noexcept;
  [[nodiscard]] Shard& shard_of(std::uint64_t key) { return shards_[key >> 60]; }
  [[nodiscard]] const Shard& shard_of(std::uint64_t key) const { return shards_[key >> 60]; }
  [[nodiscard]] static const Entry* find(const Shard& shard, std::uint64_t key) noexcept;
  Entry& entry_for(Shard& shard, std::uint64_t key, std::uint32_t now);
  void grow(Shard& shard);
  // What the slot is by now: trials end, memories fade.
  [[nodiscard]] Role role_at(const Slot& slot, std::uint32_t now) const noexcept;
  [[nodiscard]] Slot& slot_for(Entry& entry, Role role, TraitUser user, std::uint32_t now) const noexcept;
  [[nodiscard]] static std::size_t worth(const Entry& entry, std::uint32_t now) noexcept;

  Spans spans_;
  std::size_t most_in_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace postreeve
