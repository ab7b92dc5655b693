#include "app/state.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "app/clock.h"
#include "app/copy_marker.h"
#include "app/secret_key.h"
#include "app/state_place.h"
#include "store/ledger/ledger_copy.h"
#include "store/ledger/sql.h"

namespace postreeve {

namespace {

// Whoever serves a part of it would judge accounts as new, and the rest would be copied over what he learned.
Result<void> check_that_copy_is_complete(const Serving& serving, const LedgerDatabase& database) {
  const std::string file = copy_marker_file(serving);
  const auto marker = read_copy_marker(file);
  if (!marker) return fail(marker.error());
  if (*marker && (*marker)->to == place_of(serving))
    return fail(
        ErrorCode::kConflict,
        fmt::format("{}: a copy into this state is not complete: run `postreeve state copy` again", file));
  const auto half = is_half_copied(database);
  if (!half) return fail(half.error());
  if (*half)
    return fail(ErrorCode::kConflict,
                "a copy into this ledger is not complete: run `postreeve state copy` "
                "again where it was begun");
  return {};
}

}  // namespace

Result<std::unique_ptr<State>> State::open(const Serving& serving, Tell tell,
                                           std::chrono::milliseconds redis_time_limit) {
  std::error_code failure;
  const std::filesystem::path directory = std::filesystem::path(serving.state_path).parent_path();
  std::filesystem::create_directories(directory, failure);
  if (failure)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", directory.string(), failure.message()));
  Result<StateLock> lock = StateLock::take(serving.state_path + ".lock");
  if (!lock) return fail(lock.error());
  const Result<HashKey> key = load_or_make_key(key_file_of(serving));
  if (!key) return fail(key.error());
  const auto turn = std::make_shared<WriteTurn>();
  LedgerOptions options = ledger_options(serving);
  options.turn = turn;
  options.tell = std::move(tell);
  auto database = LedgerDatabase::open(options);
  if (!database) return fail(database.error());
  if (const auto complete = check_that_copy_is_complete(serving, **database); !complete)
    return fail(complete.error());
  lock->note_use();
  auto state = std::make_unique<State>(*std::move(lock), std::move(*database), *key);
  const Result<void> done =
      serving.redis.empty() ? state->use_own(serving, turn) : state->use_redis(serving, redis_time_limit);
  if (!done) return fail(done.error());
  return state;
}

Result<void> State::use_own(const Serving& serving, const SharedTurn& turn) {
  SqliteAccountStoreOptions options;
  options.path = serving.state_path;
  options.turn = turn;
  options.memory_bytes = serving.state_memory_mib << 20U;
  options.monotonic = monotonic_now;
  auto opened = SqliteAccountStore::open(std::move(options));
  if (!opened) return fail(opened.error());
  own_accounts = std::move(*opened);
  CounterKeeperOptions keeping;
  keeping.path = serving.state_path;
  keeping.turn = turn;
  auto keeper = SqliteCounterKeeper::open(std::move(keeping), own_counters);
  if (!keeper) return fail(keeper.error());
  counter_keeper = std::move(*keeper);
  accounts = own_accounts.get();
  counters = &own_counters;
  return {};
}

Result<void> State::use_redis(const Serving& serving, std::chrono::milliseconds time_limit) {
  auto opened = SharedState::open(serving, key, time_limit);
  if (!opened) return fail(opened.error());
  shared = std::move(*opened);
  accounts = &shared->accounts();
  counters = &shared->counters();
  return {};
}

AccountStoreHealth State::health() const {
  return own_accounts ? own_accounts->health() : AccountStoreHealth{};
}

Result<void> State::flush_books() {
  if (const Result<void> flushed = counts.flush(); !flushed) return flushed;
  if (const Result<void> flushed = clues.flush(); !flushed) return flushed;
  return activity.flush();
}

Result<void> State::flush() {
  if (const Result<void> flushed = flush_books(); !flushed) return flushed;
  if (!own_accounts) return {};
  if (const Result<void> flushed = own_accounts->flush(); !flushed) return flushed;
  return counter_keeper->save();
}

void State::wait_for_the_ledger() {
  // Writes are in order; that of nothing is done after those before it, taken or not.
  (void)database->write([](soci::session&) -> Result<void> { return {}; });
}

State::State(StateLock taken, std::unique_ptr<LedgerDatabase> opened, const HashKey& secret)
    : lock(std::move(taken)),
      key(secret),
      database(std::move(opened)),
      incidents(*database),
      lists(*database),
      policies(*database),
      counts(*database),
      clues(*database),
      activity(*database),
      tokens(*database),
      audit(*database),
      answers(*database),
      outbox(*database) {}

}  // namespace postreeve
