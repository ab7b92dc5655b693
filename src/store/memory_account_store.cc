#include "store/memory_account_store.h"

namespace postreeve {

void MemoryAccountStore::update(const Hash128& account, RecordStep& step) {
  Shard& shard = shard_of(account);
  const std::scoped_lock lock(shard.mutex);
  AccountRecord& record = shard.records[account];
  prefetch(record);
  const bool was_active = record.profile.first_seen != 0;
  step.run(record);
  if (!was_active && record.profile.first_seen != 0) active_.fetch_add(1, std::memory_order_relaxed);
}

std::optional<AccountRecord> MemoryAccountStore::find(const Hash128& account) const {
  const Shard& shard = shard_of(account);
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.records.find(account);
  if (found == shard.records.end()) return std::nullopt;
  return found->second;
}

std::uint64_t MemoryAccountStore::size() const {
  std::uint64_t size = 0;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    size += shard.records.size();
  }
  return size;
}

std::uint64_t MemoryAccountStore::memory_bytes() const {
  std::uint64_t bytes = 0;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    for (const auto& [account, record] : shard.records) bytes += postreeve::memory_bytes(record);
  }
  return bytes;
}

}  // namespace postreeve
