// Watches the engine judge without restricting anybody, and keeps what was found when it mattered: the
// raw material of the fit.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/engine.h"
#include "engine/message.h"
#include "judge/policy.h"
#include "lab/score/door.h"
#include "lab/sink.h"
#include "lab/world.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve::lab {

// The strongest finding of each reason on one side of an account, as risk sees it at a message.
struct Sample {
  bool strange = false;
  std::array<float, kReasonCount> nats{};
};

// An honest account's month: the samples that came nearest to a restriction.
struct HonestMonth {
  std::uint32_t account = 0;
  std::uint16_t month = 0;
  std::vector<Sample> samples;
};

// A take-over: samples at messages farther and farther apart, since the tenth message out is as much worse
// than the fifth as the hundredth is than the fiftieth.
struct HostileRun {
  std::string_view family;
  std::uint32_t messages = 0;
  std::vector<Sample> samples;
};

class Collector final : public Sink, private StepWatcher {
 public:
  static constexpr std::size_t kMostHonestSamples = 24;

  // `policy` must never restrict (policy_that_watches()); it and the locator must outlive the collector.
  Collector(const Policy& policy, const Locator& locator);

  void enter(World& world);
  void observe(const Event& event, Doer doer) override;
  std::span<const Fate> submit(const Submission& submission, Doer doer) override;
  void honest_delay(std::uint32_t, Duration) override {}
  void honest_loss(std::uint32_t) override {}

  [[nodiscard]] const std::vector<HonestMonth>& honest() const { return honest_; }
  [[nodiscard]] const std::vector<HostileRun>& hostile() const { return hostile_; }

 private:
  // The findings of one side, fading.
  struct Findings {
    std::array<float, kReasonCount> nats{};
    Timestamp updated{};
  };
  struct AccountState {
    std::array<Findings, 2> sides;
    std::int32_t month_index = -1;
    std::uint16_t month = 0xffff;
  };

  void saw(const Event& step, const Observation& observation) override { note(step, observation, doer_); }
  void note(const Event& event, const Observation& observation, Doer doer);
  void keep_honest(std::uint32_t account, AccountState& state, const Sample& sample, Timestamp time);

  MemoryAccountStore accounts_;
  MemorySharedCounters counters_;
  Engine engine_;
  MessageJudge judge_;
  Doer doer_;  // of the message that is being judged
  std::vector<Fate> fates_;
  World* world_ = nullptr;
  Duration half_life_;
  Observation observation_;
  std::vector<AccountState> states_;
  std::vector<HonestMonth> honest_;
  std::vector<HostileRun> hostile_;
};

// The policy whose ladder ends at watched: the world goes on as if nobody stood at the door.
[[nodiscard]] Policy policy_that_watches(Policy policy);

}  // namespace postreeve::lab
