// Shared counters on Redis as items and back (counter_item.h): for moving house, while nobody counts.
#pragma once

#include <span>

#include "base/result.h"
#include "base/time.h"
#include "redis/redis_client.h"
#include "store/counter_item.h"

namespace postreeve {

// Reads everything that is counted there; only what nobody adds up may come twice. `now`: of the latest parts
// of limits. The client must be given seconds for a call.
[[nodiscard]] Result<void> read_counters(RedisClient& client, Timestamp now, const OnCounterItem& on_item);

// Writes some hundreds in the place of what is there. What has expired by Redis's clock is gone at once.
[[nodiscard]] Result<void> write_counters(RedisClient& client, std::span<const CounterItem> items);

}  // namespace postreeve
