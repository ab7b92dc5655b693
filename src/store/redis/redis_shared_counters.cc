#include "store/redis/redis_shared_counters.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "profile/habit.h"
#include "store/redis/redis_counter_parts.h"
#include "store/redis/redis_keys.h"
#include "store/redis/trait_blob.h"

namespace postreeve {
namespace {

constexpr int kMostTries = 20;
constexpr std::uint32_t kDeliveryParts = 6;
constexpr std::uint32_t kRestrictionParts = 7;

// Most networks never fail: until one does there is nothing to remember of it. Failures are half forgotten
// in twelve hours, accounts after today and yesterday; after four days nothing is left.
const RedisScript& login_script() {
  static const RedisScript script(R"(
local succeeded, now = ARGV[2] == '1', tonumber(ARGV[3])
local held = redis.call('HMGET', KEYS[1], 'failures', 'time')
if succeeded and not held[1] then return {'0', 0, 0} end
local before, failures = tonumber(held[2] or now), tonumber(held[1] or 0)
local time = math.max(now, before)
local left = failures * 2 ^ ((before - time) / 43200)
local answer = {tostring(left), 0, 0}
if left > 0.01 then
  answer[2] = redis.call('PFCOUNT', KEYS[2], KEYS[3])
  answer[3] = redis.call('PFCOUNT', KEYS[4], KEYS[5])
end
if not succeeded then
  left = left + 2 ^ ((now - time) / 43200)
  redis.call('HSET', KEYS[1], 'failures', string.format('%.9g', left), 'time', time)
  redis.call('EXPIRE', KEYS[1], 345600)
end
local accounts = succeeded and KEYS[4] or KEYS[2]
redis.call('PFADD', accounts, ARGV[1])
redis.call('EXPIRE', accounts, 180000)
return answer
)");
  return script;
}

// Whatever breaks off in between, nothing is counted in a key that stays for ever.
const RedisScript& use_script() {
  static const RedisScript script(R"(
redis.call('INCRBY', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
)");
  return script;
}

// The first key is of now.
const RedisScript& delivery_script() {
  static const RedisScript script(R"(
local sent, refused = 0, 0
for _, key in ipairs(KEYS) do
  local held = redis.call('HMGET', key, 'sent', 'refused')
  sent, refused = sent + tonumber(held[1] or 0), refused + tonumber(held[2] or 0)
end
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
redis.call('EXPIRE', KEYS[1], 7200)
return {sent, refused}
)");
  return script;
}

const RedisScript& restriction_script() {
  static const RedisScript script(R"(
redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], 7200)
local sum = 0
for _, key in ipairs(KEYS) do sum = sum + tonumber(redis.call('GET', key) or 0) end
return sum
)");
  return script;
}

// No more than 24 traits an account.
const RedisScript& accuse_script() {
  static const RedisScript script(R"(
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 or redis.call('HLEN', KEYS[1]) <= 24 then
  redis.call('HSET', KEYS[1], ARGV[1], '1')
end
local latest = tonumber(redis.call('HGET', KEYS[1], 'latest') or 0)
redis.call('HSET', KEYS[1], 'latest', math.max(latest, tonumber(ARGV[2])))
redis.call('EXPIRE', KEYS[1], 3888000)
return 1
)");
  return script;
}

std::uint64_t part_of(Timestamp time, Duration window) {
  const auto width = std::max<std::int64_t>(1, window.count() / static_cast<std::int64_t>(kLimitParts));
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()) / width);
}

// Keys of the latest parts, this one first: "pr:{x}2941", ...
std::vector<std::string> keys_of_parts(const std::string& prefix, std::uint64_t newest, std::uint64_t count) {
  std::vector<std::string> keys;
  for (std::uint64_t age = 0; age < count && age <= newest; ++age)
    keys.push_back(prefix + std::to_string(newest - age));
  return keys;
}

RedisCommand sum_of(const std::vector<std::string>& keys) {
  std::vector<std::string_view> parts{"MGET"};
  parts.insert(parts.end(), keys.begin(), keys.end());
  return {keys.front(), parts};
}

std::uint32_t clamped(std::int64_t count) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 0, 0xffffffffLL));
}

std::uint32_t total(const RespValue& numbers) {
  std::int64_t sum = 0;
  for (const RespValue& number : numbers.items) sum += number.number();
  return clamped(sum);
}

std::vector<std::string> restriction_keys(Timestamp time) {
  return keys_of_parts(redis_keys::kRestrictions, to_seconds32(time) / kTenMinutesSeconds, kRestrictionParts);
}

}  // namespace

RedisSharedCounters::RedisSharedCounters(RedisClient& client, std::size_t most_entries)
    : client_(client), traits_(client, kTraitMemory), own_(most_entries) {}

