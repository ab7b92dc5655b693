#include "store/ledger/sqlite_session.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "store/ledger/migrations.h"

namespace postreeve {
namespace {

// SQLite's own waiting for a lock. Beyond it a write is reported as failed.
constexpr int kBusyMilliseconds = 6'000;
// "PSTR": marks the file as ours (PRAGMA application_id).
constexpr long long kApplicationId = 0x50535452;

Error system_error(const std::string& what) {
  return {ErrorCode::kUnavailable, fmt::format("{}: {}", what, std::generic_category().message(errno))};
}

Error error_of_code(int code, std::string says) {
  // Extended codes carry the plain one in their lowest byte.
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {ErrorCode::kUnavailable, "the disk of the ledger is full"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kUnavailable, "another process keeps the ledger locked"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kCorrupt, "the ledger is damaged: " + says};
    case SQLITE_CONSTRAINT:
      return {ErrorCode::kConflict, std::move(says)};
    case SQLITE_TOOBIG:
      return {ErrorCode::kLimitExceeded, std::move(says)};
    default:
      return {ErrorCode::kUnavailable, "the ledger's file: " + says};
  }
}

sqlite_api::sqlite3* connection_of(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

void set_up(soci::session& session, const SqliteSessionOptions& options) {
  sqlite_api::sqlite3_busy_timeout(connection_of(session), kBusyMilliseconds);
  std::string mode;
  if (!options.read_only) session << "PRAGMA journal_mode = WAL", soci::into(mode);
  session << "PRAGMA synchronous = FULL";
  // Records fill the log faster (record_table.cc) and move it into the file from their own thread: were it
  // left at 1,000 pages, most commits here would do that work while somebody waits for them.
  long long pages = 0;
  session << "PRAGMA wal_autocheckpoint = 16384", soci::into(pages);
  session << "PRAGMA foreign_keys = ON";
  session << "PRAGMA trusted_schema = OFF";
  // What a crash or a long reader let grow is given back.
  long long limit = 0;
  session << "PRAGMA journal_size_limit = 67108864", soci::into(limit);
  if (options.read_only) session << "PRAGMA query_only = ON";
  if (options.most_pages != 0) {
    session << fmt::format("PRAGMA max_page_count = {}", options.most_pages), soci::into(limit);
  }
}

// Syncs a file or a directory.
Result<void> sync_to_disk(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(system_error(path));
  const int synced = ::fsync(file);
  const int reason = errno;
  ::close(file);
  errno = reason;
  if (synced != 0) return fail(system_error(path));
  return {};
}

}  // namespace

Error error_of_sqlite(const std::exception& thrown) {
  if (const auto* of_sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&thrown)) {
    return error_of_code(of_sqlite->result(), of_sqlite->get_error_message());
  }
  if (const auto* of_soci = dynamic_cast<const soci::soci_error*>(&thrown)) {
    return {ErrorCode::kUnavailable, "the ledger: " + of_soci->get_error_message()};
  }
  return {ErrorCode::kUnavailable, std::string("the ledger: ") + thrown.what()};
}

Result<std::unique_ptr<soci::session>> open_sqlite(const SqliteSessionOptions& options) {
  if (options.path.find_first_of(std::string_view("\"\0", 2)) != std::string::npos) {
    return fail(ErrorCode::kInvalidInput, "the ledger's path may not contain a quotation mark");
  }
  // Turning WAL on needs the file alone for a moment, for which SQLite does not wait by itself.
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyMilliseconds);
  while (true) {
    try {
      auto session = std::make_unique<soci::session>(soci::sqlite3, fmt::format("db=\"{}\"", options.path));
      set_up(*session, options);
      return session;
    } catch (const soci::sqlite3_soci_error& thrown) {
      const bool busy = (thrown.result() & 0xff) == SQLITE_BUSY;
      if (!busy || std::chrono::steady_clock::now() > give_up) return fail(error_of_sqlite(thrown));
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    } catch (const std::exception& thrown) {
      return fail(error_of_sqlite(thrown));
    }
  }
}

Result<void> make_private_file(const std::string& path) {
  // Never opened when it is there: closing it would drop the locks that this process has on it (POSIX).
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
    return {};
  }
  if (errno == EEXIST) return {};
  return fail(system_error(path));
}

bool was_left_open(const std::string& path) {
  // Whoever closes a file in WAL mode last removes its log.
  std::error_code none;
  return std::filesystem::file_size(path + "-wal", none) > 0 && !none;
}

Result<void> check_tables(soci::session& session) {
  try {
    for (const std::string_view table : ledger_tables()) {
      const std::string name(table);
      long long count = 0;
      session << "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = :name",
          soci::use(name, "name"), soci::into(count);
      if (count == 0) continue;
      std::string says;
      session << fmt::format("PRAGMA quick_check({})", name), soci::into(says);
      if (says != "ok") return fail(ErrorCode::kCorrupt, fmt::format("the table {}: {}", name, says));
    }
  } catch (const std::exception& thrown) {
    return fail(error_of_sqlite(thrown));
  }
  return {};
}

Result<void> claim_file(soci::session& session) {
  try {
    long long id = 0;
    session << "PRAGMA application_id", soci::into(id);
    if (id == kApplicationId) return {};
    if (id != 0) return fail(ErrorCode::kCorrupt, "the file is another program's database");
    session << fmt::format("PRAGMA application_id = {}", kApplicationId);
  } catch (const std::exception& thrown) {
    return fail(error_of_sqlite(thrown));
  }
  return {};
}

Result<void> copy_database(soci::session& session, const std::string& file) {
  std::error_code none;
  if (std::filesystem::exists(std::filesystem::symlink_status(file, none))) {
    return fail(ErrorCode::kConflict, fmt::format("{} is there already", file));
  }
  // What an interrupted copy left goes; a copy gets its name only when it is whole.
  const std::string part = file + ".part";
  ::unlink(part.c_str());
  if (auto made = make_private_file(part); !made) return made;
  const auto give_up = [&](Error error) -> Result<void> {
    ::unlink(part.c_str());
    return fail(std::move(error));
  };
  try {
    session << "VACUUM INTO :file", soci::use(part, "file");
  } catch (const std::exception& thrown) {
    return give_up(error_of_sqlite(thrown));
  }
  if (auto synced = sync_to_disk(part); !synced) return give_up(synced.error());
  // Unlike rename() this replaces nothing.
  if (::link(part.c_str(), file.c_str()) != 0) {
    if (errno == EEXIST) return give_up({ErrorCode::kConflict, fmt::format("{} is there already", file)});
    return give_up(system_error(file));
  }
  ::unlink(part.c_str());
  const auto directory = std::filesystem::path(file).parent_path();
  return sync_to_disk(directory.empty() ? "." : directory.string());
}

bool in_sqlite_transaction(soci::session& session) {
  return sqlite_api::sqlite3_get_autocommit(connection_of(session)) == 0;
}

}  // namespace postreeve
