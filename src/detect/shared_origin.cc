// Shared origin: strangers came to other accounts from where this stranger comes from.
//
// Crews use the same machines for many accounts. With g the accusations of the last weeks against
// a trait (a suspended account 1, a held one 0.7, a slowed one 0.1, confirmed by a person 2; half
// after a week) and h the accounts that use it honestly, the weight of guilt is the largest of
//   the very address      ln(1 + 400 g / (1 + 2h)^1.5)   a thief's next victim sees it in 1 of 3
//   its /24 or /48        ln(1 +  40 g / (1 + 2h)^1.5)   cases, an owner once in some thousand
//   the EHLO name         ln(1 +  20 g / (1 + 2h)^1.5)   (all own estimates)
// and nothing at all where four accounts or more are at home: a carrier, a VPN, a campus, a
// cloud's relay. It adds to novelty (origin_novelty.cc), because owners' new places are as seldom
// a thief's as their old ones, up to 8 nats for the address, which alone slows whoever sends from there
// (profile/activity.h), and 6.9 otherwise: below that.
//
// Without an accusation: a place where nobody is at home and that is new within a day to accounts of
// three other tenants adds a nat (up to 6.4 with novelty). No more: in the lab more than that found
// nobody and slowed users of a VPN's fresh exit. Colleagues do not count: a new office, a conference.
//
// Accusations of colleagues count nothing unless a person confirmed them: they go to the same new offices and
// conferences, so a false alarm about one must not be the next one's reason, and so on through the company
// (an independent generator's new office: with a fifth 17 of its people restricted one after the other).
//
// A young account has no habits a stranger could differ from: there 0.7 of the guilt alone counts,
// likewise without colleagues'.
// Logins alone: at most 6.5, they never block.
//
// Limits: residential botnets seldom meet twice; the first victim is nobody's second.
#include <algorithm>
#include <cmath>

#include "detect/detectors.h"

namespace postreeve {
namespace {

constexpr double kHostOdds = 400;
constexpr double kNetworkOdds = 40;
constexpr double kClientOdds = 20;
constexpr double kTooManyHonest = 4;
constexpr double kMostBesideHost = 6.9;
constexpr double kMostForNewcomers = 6.4;
constexpr double kMostForReading = 6.5;
constexpr double kYoungShare = 0.7;
constexpr double kLeast = 0.3;  // less is not worth a sentence
constexpr int kManyTenants = 3;
constexpr double kNewcomers = 1.0;

struct Guilt {
  Reason reason = Reason::kThiefsHost;
  double nats = 0;
  int victims = 0;
};

Guilt guilt_of(Reason reason, const TraitSnapshot& trait, double odds, double honest) {
  const double guilt = static_cast<double>(trait.guilt) - static_cast<double>(trait.guilt_of_colleagues);
  if (guilt <= 0.01 || honest >= kTooManyHonest) return {};
  const double excuse = std::pow(1 + 2 * honest, 1.5);
  return {reason, std::log1p(odds * guilt / excuse), trait.victims};
}

Guilt worst_guilt(const TraitSnapshot& host, const TraitSnapshot& network, const TraitSnapshot& client) {
  // Who is at home in the neighbourhood excuses the host half: a carrier's addresses change hands.
  const double around = network.honest >= 5 ? kTooManyHonest : 0.5 * network.honest;
  const double at_home = std::max<double>(host.honest, around);
  return std::max({guilt_of(Reason::kThiefsHost, host, kHostOdds, at_home),
                   guilt_of(Reason::kThiefsNetwork, network, kNetworkOdds, network.honest),
                   guilt_of(Reason::kThiefsClient, client, kClientOdds, client.honest)},
                  [](const Guilt& a, const Guilt& b) { return a.nats < b.nats; });
}

bool is_weighed(const Scene& scene) {
  if (scene.neighbours == nullptr || !scene.origin.known || scene.origin.trusted) return false;
  if (scene.kind == StepKind::kDelivery || scene.kind == StepKind::kScan) return false;
  if (scene.side == Side::kStranger) return true;
  // Unsettled are young accounts, and homes that the owner seldom writes from: those are his.
  const Habit* network = scene.record.profile.networks.find(scene.origin.network);
  return scene.side == Side::kUnsettled && (network == nullptr || network->days < 2);
}

}  // namespace

std::optional<Evidence> weigh_shared_origin(const Scene& scene) {
  if (!is_weighed(scene)) return std::nullopt;
  const TraitSnapshot host = scene.neighbours->with(Trait::kHost);
  const TraitSnapshot network = scene.neighbours->with(Trait::kNetwork);
  const Guilt guilt = worst_guilt(host, network, scene.neighbours->with(Trait::kClient));
  const double reading = scene.use == Use::kSend ? static_cast<double>(kMaxNats) : kMostForReading;
  if (scene.side != Side::kStranger) {
    if (guilt.nats < kLeast) return std::nullopt;
    return make_evidence(guilt.reason, std::min(kYoungShare * guilt.nats, reading),
                         {scene.origin.prefix, std::int64_t{guilt.victims}});
  }
  const std::optional<Evidence> novelty = weigh_origin_novelty(scene);
  const double new_here = novelty ? static_cast<double>(novelty->nats) : 0;
  if (guilt.nats >= kLeast) {
    const double most = guilt.reason == Reason::kThiefsHost ? static_cast<double>(kMaxNats) : kMostBesideHost;
    const double nats = std::min({new_here + guilt.nats, most, reading});
    return make_evidence(guilt.reason, nats, {scene.origin.prefix, std::int64_t{guilt.victims}});
  }
  const int tenants = std::max(host.strangers, network.strangers);
  if (tenants < kManyTenants || network.honest > 0) return std::nullopt;
  const double nats = std::min({new_here + kNewcomers, kMostForNewcomers, reading});
  return make_evidence(Reason::kNewToManyTenants, nats, {scene.origin.prefix, std::int64_t{tenants}});
}

}  // namespace postreeve
