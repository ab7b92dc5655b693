#include "store/redis/marked_value.h"

#include <sodium.h>

#include <array>
#include <cstring>
#include <utility>

#include "base/keyed_hash.h"

namespace postreeve {
namespace {

const RedisScript& writing() {
  static const RedisScript script(R"(
if redis.call('GETRANGE', KEYS[1], 0, 7) == ARGV[1] then
  if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2])
  else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
  return 1
end
return redis.call('GET', KEYS[1])
)");
  return script;
}

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  randombytes_buf(&bits, sizeof bits);
  return bits;
}

}  // namespace

MarkedValues::MarkedValues(RedisClient& client, std::chrono::seconds lifetime)
    : client_(client),
      lifetime_(std::to_string(lifetime.count())),
      marks_(random_bits()),
      salt_(random_bits()) {}

std::string MarkedValues::new_mark() {
  const std::uint64_t bits = mix64(++marks_) ^ salt_;
  std::array<char, kMarkBytes> bytes{};
  std::memcpy(bytes.data(), &bits, sizeof bits);
  return {bytes.data(), bytes.size()};
}

Result<std::optional<std::string>> MarkedValues::load(const std::string& key) {
  Result<RespValue> answer = client_.ask(RedisCommand(key, {"GET", key}));
  if (!answer) return fail(std::move(answer).error());
  if (answer->is_nil()) return std::nullopt;
  return std::move(answer->text);
}

Result<MarkedValues::Stored> MarkedValues::store(const std::string& key, std::string_view seen,
                                                 std::string_view value) {
  const std::string_view keys[] = {key};
  const std::string_view arguments[] = {seen, value, lifetime_};
  Result<RespValue> answer = client_.run(writing(), keys, arguments);
  if (!answer) return fail(std::move(answer).error());
  Stored stored;
  stored.is_written = answer->kind == RespValue::Kind::kInteger;
  if (!stored.is_written && !answer->is_nil()) stored.newer = std::move(answer->text);
  return stored;
}

}  // namespace postreeve
