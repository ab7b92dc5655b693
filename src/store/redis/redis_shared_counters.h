// Shared counters on Redis: what all nodes count together.
//
// Increments, HyperLogLogs and small scripts of Redis itself, so that what nodes add commutes; only who has a
// trait (trait_entry.h) is compared and set. Adding and the snapshot before it are one round trip. All that
// attackers choose (networks, clients, texts) expires: with `maxmemory` and a volatile policy Redis forgets
// what is used least and never a record.
//
// Everything is also counted in this node's memory. While Redis does not answer, or takes no writes, that is
// what there is to go by; when it answers again nothing of it is added: what a node counted alone, the others
// never knew.
//
// Limits: every question waits for Redis, at most the client's time limit. A limit is exceeded by what is in
// flight on other nodes; while Redis is away, by what other nodes let through. Expiry is by Redis's clock.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "redis/redis_client.h"
#include "store/memory_shared_counters.h"
#include "store/redis/marked_value.h"
#include "store/shared_counters.h"
#include "store/trait_entry.h"

namespace postreeve {

// Any thread.
class RedisSharedCounters final : public SharedCounters {
 public:
  // `most_entries` in memory, as of MemorySharedCounters. The client must outlive it.
  explicit RedisSharedCounters(RedisClient& client, std::size_t most_entries = 250'000);

  NetworkSnapshot add_login(std::uint64_t network, std::uint64_t account, bool success,
                            Timestamp time) override;
  DestinationSnapshot add_delivery(std::uint64_t destination, bool refused, Timestamp time) override;
  [[nodiscard]] std::uint32_t used(std::uint64_t limit_key, Duration window, Timestamp time) const override;
  void use(std::uint64_t limit_key, Duration window, Timestamp time, std::uint32_t amount) override;
  std::uint32_t add_restriction(Timestamp time) override;
  // As of the latest refresh(), with what this node added since: asked at every event.
  [[nodiscard]] std::uint32_t restrictions(Timestamp time) const override;
  [[nodiscard]] TraitSnapshot look(TraitKey trait, TraitUser user, Timestamp time) const override;
  void add_honest(TraitKey trait, TraitUser user, Timestamp time) override;
  void add_stranger(TraitKey trait, TraitUser user, Timestamp time, bool sent) override;
  void accuse(TraitKey trait, TraitUser user, Timestamp time, float weight) override;
  void add_country(TraitUser user, std::uint16_t country) override;
  [[nodiscard]] CountrySnapshot look_country(TraitUser user, std::uint16_t country) const override;
  void settle_accusations(std::uint32_t account, bool confirmed) override;

  // Asks how many restrictions all nodes made lately; call every few seconds.
  [[nodiscard]] Result<void> refresh(Timestamp now);

 private:
  [[nodiscard]] Result<TraitEntry> load(TraitKey trait) const;
  template <typename Change>
  void change(TraitKey trait, Change change);
  [[nodiscard]] std::vector<std::uint32_t> accused_among(const TraitEntry& entry, Timestamp time) const;

  RedisClient& client_;
  mutable MarkedValues traits_;
  MemorySharedCounters own_;
  std::atomic<std::uint32_t> restrictions_{0};  // of all nodes within the hour
  std::atomic<bool> is_alone_{false};  // as of the latest refresh(): Redis did not answer, or takes no writes
};

}  // namespace postreeve
