#include "app/shared_tending.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "app/clock.h"

namespace postreeve {
namespace {

// Of a cluster the accounts of the other servers are judged as ever.
std::string what_is_away(const SharedState& shared) {
  const RedisClient::Health health = shared.connection();
  if (!health.barred.empty() || health.away == 0 || health.away == health.nodes)
    return fmt::format(
        "Redis does not answer as it should ({}); mail is judged by what this machine has in memory",
        shared.why());
  return fmt::format(
      "{} of {} Redis servers do not answer as they should ({}); mail of the accounts there is judged by "
      "what this machine has in memory",
      health.away, health.nodes, shared.why());
}

}  // namespace

std::unique_ptr<JudgingThreads> make_judging_threads(const Serving& serving) {
  constexpr unsigned kForEach = 8;
  constexpr std::size_t kMostWaiting = 10'000;
  const unsigned serve = serving.threads == 0 ? std::thread::hardware_concurrency() : serving.threads;
  return std::make_unique<JudgingThreads>(std::clamp(kForEach * serve, 8U, 64U), kMostWaiting);
}

bool tend_shared(SharedState& shared, spdlog::logger& logger) {
  const SharedState::Turn turn = shared.tend(now());
  if (turn == SharedState::Turn::kNone) return false;
  if (turn == SharedState::Turn::kLost) {
    logger.error("{}", what_is_away(shared));
  } else if (turn == SharedState::Turn::kRefused) {
    logger.error("Redis is {}; mail is judged by what this machine has in memory", shared.why());
  } else if (turn == SharedState::Turn::kDamaged) {
    const std::string fault = shared.records().last_fault;  // of this node; another one may have found it
    logger.error(
        "a record in Redis was damaged{}{}; the ledger's standings are put into the records once more",
        fault.empty() ? "" : ": ", fault);
  } else if (turn == SharedState::Turn::kForgetful) {
    logger.warn("Redis was gone for a moment; the ledger's standings are put into the records once more");
  } else {
    logger.info(
        "Redis answers again; what was learned meanwhile is dropped, of two standings the more severe stays");
  }
  return true;
}

void add_shared_gauges(Metrics& metrics, const SharedState& shared, const JudgingThreads& threads) {
  const auto add = [&](const char* name, const char* help, auto value) {
    metrics.add_gauge(name, help, [&shared, value] { return static_cast<double>(value(shared)); });
  };
  add("postreeve_redis_up", "1 when every Redis server answered the latest question and takes writes",
      [](const SharedState& state) { return state.connection().is_up ? 1 : 0; });
  add("postreeve_redis_faults", "Questions that Redis did not answer in time, since the start",
      [](const SharedState& state) { return state.connection().faults; });
  add("postreeve_redis_judged_alone", "Steps judged by what is in memory only, since the start",
      [](const SharedState& state) { return state.records().alone; });
  add("postreeve_redis_judged_again", "Steps judged again because another node had written, since the start",
      [](const SharedState& state) { return state.records().conflicts; });
  add("postreeve_redis_records_unreadable",
      "Looks at records that were damaged or of a newer version, since the start; one record may be looked "
      "at often",
      [](const SharedState& state) { return state.records().corrupt + state.records().newer; });
  metrics.add_gauge("postreeve_judging_waiting", "Events that wait to be judged",
                    [&threads] { return static_cast<double>(threads.waiting()); });
}

}  // namespace postreeve
