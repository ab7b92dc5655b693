#include "lab/fit/collector.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "judge/weights.h"
#include "sketch/decay.h"

namespace postreeve::lab {
namespace {

constexpr std::uint32_t kNobody = 0xffffffff;
constexpr double kNever = 1e9;

// Messages 1, 2, 3, 4, 6, 8, 12, 16, 24, ...
bool is_sampled(std::uint32_t message) {
  const std::uint32_t floor = std::bit_floor(message);
  return message == floor || message == floor + floor / 2;
}

float total(const Sample& sample) {
  return std::accumulate(sample.nats.begin(), sample.nats.end(), 0.0F);
}

}  // namespace

Policy policy_that_watches(Policy policy) {
  policy.ladder.slowed = policy.ladder.held = policy.ladder.suspended = policy.ladder.strong = kNever;
  return policy;
}

Collector::Collector(const Policy& policy, const Locator& locator)
    : engine_(policy, locator, HashKey{}, accounts_, counters_),
      judge_(engine_, this),
      half_life_(policy.ladder.evidence_half_life) {}

void Collector::enter(World& world) {
  world_ = &world;
  states_.resize(world.accounts().size());
  hostile_.resize(world.attacks().size());
  for (std::size_t i = 0; i < hostile_.size(); ++i) hostile_[i].family = world.attacks()[i].family;
}

void Collector::observe(const Event& event, Doer doer) {
  engine_.observe(event, observation_);
  note(event, observation_, doer);
}

std::span<const Fate> Collector::submit(const Submission& submission, Doer doer) {
  doer_ = doer;
  fates_from(judge_.judge(submission), fates_);
  return fates_;
}

void Collector::note(const Event& event, const Observation& observation, Doer doer) {
  if (doer.account == kNobody) return;
  AccountState& state = states_[doer.account];
  const Timestamp time = time_of(event);
  Findings& findings = state.sides[observation.of_stranger ? 1 : 0];
  if (time > findings.updated) {
    const std::uint32_t passed = to_seconds32(time) - to_seconds32(findings.updated);
    const auto factor = static_cast<float>(decay_factor(passed, half_life_));
    for (float& n : findings.nats) n *= factor;
    findings.updated = time;
  }
  for (const Evidence& e : observation.verdict.evidence) {
    float& n = findings.nats[static_cast<std::size_t>(e.reason)];
    // What the factor multiplies.
    const float raw = e.nats > 0 ? e.nats / factor_of(e.reason, observation.of_stranger) : e.nats;
    n = n > 0 ? std::max(n, raw) : raw;
  }
  if (!std::holds_alternative<Submission>(event)) return;
  const Sample sample{.strange = observation.of_stranger, .nats = findings.nats};
  if (doer.hostile()) {
    HostileRun& run = hostile_[static_cast<std::size_t>(doer.attack)];
    if (is_sampled(++run.messages)) run.samples.push_back(sample);
  } else if (world_->accounts()[doer.account].attack < 0) {
    keep_honest(doer.account, state, sample, time);
  }
}

void Collector::keep_honest(std::uint32_t account, AccountState& state, const Sample& sample,
                            Timestamp time) {
  const auto month = static_cast<std::uint16_t>((time - world_->start()) / std::chrono::days{30});
  if (state.month != month) {
    state.month = month;
    state.month_index = static_cast<std::int32_t>(honest_.size());
    honest_.push_back({.account = account, .month = month, .samples = {}});
  }
  auto& samples = honest_[static_cast<std::size_t>(state.month_index)].samples;
  if (samples.size() < kMostHonestSamples) {
    samples.push_back(sample);
    return;
  }
  const auto least = std::ranges::min_element(samples, {}, total);
  if (total(*least) < total(sample)) *least = sample;
}

}  // namespace postreeve::lab
