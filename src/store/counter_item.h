// What shared counters hold, one thing at a time: the same words for those in memory and those on Redis, for
// moving house.
//
// Which accounts failed or succeeded from a network is no item: each side remembers them in sketches of its
// own that the other cannot read. They are forgotten after two days anyway.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "base/time.h"
#include "store/shared_counters.h"
#include "store/trait_entry.h"

namespace postreeve {

// Failed logins from a network, as of `time`.
struct NetworkFailures {
  std::uint64_t network = 0;
  float failures = 0;
  Timestamp time;

  friend bool operator==(const NetworkFailures&, const NetworkFailures&) = default;
};

// What a destination answered within the ten minutes from `start` on.
struct DestinationAnswers {
  std::uint64_t destination = 0;
  Timestamp start;
  std::uint32_t delivered = 0;
  std::uint32_t refused = 0;

  friend bool operator==(const DestinationAnswers&, const DestinationAnswers&) = default;
};

// Use of a limit in one part of its window; parts are numbered from 1970 on. Nobody notes how long they are:
// `width` is reckoned from the number, and off by one part at most.
struct LimitUse {
  std::uint64_t limit = 0;
  std::uint64_t part = 0;
  std::uint32_t amount = 0;
  Duration width{};

  friend bool operator==(const LimitUse&, const LimitUse&) = default;
};
[[nodiscard]] inline Duration width_of_parts(std::uint64_t part, Timestamp time_in_it) noexcept {
  return time_in_it.time_since_epoch() / static_cast<std::int64_t>(part > 0 ? part : 1);
}

struct TraitUsers {
  TraitKey trait;
  TraitEntry users;
};

struct AccountAccusations {
  std::uint32_t account = 0;
  Timestamp latest;
  std::vector<TraitKey> traits;

  friend bool operator==(const AccountAccusations&, const AccountAccusations&) = default;
};

// From which countries accounts are used: of a tenant, or of everybody.
struct CountriesUsed {
  std::optional<std::uint32_t> tenant;
  std::uint32_t all = 0;
  std::vector<std::pair<std::uint16_t, std::uint32_t>> countries;  // packed, how many

  friend bool operator==(const CountriesUsed&, const CountriesUsed&) = default;
};

// Accounts that were restricted within the ten minutes from `start` on.
struct Restrictions {
  Timestamp start;
  std::uint32_t count = 0;

  friend bool operator==(const Restrictions&, const Restrictions&) = default;
};

using CounterItem = std::variant<NetworkFailures, DestinationAnswers, LimitUse, TraitUsers,
                                 AccountAccusations, CountriesUsed, Restrictions>;
using OnCounterItem = std::function<void(const CounterItem&)>;

}  // namespace postreeve
