#include "store/redis/redis_counter_copy.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "store/redis/marked_value.h"
#include "store/redis/redis_counter_parts.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_use.h"
#include "store/redis/trait_blob.h"

namespace postreeve {
namespace {

using Commands = std::vector<RedisCommand>;
using Words = std::initializer_list<std::string_view>;

std::uint32_t count_of(std::int64_t number) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 0, 0xffffffffLL));
}

// What commands write an item; expiry is an instant, so that the copy dies when the original would.
class Writer {
 public:
  Writer(MarkedValues& values, Commands& commands) : values_(values), commands_(commands) {}

  void operator()(const NetworkFailures& item) {
    const std::string key = redis_keys::network(item.network);
    const std::string failures = fmt::format("{:.9g}", item.failures);
    const std::string time = std::to_string(to_seconds32(item.time));
    add(key, {"HSET", key, "failures", failures, "time", time}, item.time + kNetworkMemory);
  }
  void operator()(const DestinationAnswers& item) {
    const std::string key = redis_keys::destination(item.destination) + part_of_ten_minutes(item.start);
    const std::string sent = std::to_string(item.delivered);
    const std::string refused = std::to_string(item.refused);
    add(key, {"HSET", key, "sent", sent, "refused", refused}, item.start + kTenMinutesMemory);
  }
  void operator()(const LimitUse& item) {
    const std::string key = redis_keys::limit(item.limit) + std::to_string(item.part);
    const std::string amount = std::to_string(item.amount);
    const auto parts = static_cast<std::int64_t>(item.part + 2 * kLimitParts);
    add(key, {"SET", key, amount}, Timestamp{item.width * parts});
  }
  void operator()(const TraitUsers& item) {
    const std::string key = redis_keys::trait(item.trait);
    const std::string value = values_.new_mark() + encode_trait(item.users);
    add(key, {"SET", key, value}, from_seconds32(item.users.latest()) + kTraitMemory);
  }
  void operator()(const AccountAccusations& item) {
    const std::string key = redis_keys::accusations(item.account);
    const std::string latest = std::to_string(to_seconds32(item.latest));
    std::vector<std::string> names;
    names.reserve(item.traits.size());
    for (const TraitKey& trait : item.traits) names.push_back(redis_keys::name_of(trait));
    std::vector<std::string_view> words{"HSET", key, "latest", latest};
    for (const std::string& name : names) words.insert(words.end(), {name, "1"});
    commands_.emplace_back(key, words);
    expire(key, item.latest + kTraitMemory);
  }
  void operator()(const CountriesUsed& item) {
    const std::string key = item.tenant ? redis_keys::countries(*item.tenant) : redis_keys::kAllCountries;
    std::vector<std::string> numbers{"all", std::to_string(item.all)};
    for (const auto& [country, count] : item.countries)
      numbers.insert(numbers.end(), {std::to_string(country), std::to_string(count)});
    std::vector<std::string_view> words{"HSET", key};
    words.insert(words.end(), numbers.begin(), numbers.end());
    commands_.emplace_back(key, words);
  }
  void operator()(const Restrictions& item) {
    const std::string key = redis_keys::kRestrictions + part_of_ten_minutes(item.start);
    const std::string count = std::to_string(item.count);
    add(key, {"SET", key, count}, item.start + kTenMinutesMemory);
  }

 private:
  static std::string part_of_ten_minutes(Timestamp start) {
    return std::to_string(to_seconds32(start) / kTenMinutesSeconds);
  }
  void add(const std::string& key, Words words, Timestamp until) {
    commands_.emplace_back(key, words);
    expire(key, until);
  }
  void expire(const std::string& key, Timestamp until) {
    const std::string at = std::to_string(until.time_since_epoch().count());
    commands_.emplace_back(key, Words{"PEXPIREAT", key, at});
  }

  MarkedValues& values_;
  Commands& commands_;
};

// A key of a counter: what kind it is, the number in its braces and the one behind them.
struct CounterKey {
  char kind = 0;
  std::string_view name;
  std::uint64_t number = 0;
  std::uint64_t part = 0;
};

std::optional<CounterKey> read_key(std::string_view key) {
  const std::size_t end = key.find('}');
  if (!key.starts_with("pr:{") || end == std::string_view::npos || end < 5) return std::nullopt;
  CounterKey read{.kind = key[4], .name = key.substr(5, end - 5)};
  const auto is_number = [](std::string_view text, std::uint64_t& into) {
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), into);
    return failure == std::errc() && rest == text.data() + text.size();
  };
  const std::string_view behind = key.substr(end + 1);
  const bool has_part = is_number(behind, read.part);
  const auto hash = redis_keys::number_of(read.name);
  read.number = hash.value_or(0);
  switch (read.kind) {
    case 'n':
      return hash && behind.empty() ? std::optional(read) : std::nullopt;
    case 'd':
    case 'l':
      return hash && has_part ? std::optional(read) : std::nullopt;
    case 'x':
      return read.name.empty() && has_part ? std::optional(read) : std::nullopt;
    case 'c':
      return is_number(read.name, read.number) && behind.empty() ? std::optional(read) : std::nullopt;
    case 'k':
      if (!read.name.empty() && !is_number(read.name, read.number)) return std::nullopt;
      return behind.empty() ? std::optional(read) : std::nullopt;
    case 't':
      return behind.empty() ? std::optional(read) : std::nullopt;
    default:
      return std::nullopt;
  }
}

