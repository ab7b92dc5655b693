// Writes the traffic as the log files of mail servers: whatever is submitted, goes out.
#pragma once

#include <memory>
#include <vector>

#include "lab/logs/server_log.h"
#include "lab/sink.h"

namespace postreeve::lab {

class LogSink final : public Sink {
 public:
  void add(std::unique_ptr<ServerLog> log) { logs_.push_back(std::move(log)); }

  void observe(const Event& event, Doer doer) override;
  std::span<const Fate> submit(const Submission& submission, Doer doer) override;
  void honest_delay(std::uint32_t, Duration) override {}
  void honest_loss(std::uint32_t) override {}
  // Call at the end of days.
  void finish(Timestamp end);

  [[nodiscard]] bool good() const;

 private:
  std::vector<std::unique_ptr<ServerLog>> logs_;
  std::vector<Fate> fates_;
};

// Hands everything to two sinks; the first one decides what becomes of messages. Both must outlive it.
class BothSinks final : public Sink {
 public:
  BothSinks(Sink& first, Sink& second) : first_(first), second_(second) {}

  void observe(const Event& event, Doer doer) override {
    first_.observe(event, doer);
    second_.observe(event, doer);
  }
  std::span<const Fate> submit(const Submission& submission, Doer doer) override {
    static_cast<void>(second_.submit(submission, doer));
    return first_.submit(submission, doer);
  }
  void honest_delay(std::uint32_t account, Duration delay) override { first_.honest_delay(account, delay); }
  void honest_loss(std::uint32_t account) override { first_.honest_loss(account); }

 private:
  Sink& first_;
  Sink& second_;
};

}  // namespace postreeve::lab
