// Where the world's events go: a trace file, or the engine with its scorer.
#pragma once

#include <cstdint>
#include <span>

#include "mail/event.h"

namespace postreeve::lab {

// Who really did it: the truth that no detector sees.
struct Doer {
  std::uint32_t account = 0;
  std::int32_t attack = -1;  // -1: the owner
  bool is_retry = false;

  [[nodiscard]] bool hostile() const { return attack >= 0; }
};

// What became of one recipient of a message.
enum class Fate : std::uint8_t { kOut, kDeferred, kHeld, kRejected };

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  virtual void observe(const Event& event, Doer doer) = 0;
  // Returns the fate of each recipient, good until the next call.
  virtual std::span<const Fate> submit(const Submission& submission, Doer doer) = 0;
  // An honest message got through after the client's retries, or its client gave up.
  virtual void honest_delay(std::uint32_t account, Duration delay) = 0;
  virtual void honest_loss(std::uint32_t account) = 0;
};

}  // namespace postreeve::lab
