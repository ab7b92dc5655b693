#include "store/ledger/database.h"

#include <soci/soci.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/ledger/change_follower.h"
#include "store/ledger/group_writer.h"
#include "store/ledger/migrations.h"
#include "store/ledger/server_link.h"
#include "store/ledger/sql.h"
#include "store/ledger/sql_session.h"
#include "store/ledger/sqlite_session.h"

namespace postreeve {
namespace {

using OwnedSession = std::unique_ptr<soci::session>;

// Sessions that are lent to one thread at a time. One that was never opened, or was thrown away, is null.
class ReaderPool {
 public:
  explicit ReaderPool(std::vector<OwnedSession> sessions) : free_(std::move(sessions)) {}

  // Waits for a session, and gives it back.
  class Lease {
   public:
    explicit Lease(ReaderPool& pool) : pool_(pool), session_(pool.take()) {}
    ~Lease() { pool_.give_back(std::move(session_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    [[nodiscard]] OwnedSession& session() { return session_; }

   private:
    ReaderPool& pool_;
    OwnedSession session_;
  };

 private:
  OwnedSession take() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return !free_.empty(); });
    OwnedSession session = std::move(free_.back());
    free_.pop_back();
    return session;
  }
  // There was room for it before.
  void give_back(OwnedSession session) noexcept {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(session));
    }
    returned_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<OwnedSession> free_;
};

// Rolls back unless the end was reached.
Result<void> in_snapshot(soci::session& session, const std::function<Result<void>(soci::session&)>& work) {
  try {
    Result<void> outcome = work(session);
    session << "COMMIT";
    return outcome;
  } catch (const std::exception& thrown) {
    return fail(rolled_back(session, thrown));
  }
}

Result<void> begin_snapshot(soci::session& session) {
  try {
    session << (is_postgresql(session) ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
    return {};
  } catch (const std::exception& thrown) {
    return fail(error_of(thrown));
  }
}

Result<void> bring_up_to_date(soci::session& session) {
  try {
    if (stored_version(session, SqlDialect::kSqlite) == ledger_version()) return {};
    session << "BEGIN IMMEDIATE";
    auto migrated = migrate(session, SqlDialect::kSqlite, ledger_version());
    session << (migrated ? "COMMIT" : "ROLLBACK");
    return migrated;
  } catch (const std::exception& thrown) {
    return fail(rolled_back(session, thrown));
  }
}

Result<OwnedSession> open_writer(const LedgerOptions& options) {
  const bool left_open = was_left_open(options.path);
  if (auto made = make_private_file(options.path); !made) return fail(made.error());
  auto session = open_sqlite({.path = options.path, .most_pages = options.most_pages});
  if (!session) return session;
  if (auto claimed = claim_file(**session); !claimed) return fail(claimed.error());
  if (left_open) {
    if (auto sound = check_tables(**session); !sound) return fail(sound.error());
  }
  if (auto ready = bring_up_to_date(**session); !ready) return fail(ready.error());
  return session;
}

// The name that the spool's file was given when it was made.
Result<std::string> node_of_spool(LedgerDatabase& spool) {
  std::string node;
  auto known = spool.write([&](soci::session& session) -> Result<void> {
    if (first_row(session, "SELECT id FROM ledger_node", std::tie(node))) return {};
    std::array<unsigned char, 16> random{};
    if (sodium_init() < 0) return fail(ErrorCode::kUnavailable, "the system gives no random numbers");
    randombytes_buf(random.data(), random.size());
    node = fmt::format("{:02x}", fmt::join(random, ""));
    execute(session,
            "INSERT INTO ledger_node (id, name, version, heartbeat, written, spooled, waiting)"
            " VALUES (:id, '', '', 0, 0, 0, 0)",
            node);
    return {};
  });
  if (!known) return fail(known.error());
  return node;
}

}  // namespace

struct LedgerDatabase::Impl {
  explicit Impl(std::vector<OwnedSession> reading) : readers(std::move(reading)) {}
  ~Impl() {
    follower.reset();
    if (link) link->stop();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> read_from_server(const std::function<Result<void>(soci::session&)>& work);
  bool begin_on_server(OwnedSession& session, TimeLimit::Clock::time_point end);

  std::string path;
  PostgresqlServer server;
  std::string node;
  std::unique_ptr<LedgerDatabase> spool;  // these two with a server
  std::unique_ptr<ServerLink> link;
  ReaderPool readers;
  std::unique_ptr<GroupWriter> writer;  // closed before them: what waits is committed
  std::unique_ptr<ChangeFollower> follower;
};

// A connection that broke while it was not used is replaced.
bool LedgerDatabase::Impl::begin_on_server(OwnedSession& session, TimeLimit::Clock::time_point end) {
  if (session) {
    const TimeLimit limit(link->watch(), socket_of(*session), end);
    if (begin_snapshot(*session)) return true;
    session.reset();
    if (limit.has_struck()) return false;
  }
  auto opened = open_postgresql(server);
  if (!opened || !begin_snapshot(**opened)) return false;
  session = std::move(*opened);
  return true;
}

// Once `work` has begun it is not repeated elsewhere: it may have told its caller half of the truth.
Result<void> LedgerDatabase::Impl::read_from_server(const std::function<Result<void>(soci::session&)>& work) {
  {
    ReaderPool::Lease lease(readers);
    OwnedSession& session = lease.session();
    const auto end = TimeLimit::Clock::now() + server.timeout;
    if (begin_on_server(session, end)) {
      const TimeLimit limit(link->watch(), socket_of(*session), end);
      const Result<void> outcome = in_snapshot(*session, work);
      if (socket_of(*session) < 0 || in_transaction(*session)) session.reset();
      return outcome;
    }
  }
  link->suspect({ErrorCode::kUnavailable, "it does not answer those who read"});
  return spool->read(work);
}

LedgerDatabase::LedgerDatabase(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LedgerDatabase::~LedgerDatabase() = default;

Result<std::unique_ptr<LedgerDatabase>> LedgerDatabase::open(const LedgerOptions& options) {
  return options.server.connection.empty() ? open_file(options) : open_server(options);
}

Result<std::unique_ptr<LedgerDatabase>> LedgerDatabase::open_file(const LedgerOptions& options) {
  const auto in_file = [&](Error error) {
    error.detail = fmt::format("{}: {}", options.path, error.detail);
    return fail(std::move(error));
  };
  auto writing = open_writer(options);
  if (!writing) return in_file(writing.error());
  std::vector<OwnedSession> reading;
  for (std::uint32_t i = 0; i < std::max(1U, options.readers); ++i) {
    auto session = open_sqlite({.path = options.path, .read_only = true});
    if (!session) return in_file(session.error());
    reading.push_back(std::move(*session));
  }
  auto impl = std::make_unique<Impl>(std::move(reading));
  impl->path = options.path;
  impl->writer =
      std::make_unique<GroupWriter>(sqlite_commit(std::move(*writing), options.turn), options.most_waiting);
  return std::unique_ptr<LedgerDatabase>(new LedgerDatabase(std::move(impl)));
}

Result<std::unique_ptr<LedgerDatabase>> LedgerDatabase::open_server(const LedgerOptions& options) {
  if (auto sound = check_connection(options.server.connection); !sound) return fail(sound.error());
  auto spool = open_file({.path = options.path, .readers = 2});
  if (!spool) return spool;
  auto node = node_of_spool(**spool);
  if (!node) return fail(node.error());
  auto impl = std::make_unique<Impl>(std::vector<OwnedSession>(std::max(1U, options.readers)));
  impl->path = options.path;
  impl->server = options.server;
  impl->node = *std::move(node);
  impl->spool = std::move(*spool);
  impl->link = std::make_unique<ServerLink>(options, *impl->spool, impl->node);
  if (auto begun = impl->link->begin(); !begun) return fail(begun.error());
  impl->writer = std::make_unique<GroupWriter>(
      [link = impl->link.get()](std::span<WriteItem> group) { link->commit(group); }, options.most_waiting);
  impl->link->start([writer = impl->writer.get()] { writer->poke(); });
  return std::unique_ptr<LedgerDatabase>(new LedgerDatabase(std::move(impl)));
}

void LedgerDatabase::write(Work work, Committed done, std::optional<SpooledWrite> spooled) {
  impl_->writer->write(
      {.work = std::move(work), .spooled = std::move(spooled), .done = std::move(done), .outcome = {}});
}

Result<void> LedgerDatabase::write(Work work, std::optional<SpooledWrite> spooled) {
  if (impl_->writer->is_own_thread()) {
    return fail(ErrorCode::kConflict, "the ledger's thread cannot wait for its own write");
  }
  std::promise<Result<void>> outcome;
  write(std::move(work), [&](const Result<void>& result) { outcome.set_value(result); }, std::move(spooled));
  return outcome.get_future().get();
}

Result<void> LedgerDatabase::read(const std::function<Result<void>(soci::session&)>& work) const {
  if (impl_->link) return impl_->link->is_up() ? impl_->read_from_server(work) : impl_->spool->read(work);
  ReaderPool::Lease lease(impl_->readers);
  if (auto begun = begin_snapshot(*lease.session()); !begun) return begun;
  return in_snapshot(*lease.session(), work);
}

Result<void> LedgerDatabase::backup(const std::string& file) const {
  if (impl_->link)
    return fail(ErrorCode::kInvalidInput,
                fmt::format("the ledger is in {}: back it up there, with pg_dump", name_of(impl_->server)));
  auto session = open_sqlite({.path = impl_->path});
  if (!session) return fail(session.error());
  return copy_database(**session, file);
}

std::uint32_t LedgerDatabase::waiting() const {
  return impl_->writer->waiting();
}

LedgerHealth LedgerDatabase::health() const {
  return impl_->link ? impl_->link->health() : LedgerHealth{};
}

void LedgerDatabase::follow(LedgerFollowing following) {
  if (!impl_->link) return;
  impl_->follower =
      std::make_unique<ChangeFollower>(impl_->server, *impl_->link, *impl_->spool, std::move(following));
}

void LedgerDatabase::stop_following() {
  impl_->follower.reset();
}

bool LedgerDatabase::has_duty() const {
  return !impl_->link || impl_->link->has_duty();
}

bool LedgerDatabase::is_settled() const {
  return !impl_->link || impl_->link->is_settled();
}

const std::string& LedgerDatabase::node() const {
  return impl_->node;
}

}  // namespace postreeve