NetworkSnapshot RedisSharedCounters::add_login(std::uint64_t network, std::uint64_t account, bool success,
                                               Timestamp time) {
  if (network == 0) return {};
  const NetworkSnapshot own = own_.add_login(network, account, success, time);
  const std::string key = redis_keys::network(network);
  const unsigned day = day_of(time);
  const std::string today = std::to_string(day);
  const std::string yesterday = std::to_string(day - 1);
  const std::array<std::string, 5> keys{key, key + "f" + today, key + "f" + yesterday, key + "s" + today,
                                        key + "s" + yesterday};
  const std::vector<std::string_view> names(keys.begin(), keys.end());
  const std::string who = redis_keys::name_of(account);
  const std::string now = std::to_string(to_seconds32(time));
  const std::string_view arguments[] = {who, success ? "1" : "0", now};
  const Result<RespValue> answer = client_.run(login_script(), names, arguments);
  if (!answer || answer->items.size() != 3) return own;
  NetworkSnapshot snapshot;
  snapshot.failures = std::strtof(answer->items[0].text.c_str(), nullptr);
  snapshot.accounts_failed = static_cast<float>(answer->items[1].number());
  snapshot.accounts_succeeded = static_cast<float>(answer->items[2].number());
  return snapshot;
}

DestinationSnapshot RedisSharedCounters::add_delivery(std::uint64_t destination, bool refused,
                                                      Timestamp time) {
  if (destination == 0) return {};
  const DestinationSnapshot own = own_.add_delivery(destination, refused, time);
  const std::vector<std::string> keys = keys_of_parts(
      redis_keys::destination(destination), to_seconds32(time) / kTenMinutesSeconds, kDeliveryParts);
  const std::vector<std::string_view> names(keys.begin(), keys.end());
  const std::string_view arguments[] = {refused ? "refused" : "sent"};
  const Result<RespValue> answer = client_.run(delivery_script(), names, arguments);
  if (!answer || answer->items.size() != 2) return own;
  DestinationSnapshot snapshot;
  snapshot.delivered = static_cast<float>(answer->items[0].number());
  snapshot.refused = static_cast<float>(answer->items[1].number());
  return snapshot;
}

std::uint32_t RedisSharedCounters::used(std::uint64_t limit_key, Duration window, Timestamp time) const {
  if (limit_key == 0) return 0;
  const std::vector<std::string> keys =
      keys_of_parts(redis_keys::limit(limit_key), part_of(time, window), kLimitParts);
  const Result<RespValue> answer = client_.ask(sum_of(keys));
  const bool is_current = answer && client_.takes_writes(keys.front());
  return is_current ? total(*answer) : own_.used(limit_key, window, time);
}

