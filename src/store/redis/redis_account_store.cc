#include "store/redis/redis_account_store.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>

#include "profile/record_codec.h"
#include "store/redis/marked_value.h"
#include "store/redis/node_cache.h"
#include "store/redis/redis_keys.h"
#include "store/redis/shared_format.h"

namespace postreeve {
namespace {

constexpr std::size_t kTurns = 1'024;
// Of nodes that write one record at the same time one gets through each time.
constexpr int kMostTries = 100;
constexpr const char* kKeepAsideSeconds = "2592000";  // 30 days

bool is_active(const AccountRecord& record) {
  return record.profile.first_seen != 0;
}

// More severe stays: who restricted an account knew something.
void keep_more_severe(Standing& standing, const Standing& other) {
  if (other.level > standing.level) standing = other;
}

// The copy of an account whose turn one has; goes back into the cache whatever happens.
class Borrowed {
 public:
  Borrowed(NodeCache& cache, const Hash128& account) : cache_(cache), taken_(cache.take(account)) {}
  ~Borrowed() {
    if (taken_.empty()) return;
    NodeCache::Kept& kept = taken_.front();
    // What holds here and not in Redis. A standing that is there as well may be lifted by others.
    if (kept.is_adrift) {
      kept.undelivered.reset();
      if (!(kept.record.standing == kept.standing)) kept.undelivered = kept.record.standing;
    }
    cache_.put(std::move(taken_));
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  [[nodiscard]] NodeCache::Kept& kept() { return taken_.front(); }
  void drop() {
    cache_.drop(taken_);
    taken_.clear();
  }

 private:
  NodeCache& cache_;
  NodeCache::Taken taken_;
};

std::uint64_t count_of(const RespValue& value) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, value.number()));
}

// Answers to several threads may come in any order.
void raise(std::atomic<std::uint64_t>& count, std::uint64_t to) {
  std::uint64_t now = count;
  while (now < to && !count.compare_exchange_weak(now, to)) {
  }
}

}  // namespace

struct RedisAccountStore::Impl {
  using Kept = NodeCache::Kept;

  Impl(RedisClient& c, const RedisAccountStoreOptions& options)
      : client(c), values(c), cache(options.memory_bytes), format(options.newest_format) {}

  std::mutex& turn_of(const Hash128& account) { return turns[account.low % kTurns]; }
  void note_fault(std::string fault);
  // Whether the record may be written: Redis answered, and what it has is no newer version's.
  bool see(Kept& kept);
  // What Redis has of an account.
  enum class Found : std::uint8_t { kNothing, kRecord, kDamaged, kNewer };
  Found adopt(Kept& kept, std::optional<std::string> value);
  Found adopt_unreadable(Kept& kept, const std::string& value, const Error& error);
  void report_damage(const Hash128& account, const std::string& value);
  void run(Kept& kept, RecordStep& step);
  bool write(Kept& kept, RecordStep& step);
  std::optional<AccountRecord> find_in_turn(const Hash128& account);
  // Beside a step of the account; false when Redis does not say.
  bool find_beside(const Hash128& account, std::optional<AccountRecord>& found);
  Result<void> take_counts();
  Result<void> forget(const Hash128& account);
  void count(bool is_new, bool is_activated);

  RedisClient& client;
  MarkedValues values;
  NodeCache cache;
  SharedFormat format;
  std::array<std::mutex, kTurns> turns;
  std::atomic<std::uint64_t> accounts{0};
  std::atomic<std::uint64_t> active{0};
  std::atomic<std::uint64_t> conflicts{0};
  std::atomic<std::uint64_t> alone{0};
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<std::uint64_t> restored{0};
  std::atomic<std::uint64_t> corrupt{0};
  std::atomic<std::uint64_t> damaged{0};
  std::atomic<std::uint64_t> newer{0};
  mutable std::mutex fault_mutex;
  std::string last_fault;
};

void RedisAccountStore::Impl::note_fault(std::string fault) {
  const std::scoped_lock lock(fault_mutex);
  last_fault = std::move(fault);
}

bool RedisAccountStore::Impl::see(Kept& kept) {
  const std::string key = redis_keys::record(kept.account);
  // What is there is older than what was learned here, and stays so until it can be written.
  if (kept.is_adrift && !client.takes_writes(key)) return false;
  Result<std::optional<std::string>> value = values.load(key);
  if (!value) {
    if (value.error().code != ErrorCode::kUnavailable) note_fault(value.error().detail);
    return false;
  }
  return adopt(kept, std::move(*value)) != Found::kNewer;
}

