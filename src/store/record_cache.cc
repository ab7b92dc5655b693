#include "store/record_cache.h"

#include <algorithm>
#include <utility>

#include "profile/record_codec.h"

namespace postreeve {
namespace {

// What the index, the allocator and an entry itself take beside the record.
constexpr std::uint64_t kBytesBeside = 144;
// How many a step looks at, at most, when memory runs short: it must not wait for the others' past.
constexpr int kMostLooks = 16;

}  // namespace

std::uint32_t latest_event(const AccountRecord& record) noexcept {
  return std::max(record.profile.last_seen, record.stranger ? record.stranger->last_seen : 0);
}

RecordCache::RecordCache(const RecordTable& table, std::uint64_t most_bytes)
    : table_(table),
      most_bytes_in_shard_(most_bytes / kShards),
      accounts_(table.counts_at_start().accounts),
      active_(table.counts_at_start().active) {}

void RecordCache::update(const Hash128& account, RecordStep& step) {
  Shard& shard = shard_of(account);
  const std::scoped_lock lock(shard.mutex);
  Entry& entry = entry_of(shard, account);
  step.run(entry.record);
  if (!entry.is_active && entry.record.profile.first_seen != 0) {
    entry.is_active = true;
    active_.fetch_add(1, std::memory_order_relaxed);
  }
  const auto bytes = static_cast<std::uint32_t>(memory_bytes(entry.record));
  shard.bytes = shard.bytes + bytes - entry.bytes;
  entry.bytes = bytes;
  mark_dirty(shard, entry);
  if (shard.bytes > most_bytes_in_shard_) evict(shard);
}

std::optional<AccountRecord> RecordCache::find(const Hash128& account) const {
  {
    const Shard& shard = shard_of(account);
    const std::scoped_lock lock(shard.mutex);
    const auto found = shard.entries.find(account);
    if (found != shard.entries.end()) return found->second.record;
  }
  // Not in memory, so what is stored is the latest. A fault is noted when somebody updates the record.
  Result<std::optional<StoredRecord>> stored = table_.load(account);
  if (!stored || !*stored) return std::nullopt;
  Result<AccountRecord> record = decode_record((*stored)->bytes);
  if (!record) return std::nullopt;
  return std::move(*record);
}

RecordCache::Entry& RecordCache::entry_of(Shard& shard, const Hash128& account) {
  const auto [place, is_new] = shard.entries.try_emplace(account);
  Entry& entry = place->second;
  if (is_new) {
    entry.account = &place->first;
    link_newest(shard, entry);
    shard.bytes += kBytesBeside;
    load(entry);
    return entry;
  }
  prefetch(entry.record);
  if (shard.newest != &entry) {
    unlink(shard, entry);
    link_newest(shard, entry);
  }
  if (entry.is_unread) load(entry);
  return entry;
}

void RecordCache::load(Entry& entry) {
  Result<std::optional<StoredRecord>> stored = table_.load(*entry.account);
  if (!stored) {
    entry.is_unread = true;
    unread_.fetch_add(1, std::memory_order_relaxed);
    return note_fault("a record could not be read: " + stored.error().detail);
  }
  entry.is_unread = false;
  if (*stored) return accept(entry, **stored);
  accounts_.fetch_add(1, std::memory_order_relaxed);
}

void RecordCache::accept(Entry& entry, const StoredRecord& stored) {
  entry.row = stored.row;
  // Became so while the disk did not answer; the start has counted it if it is stored so.
  if (entry.is_active) active_.fetch_sub(1, std::memory_order_relaxed);
  entry.is_active = stored.is_active;
  entry.was_active = stored.is_active;
  Result<AccountRecord> record = decode_record(stored.bytes);
  if (!record) {
    entry.is_corrupt = true;
    corrupt_.fetch_add(1, std::memory_order_relaxed);
    return note_fault(record.error().detail);
  }
  loaded_.fetch_add(1, std::memory_order_relaxed);
  // What was learned while the disk did not answer is dropped; of the standings the more severe one stays.
  if (entry.record.standing.level > record->standing.level) record->standing = entry.record.standing;
  entry.record = std::move(*record);
}

void RecordCache::note_fault(std::string fault) {
  const std::scoped_lock lock(fault_mutex_);
  last_fault_ = std::move(fault);
}

void RecordCache::mark_dirty(Shard& shard, Entry& entry) {
  if (entry.is_dirty || entry.is_unread) return;
  entry.is_dirty = true;
  shard.dirty.push_back(*entry.account);
  if (!entry.is_taken) dirty_.fetch_add(1, std::memory_order_relaxed);
}

void RecordCache::evict(Shard& shard) {
  for (int looks = 0; looks < kMostLooks && shard.bytes > most_bytes_in_shard_; ++looks) {
    Entry* oldest = shard.oldest;
    if (oldest == nullptr || oldest == shard.newest) return;
    unlink(shard, *oldest);
    const bool must_stay =
        oldest->is_dirty || oldest->is_taken || oldest->record.standing.level != Level::kClear;
    if (must_stay) {
      link_newest(shard, *oldest);
      continue;
    }
    if (oldest->is_unread && oldest->is_active) active_.fetch_sub(1, std::memory_order_relaxed);
    shard.bytes -= oldest->bytes + kBytesBeside;
    const Hash128 account = *oldest->account;
    shard.entries.erase(account);
    evicted_.fetch_add(1, std::memory_order_relaxed);
  }
}

void RecordCache::unlink(Shard& shard, Entry& entry) {
  (entry.newer != nullptr ? entry.newer->older : shard.newest) = entry.older;
  (entry.older != nullptr ? entry.older->newer : shard.oldest) = entry.newer;
  entry.newer = entry.older = nullptr;
}

void RecordCache::link_newest(Shard& shard, Entry& entry) {
  entry.older = shard.newest;
  if (shard.newest != nullptr) shard.newest->newer = &entry;
  shard.newest = &entry;
  if (shard.oldest == nullptr) shard.oldest = &entry;
}

std::size_t RecordCache::dirty_in(std::size_t shard) const {
  const std::scoped_lock lock(shards_[shard].mutex);
  return shards_[shard].dirty.size();
}

void RecordCache::take(std::size_t shard_number, std::size_t most, std::vector<RowToWrite>& rows) {
  Shard& shard = shards_[shard_number];
  const std::scoped_lock lock(shard.mutex);
  const std::size_t size = std::min(most, shard.dirty.size());
  for (std::size_t i = 0; i < size; ++i) {
    Entry& entry = shard.entries.at(shard.dirty[i]);
    entry.is_dirty = false;
    entry.is_taken = true;
    RowToWrite& row = rows.emplace_back();
    row.account = *entry.account;
    row.row = entry.row;
    row.changed = latest_event(entry.record);
    row.is_active = entry.is_active;
    row.was_active = entry.was_active;
    row.keep_aside = entry.is_corrupt;
    encode_record(entry.record, row.bytes);
  }
  shard.dirty.erase(shard.dirty.begin(), shard.dirty.begin() + static_cast<std::ptrdiff_t>(size));
}

void RecordCache::settle(const std::vector<RowToWrite>& rows, bool written) {
  for (const RowToWrite& row : rows) {
    Shard& shard = shard_of(row.account);
    const std::scoped_lock lock(shard.mutex);
    Entry& entry = shard.entries.at(row.account);
    entry.is_taken = false;
    if (written) {
      entry.row = row.row;
      entry.was_active = row.is_active;
      entry.is_corrupt = false;
    } else if (!entry.is_dirty) {
      entry.is_dirty = true;
      shard.dirty.push_back(row.account);
    }
    if (!entry.is_dirty) dirty_.fetch_sub(1, std::memory_order_relaxed);
  }
}

RecordCache::Stats RecordCache::stats() const {
  Stats stats{.dirty = dirty_.load(std::memory_order_relaxed),
              .loaded = loaded_.load(std::memory_order_relaxed),
              .evicted = evicted_.load(std::memory_order_relaxed),
              .corrupt = corrupt_.load(std::memory_order_relaxed),
              .unread = unread_.load(std::memory_order_relaxed)};
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    stats.resident += shard.entries.size();
    stats.bytes += shard.bytes;
  }
  return stats;
}

std::string RecordCache::last_fault() const {
  const std::scoped_lock lock(fault_mutex_);
  return last_fault_;
}

}  // namespace postreeve
