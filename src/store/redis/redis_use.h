// Who uses a Redis: whose keyed hashes it holds, whether a `serve` is on it, whether a copy into it is
// complete.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/keyed_hash.h"
#include "base/result.h"
#include "redis/redis_client.h"

namespace postreeve {

// For a `serve` that begins to use it, and counts as one: makes sure that whoever uses this Redis hashes
// names as we do: nodes with different keys would not know each other's accounts. `fingerprint`: a keyed hash
// of a constant. kConflict: it was used with another key, or a copy into it is not complete. Also of a
// client that is barred.
[[nodiscard]] Result<void> claim_redis(RedisClient& client, const Hash128& fingerprint);

// Says that the `serve` of that name is there; call every second. It is forgotten after ten.
[[nodiscard]] Result<void> say_who_serves(RedisClient& client, const std::string& name);

struct RedisUse {
  std::uint64_t records = 0;  // as it counts them itself
  bool is_other_key = false;  // it was used with another key than ours
  std::uint64_t uses = 0;     // how many a `serve` has begun
  std::string serving;  // other words every second while a `serve` is on it; empty: none for ten seconds
  std::string copy;     // of a copy into it that is not complete: where its marker lies; empty: there is none
};
[[nodiscard]] Result<RedisUse> look_at_redis(RedisClient& client, const Hash128& fingerprint);

// Claims it for a copy that begins; `marker` says where whoever finds it should look. No `serve` starts on it
// until unmark_copy().
[[nodiscard]] Result<void> mark_copy(RedisClient& client, const Hash128& fingerprint,
                                     const std::string& marker);
[[nodiscard]] Result<void> unmark_copy(RedisClient& client);

// Commands of which no answer is of interest: the first error.
[[nodiscard]] Result<void> carry_out(RedisClient& client, std::span<const RedisCommand> commands);

}  // namespace postreeve
