// The mail server's door in memory: a submission is judged recipient by recipient,
// then as a message, as engine/message.h does it, but each recipient keeps its fate,
// since clients retry exactly those that were deferred.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/engine.h"
#include "lab/sink.h"

namespace postreeve::lab {

class Door {
 public:
  explicit Door(Engine& engine) : engine_(engine) {}

  // Calls `watch` after each step. The fates are good until the next call.
  std::span<const Fate> submit(const Submission& submission,
                               const std::function<void(const Event&, const Observation&)>& watch);

 private:
  Engine& engine_;
  Event step_{Recipient{}};
  Event message_{Submission{}};
  Observation observation_;
  std::vector<Fate> fates_;
};

}  // namespace postreeve::lab
