// Where a Redis is and how one gets in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "redis/cluster_slots.h"

namespace postreeve {

struct RedisAddress {
  std::vector<RedisNodeName> nodes;  // of a cluster any of its nodes, asked in this order; never empty
  bool tls = false;
  std::string user;  // empty: the default user
  int database = 0;  // of a single server

  // "redis://127.0.0.1:6379", "rediss://guard@redis1.example,redis2.example/2": rediss is TLS, the port is
  // 6379 when none is said. kInvalidInput says what is wrong; a password is not taken here, where everybody
  // could read it.
  [[nodiscard]] static Result<RedisAddress> parse(std::string_view text);
};

}  // namespace postreeve
