// Shared counters in memory.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <unordered_map>

#include "sketch/decaying_count.h"
#include "sketch/hyper_log_log.h"
#include "sketch/window_count.h"
#include "store/country_counts.h"
#include "store/shared_counters.h"
#include "store/trait_table.h"

namespace postreeve {

// Sharded by key; each shard keeps a capped number of entries, since attackers choose the
// networks they come from: when full, half of the entries, those seen longest ago, are forgotten.
// Any thread.
class MemorySharedCounters final : public SharedCounters {
 public:
  // `most_entries`: networks, destinations and limit keys each, over all shards.
  explicit MemorySharedCounters(std::size_t most_entries = 1'000'000);

  NetworkSnapshot add_login(std::uint64_t network, std::uint64_t account, bool success,
                            Timestamp time) override;
  DestinationSnapshot add_delivery(std::uint64_t destination, bool refused, Timestamp time) override;
  [[nodiscard]] std::uint32_t used(std::uint64_t limit_key, Duration window, Timestamp time) const override;
  void use(std::uint64_t limit_key, Duration window, Timestamp time, std::uint32_t amount) override;
  std::uint32_t add_restriction(Timestamp time) override;
  [[nodiscard]] std::uint32_t restrictions(Timestamp time) const override;
  [[nodiscard]] TraitSnapshot look(TraitKey trait, TraitUser user, Timestamp time) const override;
  void add_honest(TraitKey trait, TraitUser user, Timestamp time) override;
  void add_stranger(TraitKey trait, TraitUser user, Timestamp time, bool sent) override;
  void accuse(TraitKey trait, TraitUser user, Timestamp time, float weight) override;
  void add_country(TraitUser user, std::uint16_t country) override;
  [[nodiscard]] CountrySnapshot look_country(TraitUser user, std::uint16_t country) const override;
  void settle_accusations(std::uint32_t account, bool confirmed) override;

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kSlots = 8;

  // Distinct accounts of two days, one sketch a day taking turns.
  struct Network {
    std::uint32_t seen = 0;  // seconds
    std::uint16_t day = 0;
    DecayingCount failures;
    std::array<HyperLogLog<5>, 2> failed;
    std::array<HyperLogLog<5>, 2> succeeded;
  };
  struct Destination {
    std::uint32_t seen = 0;
    WindowCount<3'600, 6> delivered;
    WindowCount<3'600, 6> refused;
  };
  // A window of any width in kSlots parts.
  struct Usage {
    std::uint32_t seen = 0;
    std::uint64_t newest = 0;
    std::array<std::uint32_t, kSlots> slots{};
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::uint64_t, Network> networks;
    std::unordered_map<std::uint64_t, Destination> destinations;
    std::unordered_map<std::uint64_t, Usage> usages;
  };

  [[nodiscard]] static bool is_text(TraitKey trait) {
    return trait.trait == Trait::kSubject || trait.trait == Trait::kPretence;
  }
  [[nodiscard]] TraitTable& table_of(TraitKey trait) { return is_text(trait) ? texts_ : places_; }
  static void turn(Network& network, std::uint16_t day);
  [[nodiscard]] Shard& shard_of(std::uint64_t key) { return shards_[(key >> 8) % kShards]; }
  [[nodiscard]] const Shard& shard_of(std::uint64_t key) const { return shards_[(key >> 8) % kShards]; }

  std::size_t most_in_shard_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint32_t> latest_restriction_{0};  // seconds
  mutable std::mutex restrictions_mutex_;
  // An hour may be ten minutes short in buckets: with seven of them no hour has more than the fuse allows.
  WindowCount<4'200, 7> restrictions_;
  TraitTable places_;
  TraitTable texts_;
  Accusations accusations_;
  CountryCounts countries_;
};

}  // namespace postreeve
