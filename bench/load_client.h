// Asks a policy service over any number of connections and measures how long answers take.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/time.h"
#include "bench/policy_requests.h"

namespace postreeve::bench {

struct Load {
  std::uint16_t port = 0;  // of 127.0.0.1
  std::size_t connections = 8;
  // Requests a second over all connections; 0: each connection asks again as soon as it is answered.
  double rate = 0;
  // Told the time of each message before its first request.
  std::function<void(Timestamp)> at_time = [](Timestamp) {};
  bool (*is_whole)(std::string_view reply) = is_whole_policy_reply;
};

struct LoadResult {
  double seconds = 0;
  std::uint64_t requests = 0;
  std::uint64_t accepted = 0;        // answered with DUNNO; 0 for other protocols
  std::vector<double> latencies_us;  // sorted; with a rate, from when the request was due

  [[nodiscard]] double percentile(double share) const;
};

// One thread. A message's requests go over one connection, one after the other. Ends the program when the
// server hangs up.
[[nodiscard]] LoadResult run_load(const Load& load, std::span<const Transaction> transactions);

// A connected socket.
[[nodiscard]] int connect_to(std::uint16_t port);

}  // namespace postreeve::bench
