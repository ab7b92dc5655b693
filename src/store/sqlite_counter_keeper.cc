#include "store/sqlite_counter_keeper.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "store/sqlite_connection.h"

namespace postreeve {
namespace {

constexpr Duration kPatience{5'000};
constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS shared_counter (part INTEGER PRIMARY KEY, data BLOB NOT NULL)";

Result<SqliteStatement> replacing(SqliteConnection& connection) {
  return connection.prepare("INSERT OR REPLACE INTO shared_counter VALUES (?, ?)");
}

Result<void> replace_part(SqliteStatement& replace, std::size_t part, const std::string& bytes) {
  replace.bind(1, static_cast<std::int64_t>(part));
  replace.bind(2, std::string_view(bytes));
  return replace.run();
}

// A sentence for each part that cannot be read.
Result<std::vector<std::string>> read_parts(SqliteConnection& connection, MemorySharedCounters& counters) {
  std::vector<std::string> dropped;
  Result<SqliteStatement> rows = connection.prepare("SELECT part, data FROM shared_counter");
  if (!rows) return fail(rows.error());
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return dropped;
    if (const Result<void> read = counters.load(rows->bytes(1)); !read)
      dropped.push_back(read.error().detail);
  }
}

}  // namespace

struct SqliteCounterKeeper::Impl {
  Impl(CounterKeeperOptions chosen, MemorySharedCounters& kept, SqliteConnection opened)
      : options(std::move(chosen)), counters(kept), connection(std::move(opened)) {
    options.save_every = std::max(options.save_every, Duration{1});
  }

  ~Impl() {
    {
      const std::scoped_lock lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    if (thread.joinable()) thread.join();
  }

  Result<void> load() {
    if (Result<void> done = connection.run(kTable); !done) return done;
    auto read = read_parts(connection, counters);
    if (!read) return fail(read.error());
    dropped = std::move(*read);
    Result<SqliteStatement> prepared = replacing(connection);
    if (!prepared) return fail(prepared.error());
    replace = std::move(*prepared);
    return {};
  }

  void run() {
    bool is_last = false;
    while (!is_last) {
      std::unique_lock lock(mutex);
      wake.wait_for(lock, options.save_every, [this] { return stopping; });
      is_last = stopping;
      lock.unlock();
      static_cast<void>(save());  // kept in `latest`; the next time tries again
    }
  }

  Result<void> save() {
    const std::scoped_lock saving(save_mutex);
    Result<void> done;
    std::string bytes;
    // A transaction a part: the ledger shares the file and must not wait for all of them.
    for (std::size_t part = 0; part < MemorySharedCounters::kParts && done; ++part) {
      counters.save(part, bytes);
      const std::unique_lock turn = take_turn(options.turn);
      done = replace_part(*replace, part, bytes);
    }
    const std::scoped_lock lock(mutex);
    latest = done;
    return done;
  }

  CounterKeeperOptions options;
  MemorySharedCounters& counters;
  SqliteConnection connection;
  std::optional<SqliteStatement> replace;
  std::vector<std::string> dropped;

  std::mutex save_mutex;  // of the connection
  mutable std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  Result<void> latest;
  std::thread thread;
};

Result<std::unique_ptr<SqliteCounterKeeper>> SqliteCounterKeeper::open(CounterKeeperOptions options,
                                                                       MemorySharedCounters& counters) {
  auto connection = SqliteConnection::open(options.path, SqliteConnection::Access::kReadWrite, kPatience);
  if (!connection) return fail(connection.error());
  auto impl = std::make_unique<Impl>(std::move(options), counters, std::move(*connection));
  if (Result<void> done = impl->load(); !done) return fail(done.error());
  impl->thread = std::thread([keeper = impl.get()] { keeper->run(); });
  return std::unique_ptr<SqliteCounterKeeper>(new SqliteCounterKeeper(std::move(impl)));
}

SqliteCounterKeeper::SqliteCounterKeeper(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteCounterKeeper::~SqliteCounterKeeper() = default;

const std::vector<std::string>& SqliteCounterKeeper::dropped() const {
  return impl_->dropped;
}

Result<void> SqliteCounterKeeper::save() {
  return impl_->save();
}

Result<void> SqliteCounterKeeper::latest() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->latest;
}

Result<std::vector<std::string>> read_kept_counters(const std::string& path, MemorySharedCounters& counters) {
  auto connection = SqliteConnection::open(path, SqliteConnection::Access::kReadWrite, kPatience);
  if (!connection) return fail(connection.error());
  if (const Result<void> made = connection->run(kTable); !made) return fail(made.error());
  return read_parts(*connection, counters);
}

Result<void> keep_counters(const std::string& path, const MemorySharedCounters& counters) {
  auto connection = SqliteConnection::open(path, SqliteConnection::Access::kReadWrite, kPatience);
  if (!connection) return fail(connection.error());
  if (Result<void> made = connection->run(kTable); !made) return made;
  Result<SqliteStatement> replace = replacing(*connection);
  if (!replace) return fail(replace.error());
  Result<void> done = connection->run("BEGIN IMMEDIATE; DELETE FROM shared_counter");
  std::string bytes;
  for (std::size_t part = 0; part < MemorySharedCounters::kParts && done; ++part) {
    counters.save(part, bytes);
    done = replace_part(*replace, part, bytes);
  }
  if (done) done = connection->run("COMMIT; PRAGMA wal_checkpoint(PASSIVE)");
  if (!done) static_cast<void>(connection->run("ROLLBACK"));
  return done;
}

}  // namespace postreeve
