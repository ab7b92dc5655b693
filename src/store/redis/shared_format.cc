#include "store/redis/shared_format.h"

#include <algorithm>
#include <string>
#include <vector>

#include "profile/record_codec.h"
#include "store/redis/redis_keys.h"

namespace postreeve {
namespace {

constexpr int kLooksUntilSure = 10;  // a Redis that was restarted has forgotten who was there

}  // namespace

SharedFormat::SharedFormat(std::uint8_t newest)
    : newest_(newest), written_(kOldestRecordFormat), oldest_heard_(newest) {}

Result<void> SharedFormat::look(RedisClient& client) {
  const std::string own = redis_keys::format(newest_);
  std::vector<RedisCommand> commands;
  commands.reserve(newest_);
  commands.push_back({own, {"SET", own, "", "EX", "10"}});
  for (std::uint8_t format = kOldestRecordFormat; format < newest_; ++format) {
    const std::string key = redis_keys::format(format);
    commands.push_back({key, {"EXISTS", key}});
  }
  const std::vector<Result<RespValue>> answers = client.ask_all(commands);
  std::uint8_t lowest = newest_;
  for (std::size_t i = answers.size(); i-- > 1;) {
    if (!answers[i]) return fail(answers[i].error());
    if (answers[i]->number() != 0) lowest = static_cast<std::uint8_t>(kOldestRecordFormat + i - 1);
  }
  const std::scoped_lock lock(mutex_);
  if (lowest > written_) {
    oldest_heard_ = std::min(oldest_heard_, lowest);
    if (++looks_without_older_ < kLooksUntilSure) return {};
    lowest = oldest_heard_;
  }
  written_ = lowest;
  looks_without_older_ = 0;
  oldest_heard_ = newest_;
  return {};
}

}  // namespace postreeve
