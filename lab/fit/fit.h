// Fits the factors of findings (src/judge/weights.h) to collected samples.
//
// The judge's own shape: risk = prior + for each group the strongest factor x nats, up to the cap. The loss
// is the logistic curve of the risk, a smooth count of wrong answers: log loss would pay for certainty where
// nothing is to be decided any more (docs/decisions/0008). A take-over counts at messages from its first to
// its last, an honest account's month where its risk is highest, since one restriction is enough to annoy.
// Take-overs of all families weigh the same and together have a price in honest months (`prevalence`).
// Factors are drawn towards 1 (ridge), so that what the traffic says little about stays as the detector's
// author weighed it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "lab/fit/collector.h"

namespace postreeve::lab {

struct FitOptions {
  double prevalence = 0.1;         // what a missed take-over is worth in honest account-months alarmed
  double ridge = 2e-5;             // a factor's squared distance from 1 costs this, beside the mean loss
  double least = 0.2, most = 1.6;  // factors stay within
  int rounds = 600;
};

struct Fit {
  std::array<std::array<double, 2>, kReasonCount> factors{};  // [reason][0 usual, 1 strange]
  double loss = 0;
  double loss_before = 0;  // with all factors 1
  // At risk 0, of the samples: take-overs' messages that would be restricted, honest months that would.
  double caught = 0, false_alarms = 0;
};

[[nodiscard]] Fit fit(const std::vector<HonestMonth>& honest, const std::vector<HostileRun>& hostile,
                      const FitOptions& options);

// The fit as weights.cc.
[[nodiscard]] std::string weights_source(const Fit& fit, const std::string& command);

}  // namespace postreeve::lab