// Takes over what Redis has: the record of others, or nothing.
RedisAccountStore::Impl::Found RedisAccountStore::Impl::adopt(Kept& kept, std::optional<std::string> value) {
  if (!value) {
    // Lost in Redis, or never there: what we have is better than nothing, and is written when it is used.
    if (!kept.mark.empty()) {
      ++restored;
      kept.is_adrift = true;
    }
    kept.mark.clear();
    kept.standing = {};
    kept.is_seen = true;
    kept.is_damaged = false;
    kept.was_active = false;
    return Found::kNothing;
  }
  Result<AccountRecord> record = decode_record(content_of(*value), format.newest());
  if (!record) return adopt_unreadable(kept, *value, record.error());
  if (kept.is_adrift) ++dropped;
  kept.standing = record->standing;
  kept.record = std::move(*record);
  // What was decided here meanwhile; else what was decided elsewhere holds.
  if (kept.undelivered == kept.standing) kept.undelivered.reset();
  if (kept.undelivered) keep_more_severe(kept.record.standing, *kept.undelivered);
  kept.mark = mark_of(*value);
  kept.was_active = is_active(kept.record);
  kept.is_seen = true;
  kept.is_damaged = false;
  kept.is_adrift = false;
  return Found::kRecord;
}

// The copy that is here stays: it is better than nothing, and nobody else may know its standing. A node that
// has none begins a new record, and whoever has the standing in his ledger puts it back (app/shared_state.h).
RedisAccountStore::Impl::Found RedisAccountStore::Impl::adopt_unreadable(Kept& kept, const std::string& value,
                                                                         const Error& error) {
  note_fault("the record " + redis_keys::record(kept.account) + ": " + error.detail);
  if (error.code == ErrorCode::kInvalidInput) {
    ++newer;
    return Found::kNewer;
  }
  if (!std::exchange(kept.is_damaged, true)) report_damage(kept.account, value);
  if (kept.undelivered) keep_more_severe(kept.record.standing, *kept.undelivered);
  if (kept.record.standing.level != Level::kClear) kept.undelivered = kept.record.standing;
  kept.mark = mark_of(value);
  kept.standing = {};
  kept.was_active = false;
  kept.is_seen = true;
  kept.is_adrift = false;
  return Found::kDamaged;
}

// Kept aside for a person; and counted for all nodes, of which one may know the standing.
void RedisAccountStore::Impl::report_damage(const Hash128& account, const std::string& value) {
  ++corrupt;
  const std::string aside = redis_keys::corrupt_record(account);
  const std::string key = redis_keys::kCount;
  const RedisCommand commands[] = {{aside, {"SET", aside, value, "EX", kKeepAsideSeconds}},
                                   {key, {"HINCRBY", key, "damaged", "1"}}};
  (void)client.ask_all(commands);
}

void RedisAccountStore::Impl::run(Kept& kept, RecordStep& step) {
  const bool must_look = !kept.is_seen || kept.is_adrift;
  const bool may_write = !must_look || see(kept);
  prefetch(kept.record);
  kept.is_adrift = true;  // until it is written; also when the step throws
  step.run(kept.record);
  if (!may_write || !write(kept, step)) ++alone;
}

// False when Redis did not take it: the step has run all the same.
bool RedisAccountStore::Impl::write(Kept& kept, RecordStep& step) {
  const std::string key = redis_keys::record(kept.account);
  std::string encoded;
  for (int tries = 0; tries < kMostTries; ++tries) {
    encode_record(kept.record, encoded, format.written());
    std::string value = values.new_mark();
    value += encoded;
    Result<MarkedValues::Stored> stored = values.store(key, kept.mark, value);
    if (!stored) return false;
    if (stored->is_written) {
      const bool is_activated = is_active(kept.record) && !kept.was_active;
      const bool is_new = kept.mark.empty();
      kept.mark = mark_of(value);
      kept.was_active = is_active(kept.record);
      kept.standing = kept.record.standing;
      kept.undelivered.reset();
      kept.is_damaged = false;
      kept.is_adrift = false;
      if (is_new || is_activated) count(is_new, is_activated);
      return true;
    }
    kept.is_adrift = false;
    const Found found = adopt(kept, std::move(stored->newer));
    kept.is_adrift = true;
    if (found == Found::kNewer) return false;
    if (found != Found::kRecord) continue;  // lost or damaged: ours is written as it is
    ++conflicts;
    step.run(kept.record);
  }
  return false;
}

std::optional<AccountRecord> RedisAccountStore::Impl::find_in_turn(const Hash128& account) {
  Borrowed borrowed(cache, account);
  Kept& kept = borrowed.kept();
  // What Redis has lost, or does not tell, we may still have.
  const bool was_here = kept.is_adrift || !kept.mark.empty();
  (void)see(kept);
  if (was_here || !kept.mark.empty()) return kept.record;
  borrowed.drop();
  return std::nullopt;
}

