// What a daemon on Redis does beside judging: notices when Redis goes and comes, and says so.
#pragma once

#include <memory>

#include <spdlog/logger.h>

#include "app/metrics.h"
#include "app/serving.h"
#include "app/shared_state.h"
#include "guard/guard.h"
#include "guard/judging_threads.h"

namespace postreeve {

// Eight for each that serves, 64 at most: they wait for Redis most of the time.
[[nodiscard]] std::unique_ptr<JudgingThreads> make_judging_threads(const Serving& serving);

// Every second: when Redis is lost or has another key's records, when it is back, and when a record in it was
// damaged, the log says what has changed. Returns whether the standings of the ledger are to be put into the
// records then. May wait for Redis.
[[nodiscard]] bool tend_shared(SharedState& shared, spdlog::logger& logger);

// Both must be there as long as somebody asks for metrics.
void add_shared_gauges(Metrics& metrics, const SharedState& shared, const JudgingThreads& threads);

}  // namespace postreeve
