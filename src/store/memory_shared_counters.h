// Shared counters in memory.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/field_reader.h"
#include "base/result.h"
#include "sketch/decaying_count.h"
#include "sketch/hyper_log_log.h"
#include "sketch/window_count.h"
#include "store/counter_item.h"
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

  // For copying (counter_item.h): everything, one thing at a time; and one of them back, before anything is
  // counted and each once. What is more than the bounds hold is forgotten.
  void each(const OnCounterItem& on_item) const;
  void put(const CounterItem& item);

  // All that is counted as bytes in parts, so that it survives a restart: each is one shard, and so long its
  // lock is held at most. Any thread.
  static constexpr std::size_t kParts = 3 * 16 + 3;
  void save(std::size_t part, std::string& bytes) const;
  // Adds what save() wrote; part by part, before anything is counted. kCorrupt, kInvalidInput (written by a
  // newer version): nothing of the part was added. What is more than the bounds hold is forgotten.
  [[nodiscard]] Result<void> load(std::string_view bytes);

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

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      auto& [seen, day, failures, failed, succeeded] = self;
      archive(seen, day, failures, failed, succeeded);
    }
  };
  struct Destination {
    std::uint32_t seen = 0;
    WindowCount<3'600, 6> delivered;
    WindowCount<3'600, 6> refused;

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      auto& [seen, delivered, refused] = self;
      archive(seen, delivered, refused);
    }
  };
  // A window of any width in kSlots parts.
  struct Usage {
    std::uint32_t seen = 0;
    std::uint64_t newest = 0;
    std::array<std::uint32_t, kSlots> slots{};

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      auto& [seen, newest, slots] = self;
      archive(seen, newest, slots);
    }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::uint64_t, Network> networks;
    std::unordered_map<std::uint64_t, Destination> destinations;
    std::unordered_map<std::uint64_t, Usage> usages;
  };
  enum class Part : std::uint8_t { kShard, kPlaces, kTexts, kAccusations, kCountries, kRestrictions };

  [[nodiscard]] TraitTable& table_of(TraitKey trait) { return is_text(trait) ? texts_ : places_; }
  static void turn(Network& network, std::uint16_t day);
  static void add_to(Usage& usage, std::uint64_t part, std::uint32_t amount);
  void each_of(const Shard& shard, const OnCounterItem& on_item) const;
  void put_item(const NetworkFailures& item);
  void put_item(const DestinationAnswers& item);
  void put_item(const LimitUse& item);
  void put_item(const TraitUsers& item);
  void put_item(const AccountAccusations& item);
  void put_item(const CountriesUsed& item);
  void put_item(const Restrictions& item);
  [[nodiscard]] Result<void> load_shard(FieldReader& reader);
  [[nodiscard]] Result<void> load_restrictions(FieldReader& reader);
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
