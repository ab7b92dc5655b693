// Holds and diversions that a recipient called for and that wait for their message.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "finding/verdict.h"

namespace postreeve {

// Of all connections together: Postfix closes one that is idle for 300 s, and who trickles a message asks
// about its recipients on one connection and about its end on the next. Bounded: of more than kMost messages
// at once the oldest are forgotten. Any thread.
class WaitingActions {
 public:
  static constexpr std::size_t kMost = 20'000;

  // `instance` names the message (Postfix's attribute); of several actions the gravest waits.
  void keep(std::string_view instance, Action action) {
    const std::scoped_lock lock(mutex_);
    const Action before = find(instance);
    if (newer_.size() >= kMost / 2) older_ = std::exchange(newer_, {});
    newer_.insert_or_assign(std::string(instance), std::max(before, action));
    are_there_.store(true, std::memory_order_relaxed);
  }

  // kAccept: nothing waits.
  [[nodiscard]] Action of(std::string_view instance) const {
    if (!are_there_.load(std::memory_order_relaxed)) return Action::kAccept;  // nearly always
    const std::scoped_lock lock(mutex_);
    return find(instance);
  }

 private:
  using Actions = std::map<std::string, Action, std::less<>>;

  [[nodiscard]] Action find(std::string_view instance) const {
    for (const Actions* actions : {&newer_, &older_}) {
      if (const auto kept = actions->find(instance); kept != actions->end()) return kept->second;
    }
    return Action::kAccept;
  }

  mutable std::mutex mutex_;
  Actions newer_;
  Actions older_;
  std::atomic<bool> are_there_ = false;
};

}  // namespace postreeve
