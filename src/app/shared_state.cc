#include "app/shared_state.h"

#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/state_place.h"
#include "base/password_file.h"
#include "store/redis/redis_use.h"

namespace postreeve {

Result<std::unique_ptr<RedisClient>> make_redis_client(const Serving& serving,
                                                       std::chrono::milliseconds time_limit) {
  RedisOptions options{.time_limit = time_limit};
  Result<RedisAddress> address = RedisAddress::parse(serving.redis);
  if (!address) return fail(std::move(address).error());
  options.address = std::move(*address);
  options.ca_file = serving.redis_ca_file;
  Result<std::string> password = read_password(serving.redis_password_file);
  if (!password) return fail(std::move(password).error());
  options.password = std::move(*password);
  return RedisClient::make(std::move(options));
}

Hash128 redis_fingerprint(const HashKey& key) {
  return keyed_hash(key, "postreeve redis");
}

Result<std::unique_ptr<SharedState>> SharedState::open(const Serving& serving, const HashKey& key,
                                                       std::chrono::milliseconds time_limit) {
  auto client = make_redis_client(serving, time_limit);
  if (!client) return fail(std::move(client).error());
  std::unique_ptr<SharedState> state(
      new SharedState(std::move(*client), redis_fingerprint(key), serving.state_memory_mib << 20U));
  const Result<void> claimed = state->claim();
  if (!claimed && claimed.error().code == ErrorCode::kConflict) return fail(claimed.error());
  return state;
}

SharedState::SharedState(std::unique_ptr<RedisClient> client, const Hash128& fingerprint,
                         std::uint64_t memory_bytes)
    : client_(std::move(client)),
      fingerprint_(fingerprint),
      accounts_(*client_, {.memory_bytes = memory_bytes}),
      counters_(*client_),
      damaged_(accounts_.health().damaged) {}

Result<void> SharedState::claim() {
  Result<void> claimed = claim_redis(*client_, fingerprint_);
  is_claimed_ = claimed.has_value();
  if (claimed) client_->bar({});
  // One that does not answer may be another one when it does.
  if (!claimed) client_->bar("not used before it has shown whose records it has: " + claimed.error().detail);
  is_refused_ = !claimed && claimed.error().code == ErrorCode::kConflict;
  return claimed;
}

SharedState::Turn SharedState::tend(Timestamp now) {
  client_->look_around();
  const bool was_refused = is_refused_;
  const bool was_there = is_there_;
  if (!is_claimed_) (void)claim();
  const auto answers = [&] {
    return accounts_.refresh().has_value() && counters_.refresh(now).has_value() && client_->health().is_up;
  };
  is_there_ = answers();
  // It may be another one than before.
  if (is_there_ && !was_there) is_there_ = claim().has_value() && answers();
  // When it is away it needs no telling; and it is away when it cannot be told.
  if (is_claimed_) is_there_ = say_who_serves(*client_, host_name()).has_value() && is_there_;
  const std::uint64_t breaks = client_->health().breaks;
  const bool was_broken = std::exchange(breaks_, breaks) != breaks;
  const std::uint64_t damaged = accounts_.health().damaged;
  const bool was_damaged = std::exchange(damaged_, damaged) != damaged;
  if (is_refused_ && !was_refused) return Turn::kRefused;
  if (was_there != is_there_) return is_there_ ? Turn::kBack : Turn::kLost;
  if (is_there_ && was_damaged) return Turn::kDamaged;
  return is_there_ && was_broken ? Turn::kForgetful : Turn::kNone;
}

std::string SharedState::why() const {
  const RedisClient::Health health = connection();
  return health.barred.empty() ? health.last_fault : health.barred;
}

std::string SharedState::status() const {
  const RedisClient::Health health = connection();
  const RedisStoreHealth of_records = records();
  const boost::json::object status{{"state", health.is_up ? "up" : "down"},
                                   {"cluster", health.is_cluster},
                                   {"servers", health.nodes},
                                   {"last_fault", health.last_fault},
                                   {"not_used", health.barred},
                                   {"faults", health.faults},
                                   {"records_in_memory", of_records.resident},
                                   {"judged_again", of_records.conflicts},
                                   {"judged_alone", of_records.alone},
                                   {"dropped", of_records.dropped},
                                   {"restored", of_records.restored},
                                   {"corrupt", of_records.corrupt},
                                   {"of_newer_version", of_records.newer},
                                   {"record_format", of_records.format},
                                   {"last_record_fault", of_records.last_fault}};
  return boost::json::serialize(status);
}

}  // namespace postreeve
