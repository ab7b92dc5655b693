// Origin churn: from how many unfamiliar providers somebody got in within 10 minutes, an
// hour, a day, against the negative-binomial tail of the account's own rate of new ones.
//
// nats = confidence() (-ln P(at least n | own rate) - 2), from four providers on; the largest
// of the three spans counts. Providers, not networks: a phone on carrier NAT has a new address every hour,
// all of one provider.
//
// Limits: at most 12 providers are remembered; more say nothing new. A run from one
// cloud's many networks is one provider.
#include <algorithm>

#include "detect/detectors.h"
#include "sketch/gamma_poisson.h"

namespace postreeve {
namespace {

struct Span {
  Duration length;
  double days;
};
constexpr Span kSpans[] = {
    {std::chrono::minutes{10}, 1.0 / 4}, {std::chrono::hours{1}, 1.0 / 2}, {std::chrono::hours{24}, 1.0}};
constexpr std::size_t kLeastProviders = 4;
constexpr double kAllowance = 2.0;
constexpr double kPriorRate = 0.3;  // new providers a day of use, everybody's
constexpr double kPriorDays = 5;
constexpr double kFano = 4.0;

std::size_t providers_with(const Scene& scene, Duration length) {
  const Stranger& stranger = *scene.record.stranger;
  const bool counted = stranger.providers.contains(scene.origin.provider, scene.time, length);
  return stranger.providers.count(scene.time, length) + (counted ? 0 : 1);
}

}  // namespace

std::optional<Evidence> weigh_origin_churn(const Scene& scene) {
  if (scene.side != Side::kStranger || scene.record.stranger == nullptr) return std::nullopt;
  const Rates& rates = scene.record.profile.rates;
  const double rate = (rates.new_providers + kPriorRate * kPriorDays) / (rates.used_days + kPriorDays);
  const double sure = confidence(scene.record.profile, scene.time);
  std::optional<Evidence> best;
  for (const Span& span : kSpans) {
    const std::size_t n = providers_with(scene, span.length);
    if (n < kLeastProviders) continue;
    const GammaPoisson owner = gamma_poisson_of(rate, kFano, 1.0);
    const double nats = sure * (-log_upper_tail(owner, n, span.days) - kAllowance);
    if (nats <= 0 || (best && static_cast<double>(best->nats) >= nats)) continue;
    best = make_evidence(Reason::kNetworkChurn, nats, {static_cast<std::int64_t>(n), span.length, rate});
  }
  return best;
}

}  // namespace postreeve
