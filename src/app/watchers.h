// Everybody who is told of every decision while the daemon runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <spdlog/logger.h>

#include "app/activity_watcher.h"
#include "app/count_watcher.h"
#include "app/decision_log.h"
#include "app/last_seen.h"
#include "app/login_watcher.h"
#include "app/metrics.h"
#include "app/state.h"
#include "control/watch_feed.h"
#include "guard/clue_collector.h"
#include "guard/guard.h"
#include "guard/place_counts.h"

namespace postreeve {

struct Watchers {
  // The state outlives them.
  Watchers(State& state, const std::shared_ptr<spdlog::logger>& logger,
           std::vector<std::string> activity_domains)
      : decision_log(logger),
        counts(state.counts),
        activity(state.activity, std::move(activity_domains)),
        strangers(state.clues),
        logins(logger, metrics, feed) {}

  // Before the first event.
  void attach(Guard& guard) {
    for (DecisionWatcher* watcher : std::initializer_list<DecisionWatcher*>{
             &decision_log, &counts, &activity, &strangers, &places, &metrics, &feed, &last_seen})
      guard.add_watcher(*watcher);
  }

  DecisionLog decision_log;
  CountWatcher counts;
  ActivityWatcher activity;
  ClueCollector strangers;
  PlaceCounts places;
  Metrics metrics;
  WatchFeed feed;
  LastSeen last_seen;
  LoginWatcher logins;  // of what asks before the password; no decision of the guard
};

}  // namespace postreeve
