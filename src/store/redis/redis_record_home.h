// Records on Redis as a home that they are copied into or out of (record_copy.h).
#pragma once

#include <memory>

#include "redis/redis_client.h"
#include "store/record_copy.h"

namespace postreeve {

// The client must outlive it, and be given seconds for a call: each is about hundreds of records.
[[nodiscard]] std::unique_ptr<RecordHome> records_on_redis(RedisClient& client);

}  // namespace postreeve
