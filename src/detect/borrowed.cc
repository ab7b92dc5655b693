// Priors of tenant and population, each backing off to the next (Freeman et al., NDSS 2016):
//   p(country | everybody) = (accounts there + 50 x 0.02) / (accounts + 50)
//   p(country | tenant)    = (its accounts there + 3 p(country | everybody)) / (its accounts + 3)
// A thief comes from where the account's own people are in one of four cases, else from anywhere, a country
// having one in fifty. ln p(thief) / p(tenant), between 0 and 2.6 nats, is what the country of an account
// that has no habits yet weighs: some 2 on a server of 500 accounts that nobody used from there, nothing on
// one that hardly anybody used at all. With the volume and the recipients of a new account (excess.h) it
// comes to just less than what slows: a newsletter's or a shop's first day abroad needs a further sign
// (refusals, headers, guesses). Whoever reads the mailbox from there lives there, most thieves only send:
// -1.5.
//
// Colleagues: p(owner is at a new place where colleagues are at home) is large, a thief's is tiny, except in
// a domain so large that its people are everywhere. With s the share of the tenant's accounts at home there:
// 3 x min(1, colleagues / 2) x min(1, 20 s). Nothing where somebody else was
// accused, or a colleague by a person.
//
// Others, of other tenants: where several accounts are at home (a newsletter service, a VPN's exit, a
// carrier) the owner comes sooner than to a place where nobody is. With h of them, five standing for any
// more, and g the accusations against the network: 2 x min(1, (h - 1) / 4) x (1 - g / h) (own estimate,
// docs/decisions/0038). A thief's machine is nobody's home but of those it was used on quietly for days.
#include "detect/borrowed.h"

#include <algorithm>
#include <cmath>

#include "detect/client_consistency.h"
#include "profile/sessions.h"

namespace postreeve {
namespace {

constexpr double kAnyCountry = 0.02;
constexpr double kPriorOfEverybody = 50;  // accounts
constexpr double kPriorOfTenant = 3;      // accounts
constexpr double kThiefFromHere = 0.25;
constexpr double kMostForeign = 2.6;
constexpr double kReadsThere = -1.5;

constexpr double kColleagues = 3.0;
constexpr double kEnoughColleagues = 2;
constexpr double kEnoughShare = 0.05;
constexpr double kOthers = 2.0;
constexpr double kEnoughOthers = 5;

// One of the countries is the account's own.
CountrySnapshot without_itself(CountrySnapshot country) {
  const auto less = [](std::uint32_t& n) { n -= std::min(n, 1U); };
  less(country.all);
  less(country.here);
  less(country.tenant);
  less(country.tenant_here);
  return country;
}

bool borrows(const Scene& scene) {
  if (scene.neighbours == nullptr || !scene.origin.known || !scene.origin.country.known()) return false;
  if (scene.side == Side::kStranger) return true;
  return scene.side == Side::kUnsettled && is_young(scene.record.profile, day_of(scene.time));
}

double by_others(const TraitSnapshot& network) {
  const double honest = network.honest - network.colleagues;
  if (honest < 2) return 0;
  const double innocent = std::max(0.0, 1 - static_cast<double>(network.guilt) / honest);
  return kOthers * innocent * std::min(1.0, (honest - 1) / (kEnoughOthers - 1));
}

}  // namespace

Foreignness foreignness_of(const Scene& scene) {
  const AccountProfile& profile = scene.record.profile;
  if (!borrows(scene)) return {};
  Foreignness foreign{.country = scene.neighbours->in_country()};
  CountrySnapshot& country = foreign.country;
  if (profile.countries.find(scene.origin.country.packed()) != nullptr) country = without_itself(country);
  const double everybody =
      (country.here + kAnyCountry * kPriorOfEverybody) / (country.all + kPriorOfEverybody);
  const double tenant =
      (country.tenant_here + kPriorOfTenant * everybody) / (country.tenant + kPriorOfTenant);
  const double thief = kThiefFromHere * tenant + (1 - kThiefFromHere) * kAnyCountry;
  foreign.nats = std::clamp(std::log(thief / tenant), 0.0, kMostForeign);
  foreign.nats = std::max(0.0, foreign.nats + own_host_weight(scene));
  const bool reads_there = scene.use == Use::kSend && has_session(scene.record, scene.origin, scene.time);
  if (reads_there) foreign.nats = std::max(0.0, foreign.nats + kReadsThere);
  return foreign;
}

AtHome at_home(const Scene& scene) {
  if (scene.neighbours == nullptr || !scene.origin.known) return {};
  const TraitSnapshot network = scene.neighbours->with(Trait::kNetwork);
  AtHome home{.by_others = by_others(network)};
  if (network.colleagues == 0 || network.guilt > network.guilt_of_colleagues) return home;
  const double tenant = std::max(1.0, static_cast<double>(scene.neighbours->in_country().tenant));
  const double enough = std::min(1.0, network.colleagues / kEnoughColleagues);
  const double share = std::min(1.0, network.colleagues / tenant / kEnoughShare);
  home.by_colleagues = kColleagues * enough * share;
  home.colleagues = network.colleagues;
  return home;
}

}  // namespace postreeve
