#include "store/redis/redis_use.h"

#include <sodium.h>

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "store/redis/redis_keys.h"

namespace postreeve {
namespace {

constexpr const char* kOtherKey =
    "the records in this Redis were written with another key; all nodes need the same key_file";

std::string text_of(RespValue& value) {
  return value.is_nil() ? std::string() : std::move(value.text);
}

std::uint64_t count_of(const RespValue& value) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, value.number()));
}

RedisCommand get(const std::string& key) {
  return {key, {"GET", key}};
}

}  // namespace

Result<void> claim_redis(RedisClient& client, const Hash128& fingerprint) {
  const std::string key = redis_keys::kKeyOfHashes;
  const std::string own = redis_keys::name_of(fingerprint);
  const RedisCommand commands[] = {{key, {"SETNX", key, own}}, get(key), get(redis_keys::kCopy)};
  std::vector<Result<RespValue>> answers = client.ask_all_the_same(commands);
  for (const Result<RespValue>& answer : answers) {
    if (!answer) return fail(answer.error());
  }
  if (answers[1]->text != own) return fail(ErrorCode::kConflict, kOtherKey);
  if (const std::string copy = text_of(*answers[2]); !copy.empty())
    return fail(ErrorCode::kConflict,
                fmt::format("a copy into this Redis is not complete ({}): run `postreeve state copy` again "
                            "where it was begun",
                            copy));
  const std::string uses = redis_keys::kUses;
  const RedisCommand counting(uses, {"INCR", uses});
  const std::vector<Result<RespValue>> counted = client.ask_all_the_same({&counting, 1});
  if (!counted.front()) return fail(counted.front().error());
  return {};
}

Result<void> say_who_serves(RedisClient& client, const std::string& name) {
  std::uint64_t chance = 0;
  randombytes_buf(&chance, sizeof chance);
  const std::string key = redis_keys::kServe;
  const std::string words = fmt::format("{} {:016x}", name, chance);
  const RedisCommand saying(key, {"SET", key, words, "EX", "10"});
  return carry_out(client, {&saying, 1});
}

Result<RedisUse> look_at_redis(RedisClient& client, const Hash128& fingerprint) {
  const std::string count = redis_keys::kCount;
  const RedisCommand commands[] = {get(redis_keys::kKeyOfHashes),
                                   get(redis_keys::kUses),
                                   get(redis_keys::kServe),
                                   get(redis_keys::kCopy),
                                   {count, {"HGET", count, "accounts"}}};
  std::vector<Result<RespValue>> answers = client.ask_all(commands);
  for (const Result<RespValue>& answer : answers) {
    if (!answer) return fail(answer.error());
  }
  RedisUse use;
  use.is_other_key = !answers[0]->is_nil() && answers[0]->text != redis_keys::name_of(fingerprint);
  use.uses = count_of(*answers[1]);
  use.serving = text_of(*answers[2]);
  use.copy = text_of(*answers[3]);
  use.records = count_of(*answers[4]);
  return use;
}

Result<void> mark_copy(RedisClient& client, const Hash128& fingerprint, const std::string& marker) {
  const std::string key = redis_keys::kKeyOfHashes;
  const std::string own = redis_keys::name_of(fingerprint);
  const std::string copy = redis_keys::kCopy;
  const RedisCommand commands[] = {{copy, {"SET", copy, marker}}, {key, {"SETNX", key, own}}};
  return carry_out(client, commands);
}

Result<void> unmark_copy(RedisClient& client) {
  const std::string copy = redis_keys::kCopy;
  const RedisCommand removing(copy, {"DEL", copy});
  return carry_out(client, {&removing, 1});
}

Result<void> carry_out(RedisClient& client, std::span<const RedisCommand> commands) {
  for (const Result<RespValue>& answer : client.ask_all(commands)) {
    if (!answer) return fail(answer.error());
  }
  return {};
}

}  // namespace postreeve
