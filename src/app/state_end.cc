#include "app/state_end.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/clock.h"
#include "app/shared_state.h"
#include "store/ledger/ledger_copy.h"
#include "store/ledger/node_book.h"
#include "store/redis/redis_counter_copy.h"
#include "store/redis/redis_record_home.h"
#include "store/sqlite_counter_keeper.h"

namespace postreeve {
namespace {

// Hundreds of records at a time, over whatever network.
constexpr std::chrono::seconds kRedisPatience{10};
// A part is some hundred rows, deleting a table is all of them.
constexpr std::chrono::milliseconds kServerPatience{60'000};
// Longer than a `serve` takes to speak again.
constexpr std::chrono::seconds kBetweenLooks{3};
constexpr int kMostLooks = 10;
constexpr std::size_t kItemsAtOnce = 300;

}  // namespace

StateEnd::StateEnd(const Serving& serving) : serving_(serving), place_(place_of(serving)) {}

std::string StateEnd::ledger_name() const {
  return is_on_server() ? name_of(serving_.ledger) : place_.ledger;
}

Error StateEnd::named(Error error) const {
  error.detail = fmt::format("{}: {}", serving_.redis, error.detail);
  return error;
}

Result<void> StateEnd::lock(bool makes) {
  const std::string file = serving_.state_path + ".lock";
  std::error_code failure;
  if (!makes && !std::filesystem::exists(file, failure)) return {};
  const auto directory = std::filesystem::path(serving_.state_path).parent_path();
  std::filesystem::create_directories(directory, failure);
  if (failure)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", directory.string(), failure.message()));
  Result<StateLock> taken = StateLock::take(file);
  if (!taken) return fail(taken.error());
  lock_.emplace(*std::move(taken));
  return {};
}

Result<void> StateEnd::use_key(const HashKey& key) {
  if (!is_on_redis()) return {};
  fingerprint_ = redis_fingerprint(key);
  auto client = make_redis_client(serving_, kRedisPatience);
  if (!client) return fail(client.error());
  redis_ = std::move(*client);
  return {};
}

Result<RedisUse> StateEnd::redis_use() const {
  auto use = look_at_redis(*redis_, fingerprint_);
  if (!use) return fail(named(use.error()));
  return use;
}

Result<void> StateEnd::check_that_nobody_serves() const {
  if (is_on_redis()) {
    const auto first = redis_use();
    if (!first) return fail(first.error());
    if (first->is_other_key)
      return fail(named({ErrorCode::kConflict,
                         "it was used with another key; both configurations need that one as key_file"}));
    if (!first->serving.empty()) {
      std::this_thread::sleep_for(kBetweenLooks);
      const auto second = redis_use();
      if (!second) return fail(second.error());
      const std::string host = second->serving.substr(0, second->serving.find(' '));
      if (!second->serving.empty() && second->serving != first->serving)
        return fail(
            named({ErrorCode::kUnavailable,
                   fmt::format("a `postreeve serve` on {} uses it; stop it everywhere first", host)}));
    }
  }
  if (!is_on_server()) return {};
  auto user = who_serves(serving_.ledger);
  // The server may not have noticed yet that whoever was there is gone, or was killed.
  for (int looks = 0; user && user->has_value() && looks < kMostLooks; ++looks) {
    std::this_thread::sleep_for(std::chrono::milliseconds{kBetweenLooks} / kMostLooks);
    user = who_serves(serving_.ledger);
  }
  if (!user) return fail(user.error());
  if (user->has_value())
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}: a `postreeve serve` on {} uses it; stop it everywhere "
                            "first",
                            ledger_name(), **user));
  return {};
}

Result<std::uint64_t> StateEnd::records() const {
  if (!is_on_redis()) return count_records_in_file(serving_.state_path);
  const auto use = redis_use();
  if (!use) return fail(use.error());
  return use->records;
}

Result<std::uint64_t> StateEnd::ledger_rows() const {
  PostgresqlServer server = serving_.ledger;
  server.timeout = kServerPatience;
  return look_at_ledger(serving_.state_path, server);
}

Result<std::string> StateEnd::copy_into_redis() const {
  if (!is_on_redis()) return std::string();
  const auto use = redis_use();
  if (!use) return fail(use.error());
  return use->copy;
}

Result<RecordHome*> StateEnd::open_records() {
  if (is_on_redis()) {
    records_ = records_on_redis(*redis_);
  } else {
    auto opened = open_records_in_file(serving_.state_path);
    if (!opened) return fail(opened.error());
    records_ = std::move(*opened);
  }
  return records_.get();
}

Result<LedgerDatabase*> StateEnd::open_ledger() {
  LedgerOptions options = ledger_options(serving_);
  options.server.timeout = kServerPatience;
  auto opened = LedgerDatabase::open(options);
  if (!opened) return fail(opened.error());
  ledger_ = std::move(*opened);
  if (const LedgerHealth health = ledger_->health(); !health.is_up)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", ledger_name(), health.trouble));
  return ledger_.get();
}

Result<std::string> StateEnd::as_of() const {
  std::string words = lock_ ? lock_->latest_use() : std::string();
  if (is_on_redis()) {
    const auto use = redis_use();
    if (!use) return fail(use.error());
    words += fmt::format(" redis {}", use->uses);
  }
  if (!ledger_ || !is_on_server()) return words;
  const auto nodes = nodes_of(*ledger_);
  if (!nodes) return fail(nodes.error());
  Timestamp latest{};
  for (const NodeRow& node : *nodes) {
    if (node.id != ledger_->node()) latest = std::max(latest, node.heartbeat);
  }
  return words + fmt::format(" ledger {}", latest.time_since_epoch().count());
}

Result<std::vector<std::string>> StateEnd::read_counters(MemorySharedCounters& counters) const {
  if (!is_on_redis()) return read_kept_counters(serving_.state_path, counters);
  const auto read =
      postreeve::read_counters(*redis_, now(), [&](const CounterItem& item) { counters.put(item); });
  if (!read) return fail(named(read.error()));
  return std::vector<std::string>();
}

Result<std::uint64_t> StateEnd::write_counters(const MemorySharedCounters& counters) const {
  std::uint64_t count = 0;
  std::vector<CounterItem> items;
  Result<void> done;
  const auto flush = [&] {
    if (done && is_on_redis()) done = postreeve::write_counters(*redis_, items);
    items.clear();
  };
  counters.each([&](const CounterItem& item) {
    ++count;
    items.push_back(item);
    if (items.size() == kItemsAtOnce) flush();
  });
  flush();
  if (!done) return fail(named(done.error()));
  if (is_on_redis()) return count;
  const auto kept = keep_counters(serving_.state_path, counters);
  if (!kept) return fail(kept.error().code, fmt::format("{}: {}", serving_.state_path, kept.error().detail));
  return count;
}

Result<void> StateEnd::mark_copy(const std::string& marker) const {
  if (!is_on_redis()) return {};
  const auto marked = postreeve::mark_copy(*redis_, fingerprint_, marker);
  if (!marked) return fail(named(marked.error()));
  return {};
}

Result<void> StateEnd::unmark_copy() const {
  if (!is_on_redis()) return {};
  const auto unmarked = postreeve::unmark_copy(*redis_);
  if (!unmarked) return fail(named(unmarked.error()));
  return {};
}

}  // namespace postreeve