bool RedisAccountStore::Impl::find_beside(const Hash128& account, std::optional<AccountRecord>& found) {
  const Result<std::optional<std::string>> value = values.load(redis_keys::record(account));
  if (!value) return false;
  const std::optional<Standing> undelivered = cache.undelivered(account);
  if (!*value) return !undelivered;
  Result<AccountRecord> record = decode_record(content_of(**value), format.newest());
  if (!record) return false;
  if (undelivered) keep_more_severe(record->standing, *undelivered);
  found = std::move(*record);
  return true;
}

void RedisAccountStore::Impl::count(bool is_new, bool is_activated) {
  const std::string key = redis_keys::kCount;
  const RedisCommand commands[] = {{key, {"HINCRBY", key, "accounts", is_new ? "1" : "0"}},
                                   {key, {"HINCRBY", key, "active", is_activated ? "1" : "0"}}};
  const std::vector<Result<RespValue>> answers = client.ask_all(commands);
  if (answers[0]) raise(accounts, count_of(*answers[0]));
  if (answers[1]) raise(active, count_of(*answers[1]));
}

RedisAccountStore::RedisAccountStore(RedisClient& client, RedisAccountStoreOptions options)
    : impl_(std::make_unique<Impl>(client, options)) {
  (void)impl_->take_counts();  // it may not be there yet; or not be ours, so nothing is written
}
RedisAccountStore::~RedisAccountStore() = default;

void RedisAccountStore::update(const Hash128& account, RecordStep& step) {
  const std::scoped_lock turn(impl_->turn_of(account));
  Borrowed borrowed(impl_->cache, account);
  impl_->run(borrowed.kept(), step);
}

std::optional<AccountRecord> RedisAccountStore::find(const Hash128& account) const {
  std::unique_lock turn(impl_->turn_of(account), std::try_to_lock);
  std::optional<AccountRecord> found;
  if (!turn && impl_->find_beside(account, found)) return found;
  if (!turn) turn.lock();
  return impl_->find_in_turn(account);
}

// An empty record: one that is not there would be taken for lost, and brought back by whoever has a copy.
Result<void> RedisAccountStore::Impl::forget(const Hash128& account) {
  const std::string key = redis_keys::record(account);
  const std::string aside = redis_keys::corrupt_record(account);
  const std::string value = values.new_mark() + encode_record({}, format.written());
  const RedisCommand commands[] = {
      {key, {"EXISTS", key}}, {key, {"SET", key, value}}, {aside, {"DEL", aside}}};
  const std::vector<Result<RespValue>> answers = client.ask_all(commands);
  for (const Result<RespValue>& answer : answers) {
    if (!answer) return fail(ErrorCode::kUnavailable, "its record is as before: " + answer.error().detail);
  }
  if (answers[0]->number() == 0) count(true, false);
  return {};
}

Result<void> RedisAccountStore::forget(const Hash128& account) {
  const std::scoped_lock turn(impl_->turn_of(account));
  if (Result<void> forgotten = impl_->forget(account); !forgotten) return forgotten;
  Borrowed(impl_->cache, account).drop();
  return {};
}

void RedisAccountStore::forget_here(const Hash128& account) {
  const std::scoped_lock turn(impl_->turn_of(account));
  Borrowed(impl_->cache, account).drop();
}

std::uint64_t RedisAccountStore::size() const {
  return impl_->accounts;
}

std::uint64_t RedisAccountStore::active() const {
  return impl_->active;
}

Result<void> RedisAccountStore::refresh() {
  if (Result<void> counted = impl_->take_counts(); !counted) return counted;
  return impl_->format.look(impl_->client);
}

Result<void> RedisAccountStore::Impl::take_counts() {
  const std::string key = redis_keys::kCount;
  const Result<RespValue> answer =
      client.ask(RedisCommand(key, {"HMGET", key, "accounts", "active", "damaged"}));
  if (!answer) return fail(answer.error());
  if (answer->items.size() != 3) return fail(ErrorCode::kCorrupt, "the count of accounts is none");
  accounts = count_of(answer->items[0]);
  active = count_of(answer->items[1]);
  damaged = count_of(answer->items[2]);
  return {};
}

RedisStoreHealth RedisAccountStore::health() const {
  const NodeCache::Stats stats = impl_->cache.stats();
  RedisStoreHealth health{.last_fault = {},
                          .resident = stats.resident,
                          .memory_bytes = stats.bytes,
                          .evicted = stats.evicted,
                          .conflicts = impl_->conflicts,
                          .alone = impl_->alone,
                          .dropped = impl_->dropped,
                          .restored = impl_->restored,
                          .corrupt = impl_->corrupt,
                          .damaged = impl_->damaged,
                          .newer = impl_->newer,
                          .format = impl_->format.written()};
  const std::scoped_lock lock(impl_->fault_mutex);
  health.last_fault = impl_->last_fault;
  return health;
}

}  // namespace postreeve
