// Whoever wants to know of every decision: the log, the metrics, the counts of top senders, `watch`.
#pragma once

#include <cstdint>

#include "engine/engine.h"
#include "finding/verdict.h"
#include "guard/sightings.h"
#include "mail/event.h"

namespace postreeve {

struct Decided {
  const Event& event;
  const Observation& observation;
  Door door{};
  Action action{};                // as the mail server was told; of what a log tells, kAccept
  Action would{};                 // as it would be told in enforce mode, with lists and diversion
  bool is_observed = false;       // observe mode: `observation` says what would have been done
  bool is_by_web_server = false;  // mail of a webmail: its client's address is everybody's
  // A rule of people answered, not the engine (rules.h); "" else.
  std::string_view rule = {};
  std::int64_t nanoseconds = 0;  // the decision took
};

class DecisionWatcher {
 public:
  DecisionWatcher() = default;
  DecisionWatcher(const DecisionWatcher&) = delete;
  DecisionWatcher& operator=(const DecisionWatcher&) = delete;
  virtual ~DecisionWatcher() = default;

  // In the thread that decided, before the answer leaves; must not block. Any thread. What it throws is told
  // of as a failure, and changes nothing.
  virtual void saw(const Decided& decided) = 0;
};

}  // namespace postreeve
