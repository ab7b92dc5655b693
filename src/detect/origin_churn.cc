// Origin churn: how many networks new to the account got in within 10 minutes, an hour,
// a day, against the negative-binomial tail of the account's own rate of new networks.
//
// nats = -ln P(at least n | own rate) - 2, from four networks on. A phone on carrier NAT
// has a new address every hour, but of a provider it has long used, so it is not a
// stranger (profile/familiarity.h) and does not count here.
//
// Limits: at most 12 networks are remembered; more say nothing new.
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
    {std::chrono::minutes{10}, 1.0 / 48}, {std::chrono::hours{1}, 1.0 / 12}, {std::chrono::hours{24}, 1.0}};
constexpr std::size_t kLeastNetworks = 4;
constexpr double kAllowance = 2.0;
constexpr double kPriorRate = 0.3;  // new networks a day of use, everybody's
constexpr double kPriorDays = 5;
constexpr double kFano = 2.3;

std::size_t networks_with(const Scene& scene, Duration length) {
  const Stranger& stranger = *scene.record.stranger;
  const bool counted = stranger.networks.contains(scene.origin.network, scene.time, length);
  return stranger.networks.count(scene.time, length) + (counted ? 0 : 1);
}

}  // namespace

std::optional<Evidence> weigh_origin_churn(const Scene& scene) {
  if (scene.side != Side::kStranger || scene.record.stranger == nullptr) return std::nullopt;
  const Rates& rates = scene.record.profile.rates;
  const double rate = (rates.new_networks + kPriorRate * kPriorDays) / (rates.used_days + kPriorDays);
  std::optional<Evidence> best;
  for (const Span& span : kSpans) {
    const std::size_t n = networks_with(scene, span.length);
    if (n < kLeastNetworks) continue;
    const GammaPoisson owner = gamma_poisson_of(rate, kFano, 1.0);
    const double nats = -log_upper_tail(owner, n, span.days) - kAllowance;
    if (nats <= 0 || (best && static_cast<double>(best->nats) >= nats)) continue;
    best = make_evidence(Reason::kNetworkChurn, nats, {static_cast<std::int64_t>(n), span.length, rate});
  }
  return best;
}

}  // namespace postreeve
