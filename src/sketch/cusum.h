// Evidence that adds up over a sequence of yes/no outcomes: Page's CUSUM and
// Wald's sequential test, in nats.
//
// Values of 4 bytes: no lock, any thread as any value. Total: steps that are not
// numbers are ignored, probabilities are taken within [1e-6, 1 - 1e-6], sums
// saturate at kLargestSum.
#pragma once

#include <algorithm>
#include <cmath>

namespace postreeve {

inline constexpr double kLargestSum = 1e6;

// Returns ln(p_attacker / p_owner) for something new and
// ln((1 - p_attacker) / (1 - p_owner)) for something known, where p is each
// one's probability to do something new.
[[nodiscard]] inline double novelty_llr(bool is_new, double p_owner, double p_attacker) noexcept {
  constexpr double kEdge = 1e-6;
  // Comparisons this way round take NaN for the edge.
  const auto inside = [](double p) { return p > kEdge ? std::min(p, 1.0 - kEdge) : kEdge; };
  const double owner = inside(p_owner);
  const double attacker = inside(p_attacker);
  return is_new ? std::log(attacker / owner) : std::log1p(-attacker) - std::log1p(-owner);
}

// Page 1954: S = max(0, S + llr). Reaches h about h / E(llr) steps after the
// change; while the owner goes on, false alarms come at most once in e^h steps on
// average. Capping a step needs that many more steps for an alarm and keeps one
// odd outcome from raising it alone.
struct Cusum {
  float s = 0.0F;  // nats, within [0, kLargestSum]

  // Adds min(llr, cap) and returns the new sum.
  double step(double llr, double cap) noexcept {
    if (std::isnan(llr) || std::isnan(cap)) return static_cast<double>(s);
    s = static_cast<float>(std::clamp(static_cast<double>(s) + std::min(llr, cap), 0.0, kLargestSum));
    return static_cast<double>(s);
  }

  friend bool operator==(const Cusum&, const Cusum&) = default;
};

// What a sequential test compares: the rate of bad outcomes of the owner (t0)
// and of an attacker (t1 > t0), and how often it may err.
struct SprtRates {
  double t0 = 0.01;
  double t1 = 0.30;
  double false_alarm = 1e-4;  // P(kAttacker | owner), at most about this
  double miss = 1e-2;         // P(kOwner | attacker), at most about this

  // Wald's boundaries of the log ratio, in nats.
  [[nodiscard]] double upper() const noexcept { return std::log((1.0 - miss) / false_alarm); }
  [[nodiscard]] double lower() const noexcept { return std::log(miss / (1.0 - false_alarm)); }
};

enum class SprtDecision { kUndecided, kOwner, kAttacker };

// Wald 1945: the log-likelihood ratio of outcomes so far. On a decision for the
// owner the next test starts at 0, so a long honest past cannot pay for an
// attack; after one for the attacker it goes on adding.
struct Sprt {
  float log_ratio = 0.0F;  // nats, within [-kLargestSum, kLargestSum]

  // Adds one outcome and returns what the test then says.
  SprtDecision step(bool bad, const SprtRates& rates) noexcept {
    const double sum = static_cast<double>(log_ratio) + novelty_llr(bad, rates.t0, rates.t1);
    if (sum <= rates.lower()) {
      log_ratio = 0.0F;
      return SprtDecision::kOwner;
    }
    log_ratio = static_cast<float>(std::clamp(sum, -kLargestSum, kLargestSum));
    return static_cast<double>(log_ratio) >= rates.upper() ? SprtDecision::kAttacker
                                                           : SprtDecision::kUndecided;
  }

  friend bool operator==(const Sprt&, const Sprt&) = default;
};

}  // namespace postreeve
