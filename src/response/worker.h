// Carries out what stands in the outbox: a thread (lane) an action, so that a backend that hangs delays
// nothing but itself, and one that looks once a second which lanes have something to do.
//
// Nothing is kept here: a process that is killed at any moment finds everything in the outbox again.
#pragma once

#include <cstddef>
#include <memory>

#include "response/actions.h"
#include "response/lane.h"

namespace postreeve {

class Worker {
 public:
  // `actions` and what `parts` refers to outlive it. `parts.tell` is called from several threads.
  Worker(const Actions& actions, LaneParts parts);
  ~Worker();  // stop()
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Begins the threads, with what a worker before this one left half done. Requires that no other worker
  // uses the outbox. Rows of actions that the configuration knows no more are given up.
  void start();
  // Something new is due: it is begun at once. Any thread; never blocks.
  void wake();
  // No new attempt begins from now on; does not wait.
  void finish();
  // Waits until the attempts under way have ended: as long as an action may take.
  void stop();

  // Without threads: one attempt of every lane that has something due; how many were made.
  [[nodiscard]] std::size_t step();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