// SCAN may name a key twice, and whoever is told of these adds them up. The others are put in the place of
// what is there; so the many traits need not be remembered.
bool is_added(char kind) {
  return kind == 'd' || kind == 'l' || kind == 'x';
}

bool is_hash(char kind) {
  return kind == 'n' || kind == 'd' || kind == 'c' || kind == 'k';
}

// A hash's fields and values, one after the other.
std::int64_t number_in(const RespValue& hash, std::string_view field) {
  for (std::size_t i = 0; i + 1 < hash.items.size(); i += 2) {
    if (hash.items[i].text == field) return hash.items[i + 1].number();
  }
  return 0;
}

NetworkFailures failures_of(const CounterKey& key, const RespValue& hash) {
  NetworkFailures item{.network = key.number, .time = from_seconds32(count_of(number_in(hash, "time")))};
  for (std::size_t i = 0; i + 1 < hash.items.size(); i += 2) {
    if (hash.items[i].text == "failures")
      item.failures = std::strtof(hash.items[i + 1].text.c_str(), nullptr);
  }
  return item;
}

AccountAccusations accusations_of(const CounterKey& key, const RespValue& hash) {
  AccountAccusations item{.account = static_cast<std::uint32_t>(key.number),
                          .latest = from_seconds32(count_of(number_in(hash, "latest"))),
                          .traits = {}};
  for (std::size_t i = 0; i + 1 < hash.items.size(); i += 2) {
    if (const auto trait = redis_keys::trait_named(hash.items[i].text)) item.traits.push_back(*trait);
  }
  return item;
}

CountriesUsed countries_of(const CounterKey& key, const RespValue& hash) {
  CountriesUsed item{.tenant = {}, .all = count_of(number_in(hash, "all")), .countries = {}};
  if (!key.name.empty()) item.tenant = static_cast<std::uint32_t>(key.number);
  for (std::size_t i = 0; i + 1 < hash.items.size(); i += 2) {
    const std::int64_t country = hash.items[i].number();
    if (country > 0 && country <= 0xffff)
      item.countries.emplace_back(static_cast<std::uint16_t>(country), count_of(hash.items[i + 1].number()));
  }
  return item;
}

std::optional<CounterItem> item_of(const CounterKey& key, const RespValue& value, Timestamp now) {
  const Timestamp start{std::chrono::seconds{kTenMinutesSeconds} * static_cast<std::int64_t>(key.part)};
  switch (key.kind) {
    case 'n':
      return failures_of(key, value);
    case 'd':
      return DestinationAnswers{key.number, start, count_of(number_in(value, "sent")),
                                count_of(number_in(value, "refused"))};
    case 'l':
      return LimitUse{key.number, key.part, count_of(value.number()), width_of_parts(key.part, now)};
    case 't':
      if (const auto trait = redis_keys::trait_named(key.name))
        return TraitUsers{*trait, decode_trait(content_of(value.text))};
      return std::nullopt;
    case 'c':
      return accusations_of(key, value);
    case 'k':
      return countries_of(key, value);
    default:
      return Restrictions{start, count_of(value.number())};
  }
}

}  // namespace

Result<void> read_counters(RedisClient& client, Timestamp now, const OnCounterItem& on_item) {
  std::unordered_set<std::size_t> told;  // hashes of names: eight bytes for each of hundreds of thousands
  return client.each_key("pr:{*", [&](const std::vector<std::string>& names) -> Result<void> {
    std::vector<CounterKey> keys;
    Commands commands;
    for (const std::string& name : names) {
      const auto key = read_key(name);
      if (!key) continue;
      if (is_added(key->kind) && !told.insert(std::hash<std::string>{}(name)).second) continue;
      keys.push_back(*key);
      commands.emplace_back(name, Words{is_hash(key->kind) ? "HGETALL" : "GET", name});
    }
    const std::vector<Result<RespValue>> values = client.ask_all(commands);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!values[i]) return fail(values[i].error());
      const RespValue& value = *values[i];
      const bool is_gone = value.is_nil() || (value.is_array() && value.items.empty());  // it expired
      if (is_gone) continue;
      if (const auto item = item_of(keys[i], value, now)) on_item(*item);
    }
    return {};
  });
}

Result<void> write_counters(RedisClient& client, std::span<const CounterItem> items) {
  MarkedValues values(client);
  Commands commands;
  Writer writer(values, commands);
  for (const CounterItem& item : items) std::visit(writer, item);
  return carry_out(client, commands);
}

}  // namespace postreeve
