#include "store/sqlite_account_store.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "store/record_cache.h"
#include "store/record_table.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostBatchBytes = 1U << 20U;
// Encoding so many takes well below a millisecond: so long callers wait for a shard at most.
constexpr std::size_t kRowsALock = 32;
// Between batches the ledger gets its turn: SQLite's own waiting looks again after 1, 2, 5, 10 ms.
constexpr Duration kTurn{2};
// A log that grows slowly is synced by nobody else: so much a power cut may forget.
constexpr int kPassesASync = 60;  // half a minute
constexpr Duration kFirstBackOff{100};
constexpr Duration kLongestBackOff{5'000};

}  // namespace

struct SqliteAccountStore::Impl {
  Impl(SqliteAccountStoreOptions chosen, std::unique_ptr<RecordTable> opened)
      : options(std::move(chosen)), table(std::move(opened)), cache(*table, options.memory_bytes) {
    options.write_after = std::max(options.write_after, Duration{1});
    options.rows_a_batch = std::max<std::uint32_t>(options.rows_a_batch, 1);
    thread = std::thread([this] { run(); });
  }

  ~Impl() {
    {
      const std::scoped_lock lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    thread.join();
  }

  void run() {
    Duration wait = options.write_after;
    int passes = 0;
    while (true) {
      std::unique_lock lock(mutex);
      wake.wait_for(lock, wait, [this] { return stopping || asked != answered; });
      const bool last = stopping;
      const std::uint64_t asked_now = asked;
      const bool is_flush = asked_now != answered || last;
      lock.unlock();
      Result<void> done = write_all();
      if (done && (is_flush || ++passes >= kPassesASync)) {
        done = table->checkpoint();
        passes = 0;
      }
      wait = done ? options.write_after : std::clamp(2 * back_off, kFirstBackOff, kLongestBackOff);
      back_off = done ? Duration{0} : wait;
      lock.lock();
      answered = asked_now;
      answer = std::move(done);
      lock.unlock();
      flushed.notify_all();
      if (last) return;
    }
  }

  // Everything that is dirty when its shard's turn comes.
  Result<void> write_all() {
    std::vector<RowToWrite> rows;
    std::size_t bytes = 0;
    for (std::size_t shard = 0; shard < RecordCache::shards(); ++shard) {
      std::size_t left = cache.dirty_in(shard);
      while (left > 0) {
        const std::size_t before = rows.size();
        cache.take(shard, std::min({left, kRowsALock, options.rows_a_batch - before}), rows);
        for (std::size_t i = before; i < rows.size(); ++i) bytes += rows[i].bytes.size();
        left -= rows.size() - before;
        if (rows.size() < options.rows_a_batch && bytes < kMostBatchBytes) continue;
        if (Result<void> done = write(rows); !done) return done;
        bytes = 0;
        take_turns();
      }
    }
    return rows.empty() ? Result<void>{} : write(rows);
  }

  Result<void> write(std::vector<RowToWrite>& rows) {
    const Duration start = options.monotonic ? options.monotonic() : Duration{0};
    std::unique_lock turn = take_turn(options.turn);
    Result<void> done = table->write(rows);
    if (turn) turn.unlock();
    const Duration took = (options.monotonic ? options.monotonic() : Duration{0}) - start;
    cache.settle(rows, done.has_value());
    const std::scoped_lock lock(mutex);
    if (done) written += rows.size();
    writing = done;
    last_batch = took;
    longest_batch = std::max(longest_batch, took);
    rows.clear();
    return done;
  }

  void take_turns() {
    std::unique_lock lock(mutex);
    wake.wait_for(lock, kTurn, [this] { return stopping; });
  }

  SqliteAccountStoreOptions options;
  std::unique_ptr<RecordTable> table;
  RecordCache cache;

  mutable std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable flushed;
  bool stopping = false;
  std::uint64_t asked = 0;     // flushes
  std::uint64_t answered = 0;  // of them, by the latest pass
  Result<void> answer;         // of the latest pass
  Result<void> writing;        // of the latest batch
  std::uint64_t written = 0;
  Duration last_batch{};
  Duration longest_batch{};
  Duration back_off{};  // the writer's own

  std::thread thread;
};

Result<std::unique_ptr<SqliteAccountStore>> SqliteAccountStore::open(SqliteAccountStoreOptions options) {
  auto table = RecordTable::open(options.path, options.most_pages);
  if (!table) {
    return fail(table.error().code,
                "cannot use the records in " + options.path + ": " + table.error().detail);
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*table));
  return std::unique_ptr<SqliteAccountStore>(new SqliteAccountStore(std::move(impl)));
}

SqliteAccountStore::SqliteAccountStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteAccountStore::~SqliteAccountStore() = default;

void SqliteAccountStore::update(const Hash128& account, RecordStep& step) {
  impl_->cache.update(account, step);
}

std::optional<AccountRecord> SqliteAccountStore::find(const Hash128& account) const {
  return impl_->cache.find(account);
}

std::uint64_t SqliteAccountStore::size() const {
  return impl_->cache.size();
}

std::uint64_t SqliteAccountStore::active() const {
  return impl_->cache.active();
}

Result<void> SqliteAccountStore::flush() {
  std::unique_lock lock(impl_->mutex);
  const std::uint64_t mine = ++impl_->asked;
  impl_->wake.notify_all();
  impl_->flushed.wait(lock, [&] { return impl_->answered >= mine; });
  return impl_->answer;
}

AccountStoreHealth SqliteAccountStore::health() const {
  const RecordCache::Stats stats = impl_->cache.stats();
  AccountStoreHealth health;
  health.last_fault = impl_->cache.last_fault();
  health.resident = stats.resident;
  health.memory_bytes = stats.bytes;
  health.dirty = stats.dirty;
  health.loaded = stats.loaded;
  health.evicted = stats.evicted;
  health.corrupt = stats.corrupt;
  health.unread = stats.unread;
  const std::scoped_lock lock(impl_->mutex);
  health.writing = impl_->writing;
  health.written = impl_->written;
  health.last_batch = impl_->last_batch;
  health.longest_batch = impl_->longest_batch;
  return health;
}

}  // namespace postreeve
