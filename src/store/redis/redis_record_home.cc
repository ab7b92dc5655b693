#include "store/redis/redis_record_home.h"

#include <string>
#include <utility>
#include <vector>

#include "store/redis/marked_value.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_use.h"

namespace postreeve {
namespace {

class RecordsOnRedis final : public RecordHome {
 public:
  explicit RecordsOnRedis(RedisClient& client) : client_(client), values_(client) {}

  Result<void> each(const OnRecords& on_records) override {
    return client_.each_key("pr:{*}r", [&](std::vector<std::string>& keys) -> Result<void> {
      std::vector<NamedRecord> records;
      for (const std::string& key : keys) {
        if (const auto account = redis_keys::account_of_record(key)) records.push_back({*account, {}});
      }
      auto found = find(records);
      if (!found) return fail(found.error());
      for (std::size_t i = 0; i < records.size(); ++i) {
        if (!(*found)[i]) return fail(ErrorCode::kConflict, "a record went away while it was copied");
        records[i].bytes = *std::move((*found)[i]);
      }
      return on_records(records);
    });
  }

  Result<Found> find(std::span<const NamedRecord> accounts) override {
    std::vector<RedisCommand> commands;
    commands.reserve(accounts.size());
    for (const NamedRecord& named : accounts) {
      const std::string key = redis_keys::record(named.account);
      commands.emplace_back(key, std::initializer_list<std::string_view>{"GET", key});
    }
    Found found;
    for (Result<RespValue>& answer : client_.ask_all(commands)) {
      if (!answer) return fail(answer.error());
      found.emplace_back();
      if (!answer->is_nil()) found.back() = std::string(content_of(answer->text));
    }
    return found;
  }

  Result<void> put(std::span<const NamedRecord> records) override {
    std::vector<RedisCommand> commands;
    commands.reserve(records.size());
    for (const NamedRecord& named : records) {
      const std::string key = redis_keys::record(named.account);
      const std::string value = values_.new_mark() + named.bytes;
      commands.emplace_back(key, std::initializer_list<std::string_view>{"SET", key, value});
    }
    return carry_out(client_, commands);
  }

  Result<RecordCounts> finish(const RecordCounts& copied) override {
    const std::string key = redis_keys::kCount;
    const std::string accounts = std::to_string(copied.accounts);
    const std::string active = std::to_string(copied.active);
    const RedisCommand counting(key, {"HSET", key, "accounts", accounts, "active", active});
    if (Result<void> done = carry_out(client_, {&counting, 1}); !done) return fail(done.error());
    return copied;
  }

  Result<void> clear() override {
    const auto remove = [&](const std::string& pattern) {
      return client_.each_key(pattern, [&](std::vector<std::string>& keys) {
        std::vector<RedisCommand> commands;
        commands.reserve(keys.size());
        for (const std::string& key : keys)
          commands.emplace_back(key, std::initializer_list<std::string_view>{"DEL", key});
        return carry_out(client_, commands);
      });
    };
    // Counters too: they are of the same accounts.
    if (Result<void> removed = remove("pr:{*"); !removed) return removed;
    return remove(redis_keys::kCount);
  }

 private:
  RedisClient& client_;
  MarkedValues values_;
};

}  // namespace

std::unique_ptr<RecordHome> records_on_redis(RedisClient& client) {
  return std::make_unique<RecordsOnRedis>(client);
}

}  // namespace postreeve
