// Postreeve at the door: the engine in memory, with a stopwatch, and with the
// disasters that its fuse is for.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/engine.h"
#include "engine/message.h"
#include "lab/score/door.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve::lab {

// What goes wrong, from a moment on.
struct Disaster {
  Timestamp from = Timestamp::max();
  const Locator* locator = nullptr;   // another geography file; outlives the door
  std::optional<IpAddress> everyone;  // a lost PROXY header: every client seems to be here
};

class EngineDoor final : public Door {
 public:
  // The policy and the locator must outlive the door, and so must the watcher, if there is one, who is told
  // of every step with the engine's verdict.
  EngineDoor(const Policy& policy, const Locator& locator, const Disaster& disaster = {},
             StepWatcher* watcher = nullptr);

  const Ruling& observe(const Event& event) override;
  const Ruling& submit(const Submission& submission) override;

  [[nodiscard]] std::uint64_t memory_bytes() const { return accounts_.memory_bytes(); }
  // Of the record of one account.
  [[nodiscard]] std::uint64_t record_bytes(const AccountId& account);
  // Nanoseconds of one call in some dozens: single events, and messages of a single recipient (two
  // calls) halved. Contains the clock's own 20 to 30.
  [[nodiscard]] const std::vector<float>& nanoseconds() const { return nanoseconds_; }

 private:
  void begin(const Locator& locator);
  void strike(Timestamp time);
  [[nodiscard]] bool is_lost(const Session& session, Timestamp time) const;
  void rule(const Observation& observation);
  void rule(const MessageOutcome& outcome);

  const Policy& policy_;
  Disaster disaster_;
  StepWatcher* watcher_;
  bool has_struck_ = false;
  MemoryAccountStore accounts_;
  MemorySharedCounters counters_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<MessageJudge> judge_;
  Observation observation_;
  Event masked_;
  Submission masked_submission_;
  Ruling ruling_;
  std::uint32_t calls_ = 0;
  std::vector<float> nanoseconds_;
};

}  // namespace postreeve::lab