void RedisSharedCounters::use(std::uint64_t limit_key, Duration window, Timestamp time,
                              std::uint32_t amount) {
  if (limit_key == 0) return;
  own_.use(limit_key, window, time, amount);
  const std::string key = redis_keys::limit(limit_key) + std::to_string(part_of(time, window));
  const std::string lifetime = std::to_string(2 * std::max<std::int64_t>(window.count(), 1'000));
  const std::string more = std::to_string(amount);
  const std::string_view keys[] = {key};
  const std::string_view arguments[] = {more, lifetime};
  (void)client_.run(use_script(), keys, arguments);
}

std::uint32_t RedisSharedCounters::add_restriction(Timestamp time) {
  const std::uint32_t own = own_.add_restriction(time);
  const std::vector<std::string> keys = restriction_keys(time);
  const std::vector<std::string_view> names(keys.begin(), keys.end());
  const Result<RespValue> answer = client_.run(restriction_script(), names, {});
  if (!answer) return own;
  restrictions_ = clamped(answer->number());
  return restrictions_;
}

std::uint32_t RedisSharedCounters::restrictions(Timestamp time) const {
  const std::uint32_t own = own_.restrictions(time);
  return is_alone_ ? own : std::max<std::uint32_t>(own, restrictions_);
}

Result<void> RedisSharedCounters::refresh(Timestamp now) {
  const std::vector<std::string> keys = restriction_keys(now);
  const Result<RespValue> answer = client_.ask(sum_of(keys));
  is_alone_ = !answer || !client_.takes_writes(keys.front());
  if (!answer) return fail(answer.error());
  restrictions_ = total(*answer);
  return {};
}

Result<TraitEntry> RedisSharedCounters::load(TraitKey trait) const {
  const Result<std::optional<std::string>> value = traits_.load(redis_keys::trait(trait));
  if (!value) return fail(value.error());
  return *value ? decode_trait(content_of(**value)) : TraitEntry{};
}

// Those of the entry's strangers who were accused of anything within the trial.
std::vector<std::uint32_t> RedisSharedCounters::accused_among(const TraitEntry& entry, Timestamp time) const {
  std::vector<std::uint32_t> strangers;
  std::vector<RedisCommand> commands;
  for (const TraitEntry::Slot& slot : entry.slots()) {
    if (slot.role != TraitEntry::Role::kStranger) continue;
    strangers.push_back(slot.account);
    const std::string key = redis_keys::accusations(slot.account);
    commands.push_back({key, {"HGET", key, "latest"}});
  }
  if (strangers.empty()) return {};
  const std::vector<Result<RespValue>> answers = client_.ask_all(commands);
  std::vector<std::uint32_t> accused;
  for (std::size_t i = 0; i < strangers.size(); ++i) {
    if (!answers[i] || answers[i]->is_nil()) continue;
    const auto latest = from_seconds32(static_cast<std::uint32_t>(answers[i]->number()));
    if (time - latest <= kTextSpans.trial) accused.push_back(strangers[i]);
  }
  return accused;
}

TraitSnapshot RedisSharedCounters::look(TraitKey trait, TraitUser user, Timestamp time) const {
  if (trait.value == 0) return {};
  const Result<TraitEntry> entry = load(trait);
  if (!entry) return own_.look(trait, user, time);
  if (!is_text(trait)) return entry->look(user, time, spans_of(trait));
  const std::vector<std::uint32_t> accused = accused_among(*entry, time);
  return entry->look(user, time, spans_of(trait), [&](std::uint32_t account) {
    return std::ranges::find(accused, account) != accused.end();
  });
}

template <typename Change>
void RedisSharedCounters::change(TraitKey trait, Change change) {
  const std::string key = redis_keys::trait(trait);
  Result<std::optional<std::string>> value = traits_.load(key);
  for (int tries = 0; value && tries < kMostTries; ++tries) {
    const std::string seen = value->value_or("");
    TraitEntry entry = decode_trait(content_of(seen));
    change(entry);
    Result<MarkedValues::Stored> stored =
        traits_.store(key, mark_of(seen), traits_.new_mark() + encode_trait(entry));
    if (!stored || stored->is_written) return;
    value = std::move(stored->newer);
  }
}

void RedisSharedCounters::add_honest(TraitKey trait, TraitUser user, Timestamp time) {
  if (trait.value == 0) return;
  own_.add_honest(trait, user, time);
  change(trait, [&](TraitEntry& entry) { entry.add_honest(user, time, spans_of(trait)); });
}

void RedisSharedCounters::add_stranger(TraitKey trait, TraitUser user, Timestamp time, bool sent) {
  if (trait.value == 0) return;
  own_.add_stranger(trait, user, time, sent);
  change(trait, [&](TraitEntry& entry) { entry.add_stranger(user, time, sent, spans_of(trait)); });
}

void RedisSharedCounters::accuse(TraitKey trait, TraitUser user, Timestamp time, float weight) {
  if (trait.value == 0) return;
  own_.accuse(trait, user, time, weight);
  change(trait, [&](TraitEntry& entry) { entry.accuse(user, time, weight, spans_of(trait)); });
  const std::string key = redis_keys::accusations(user.account);
  const std::string_view keys[] = {key};
  const std::string name = redis_keys::name_of(trait);
  const std::string now = std::to_string(to_seconds32(time));
  const std::string_view arguments[] = {name, now};
  (void)client_.run(accuse_script(), keys, arguments);
}

void RedisSharedCounters::settle_accusations(std::uint32_t account, bool confirmed) {
  own_.settle_accusations(account, confirmed);
  const std::string key = redis_keys::accusations(account);
  const RedisCommand commands[] = {{key, {"HKEYS", key}}, {key, {"DEL", key}}};
  const std::vector<Result<RespValue>> answers = client_.ask_all(commands);
  if (!answers[0]) return;
  for (const RespValue& name : answers[0]->items) {
    const auto trait = redis_keys::trait_named(name.text);
    if (trait) change(*trait, [&](TraitEntry& entry) { entry.settle(account, confirmed); });  // else "latest"
  }
}

void RedisSharedCounters::add_country(TraitUser user, std::uint16_t country) {
  if (country == 0) return;
  own_.add_country(user, country);
  const std::string code = std::to_string(country);
  const std::string all = redis_keys::kAllCountries;
  const std::string tenant = redis_keys::countries(user.tenant);
  const RedisCommand commands[] = {{all, {"HINCRBY", all, "all", "1"}},
                                   {all, {"HINCRBY", all, code, "1"}},
                                   {tenant, {"HINCRBY", tenant, "all", "1"}},
                                   {tenant, {"HINCRBY", tenant, code, "1"}}};
  (void)client_.ask_all(commands);
}

CountrySnapshot RedisSharedCounters::look_country(TraitUser user, std::uint16_t country) const {
  if (country == 0) return {};
  const std::string code = std::to_string(country);
  const std::string all = redis_keys::kAllCountries;
  const std::string tenant = redis_keys::countries(user.tenant);
  const RedisCommand commands[] = {{all, {"HMGET", all, "all", code}},
                                   {tenant, {"HMGET", tenant, "all", code}}};
  const std::vector<Result<RespValue>> answers = client_.ask_all(commands);
  for (const Result<RespValue>& answer : answers) {
    if (!answer || answer->items.size() != 2) return own_.look_country(user, country);
  }
  const auto count = [&](std::size_t which, std::size_t item) {
    return static_cast<std::uint32_t>(answers[which]->items[item].number());
  };
  return {.all = count(0, 0), .here = count(0, 1), .tenant = count(1, 0), .tenant_here = count(1, 1)};
}

}  // namespace postreeve
