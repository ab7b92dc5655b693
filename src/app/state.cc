#include "app/state.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "app/clock.h"
#include "app/secret_key.h"

namespace postreeve {

Result<std::unique_ptr<State>> State::open(const Serving& serving) {
  std::error_code failure;
  const std::filesystem::path directory = std::filesystem::path(serving.state_path).parent_path();
  std::filesystem::create_directories(directory, failure);
  if (failure)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", directory.string(), failure.message()));
  Result<StateLock> lock = StateLock::take(serving.state_path + ".lock");
  if (!lock) return fail(lock.error());
  const std::string key_file = serving.key_file.empty() ? serving.state_path + ".key" : serving.key_file;
  const Result<HashKey> key = load_or_make_key(key_file);
  if (!key) return fail(key.error());
  const auto turn = std::make_shared<WriteTurn>();
  auto database = LedgerDatabase::open({.path = serving.state_path, .turn = turn});
  if (!database) return fail(database.error());
  SqliteAccountStoreOptions options;
  options.path = serving.state_path;
  options.turn = turn;
  options.memory_bytes = serving.state_memory_mib << 20U;
  options.monotonic = monotonic_now;
  auto accounts = SqliteAccountStore::open(std::move(options));
  if (!accounts) return fail(accounts.error());
  auto state = std::make_unique<State>(*std::move(lock), std::move(*database), std::move(*accounts), *key);
  CounterKeeperOptions keeping;
  keeping.path = serving.state_path;
  keeping.turn = turn;
  auto keeper = SqliteCounterKeeper::open(std::move(keeping), state->counters);
  if (!keeper) return fail(keeper.error());
  state->counter_keeper = std::move(*keeper);
  return state;
}

Result<void> State::flush() {
  if (const Result<void> flushed = counts.flush(); !flushed) return flushed;
  if (const Result<void> flushed = accounts->flush(); !flushed) return flushed;
  return counter_keeper->save();
}

State::State(StateLock taken, std::unique_ptr<LedgerDatabase> opened,
             std::unique_ptr<SqliteAccountStore> store, const HashKey& secret)
    : lock(std::move(taken)),
      key(secret),
      database(std::move(opened)),
      accounts(std::move(store)),
      incidents(*database),
      lists(*database),
      policies(*database),
      counts(*database),
      tokens(*database),
      audit(*database),
      outbox(*database) {}

}  // namespace postreeve
