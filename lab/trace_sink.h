// Writes the world as a trace, with its truth beside it.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "lab/sink.h"
#include "lab/world.h"

namespace postreeve::lab {

// Nobody judges: every message gets out. The truth is JSON Lines: an "account" line for each account
// with its persona, an "attack" line for each take-over with its queue IDs.
class TraceSink final : public Sink {
 public:
  // Empty paths write nothing (to measure the generator).
  TraceSink(const std::string& trace, const std::string& truth);

  void observe(const Event& event, Doer doer) override;
  std::span<const Fate> submit(const Submission& submission, Doer doer) override;
  void honest_delay(std::uint32_t, Duration) override {}
  void honest_loss(std::uint32_t) override {}

  void write_truth(World& world);
  [[nodiscard]] bool good() const;

 private:
  struct Deeds {
    std::string queue_ids;
    std::uint32_t messages = 0;
    std::uint32_t recipients = 0;
  };

  void write(const Event& event);

  std::ofstream trace_;
  std::ofstream truth_;
  bool writes_trace_;
  bool writes_truth_;
  Event event_{Submission{}};
  std::vector<Deeds> deeds_;
  std::vector<Fate> fates_;
};

}  // namespace postreeve::lab
