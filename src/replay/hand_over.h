// Hands events to a consumer on a thread of its own, so that reading and judging go on
// at the same time.
//
// Events arrive in the order in which they were pushed. Batches go back to the pusher
// when they are consumed, who frees what he allocated; at most kMostBatches are under way,
// so a slow consumer slows the pusher and memory stays bounded. One pusher.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "mail/event.h"

namespace postreeve {

class HandOver {
 public:
  explicit HandOver(std::function<void(Event&&)> consumer);
  HandOver(const HandOver&) = delete;
  HandOver& operator=(const HandOver&) = delete;
  // Drops what was not consumed yet, unless finish() was called.
  ~HandOver();

  void push(Event&& event);
  // Returns when everything pushed was consumed; throws what the consumer threw.
  void finish();

 private:
  static constexpr std::size_t kBatchEvents = 512;
  static constexpr std::size_t kMostBatches = 8;

  using Batch = std::vector<Event>;

  void hand_on();
  void consume();
  void end();

  std::function<void(Event&&)> consumer_;
  Batch filling_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> waiting_;
  std::deque<Batch> consumed_;
  std::size_t under_way_ = 0;
  bool ended_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace postreeve
