#include "store/ledger/database.h"

#include <soci/soci.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "store/ledger/group_writer.h"
#include "store/ledger/migrations.h"
#include "store/ledger/sqlite_session.h"

namespace postreeve {
namespace {

using Session = std::unique_ptr<soci::session>;

// Sessions that are lent to one thread at a time.
class ReaderPool {
 public:
  explicit ReaderPool(std::vector<Session> sessions) : free_(std::move(sessions)) {}

  Session take() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return !free_.empty(); });
    Session session = std::move(free_.back());
    free_.pop_back();
    return session;
  }
  void give_back(Session session) {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(session));
    }
    returned_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Session> free_;
};

// Rolls back unless the end was reached.
Result<void> in_snapshot(soci::session& session, const std::function<Result<void>(soci::session&)>& work) {
  try {
    session << "BEGIN";
    Result<void> outcome = work(session);
    session << "COMMIT";
    return outcome;
  } catch (const std::exception& thrown) {
    Error error = error_of(thrown);
    try {
      if (in_transaction(session)) session << "ROLLBACK";
    } catch (const std::exception& again) {
      error = error_of(again);
    }
    return fail(std::move(error));
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
    Error error = error_of(thrown);
    if (in_transaction(session)) session << "ROLLBACK";
    return fail(std::move(error));
  }
}

Result<Session> open_writer(const LedgerOptions& options) {
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

}  // namespace

struct LedgerDatabase::Impl {
  Impl(const LedgerOptions& options, Session writing, std::vector<Session> reading)
      : path(options.path),
        readers(std::move(reading)),
        writer(std::move(writing), options.most_waiting, options.turn) {}

  std::string path;
  ReaderPool readers;
  GroupWriter writer;  // closed first: what waits is committed
};

LedgerDatabase::LedgerDatabase(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LedgerDatabase::~LedgerDatabase() = default;

Result<std::unique_ptr<LedgerDatabase>> LedgerDatabase::open(const LedgerOptions& options) {
  const auto in_file = [&](Error error) {
    error.detail = fmt::format("{}: {}", options.path, error.detail);
    return fail(std::move(error));
  };
  auto writing = open_writer(options);
  if (!writing) return in_file(writing.error());
  std::vector<Session> reading;
  for (std::uint32_t i = 0; i < std::max(1U, options.readers); ++i) {
    auto session = open_sqlite({.path = options.path, .read_only = true});
    if (!session) return in_file(session.error());
    reading.push_back(std::move(*session));
  }
  auto impl = std::make_unique<Impl>(options, std::move(*writing), std::move(reading));
  return std::unique_ptr<LedgerDatabase>(new LedgerDatabase(std::move(impl)));
}

void LedgerDatabase::write(Work work, Committed done) {
  impl_->writer.write(std::move(work), std::move(done));
}

Result<void> LedgerDatabase::write(Work work) {
  if (impl_->writer.is_own_thread()) {
    return fail(ErrorCode::kConflict, "the ledger's thread cannot wait for its own write");
  }
  std::promise<Result<void>> outcome;
  write(std::move(work), [&](const Result<void>& result) { outcome.set_value(result); });
  return outcome.get_future().get();
}

Result<void> LedgerDatabase::read(const std::function<Result<void>(soci::session&)>& work) const {
  Session session = impl_->readers.take();
  Result<void> outcome = in_snapshot(*session, work);
  impl_->readers.give_back(std::move(session));
  return outcome;
}

Result<void> LedgerDatabase::backup(const std::string& file) const {
  auto session = open_sqlite({.path = impl_->path});
  if (!session) return fail(session.error());
  return copy_database(**session, file);
}

std::uint32_t LedgerDatabase::waiting() const {
  return impl_->writer.waiting();
}

}  // namespace postreeve
