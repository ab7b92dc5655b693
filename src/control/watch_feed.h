// The latest decisions, for whoever watches. Nothing is kept while nobody does.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"
#include "guard/decision_watcher.h"

namespace postreeve {

// Bounded: the last 1,000 decisions. Any thread.
class WatchFeed final : public DecisionWatcher {
 public:
  struct Line {
    std::uint64_t number = 0;  // counting from 1
    Timestamp time{};
    std::string event;  // "recipient"
    std::string account;
    std::string client;
    std::string about;  // recipient, subject or service
    std::string action;
    std::string standing;
    double risk = 0;
    std::string says;  // the weightiest finding
  };

  void saw(const Decided& decided) override;
  // What was asked for and never became an event: a login that was refused. Its number is given here.
  void add(Line line);

  // Decisions after `number`, at most 500. Whoever asks is taken to watch for another minute.
  [[nodiscard]] std::vector<Line> after(std::uint64_t number, Timestamp now);

 private:
  [[nodiscard]] bool is_watched(Timestamp time) const;

  std::mutex mutex_;
  std::deque<Line> lines_;
  std::uint64_t latest_ = 0;
  std::atomic<std::uint32_t> watched_until_{0};  // seconds
};

}  // namespace postreeve
