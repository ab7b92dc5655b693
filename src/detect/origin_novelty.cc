// Origin novelty: is this a place the account is used from?
//
// After Freeman et al. (NDSS 2016) and Wiefling et al. (2021), backing off from the
// network to the provider to the country: at the coarsest level that is new, the weight is
//   ln p(new at this level | thief) / p(new at this level | this owner).
// The owner's probability is the account's own rate of such novelties a day of use,
// smoothed by the population's (6-7 % of accounts start a trip abroad a month), so a
// traveller or a VPN hopper accuses himself less each time. The thief's is from cases:
// three of four come from another country, one in five from another provider of the
// same country. Weighed with confidence(): a young profile says little.
//
// An established network speaks for the owner with 3 nats, an established provider with 2. A network where a
// client sends that the owner never used speaks less: it may be another program on the owner's machine. At a
// new place the client and its mailbox sessions weigh too (client_consistency.cc). A network only read from
// counts 0.7 of its novelty, one sent from on one day before today 0.6, one used this way longer 0.3. What a
// place was used for today changes nothing: else a thief's first message would excuse the second.
//
// A network where colleagues are at home excuses up to 3 nats of its newness, one where others are up to 2. A
// young account has no habits yet: only a country that neither its tenant nor anybody else is used from is
// weighed, by what it borrows from them (borrowed.cc); of a new country that counts until confidence() is
// whole, for the part that is missing.
//
// Limits: a thief on the victim's own provider or machine is not seen here; an EHLO
// name can be copied by whoever knows it.
#include <algorithm>
#include <cmath>

#include "detect/borrowed.h"
#include "detect/client_consistency.h"
#include "detect/detectors.h"
#include "detect/strangeness.h"

namespace postreeve {
namespace {

struct Level {
  Reason reason;
  double thief;    // p(a thief's origin is new at this level, and not at the coarser one)
  double prior;    // novelties that everybody is thought to have had already
  double least_p;  // the owner's probability is never thought smaller
};
constexpr Level kNetworkLevel{Reason::kNewNetworkOfProvider, 0.05, 0.8, 0.02};
constexpr Level kProviderLevel{Reason::kNewProvider, 0.2, 0.3, 0.01};
// Without geography a new provider may be in any country.
constexpr Level kSomewhereLevel{Reason::kNewProvider, 0.95, 0.3, 0.01};
constexpr Level kCountryLevel{Reason::kNewCountry, 0.75, 0.1, 0.003};

constexpr double kPriorDays = 8;          // days the prior counts for
constexpr double kMostForReading = 3.5;   // a login alone never blocks
constexpr double kReadOnlyShare = 0.7;    // of a place read from, never sent from
constexpr double kSentOnceShare = 0.6;    // of a network sent from on one day before
constexpr double kUsedBeforeShare = 0.3;  // of a network used this way longer
constexpr double kEstablishedNetwork = -3.0;
constexpr double kEstablishedProvider = -2.0;
constexpr double kForeignProgram = 1.5;      // of the weight of the client
constexpr double kMostForeignProgram = 2.1;  // a new computer at home is no stranger
constexpr double kByColleagues = -2.0;
constexpr double kLeastForeign = 0.3;  // less is not worth a sentence

double weight_at(const Level& level, double novelties, double used_days) {
  const double p = std::clamp((novelties + level.prior) / (used_days + kPriorDays), level.least_p, 0.9);
  return std::log(level.thief / p);
}

struct Novelty {
  Reason reason;
  double nats;
  int colleagues = 0;  // at home there; only when they excuse it
};

// Whether the account has used the place in this way before. Having read from somewhere does
// not make it a place to send from: a thief reads first.
bool has_used(const AccountProfile& profile, const Habit* habit, Use use, std::uint16_t today) {
  if (habit == nullptr) return false;
  return use != Use::kSend || habit->send_days_before(today) > 0 || is_home(profile, *habit);
}

// How many novelties the owner had before this one, which was counted when it was first used.
double novelties_before(float all, const Habit* habit) {
  return std::max(0.0, static_cast<double>(all) - (habit != nullptr ? 1 : 0));
}

Novelty novelty_of(const AccountProfile& profile, const Origin& origin, Use use, std::uint16_t today) {
  const Rates& rates = profile.rates;
  const double days = rates.used_days;
  const Habit* network = profile.networks.find(origin.network);
  const Habit* provider = profile.providers.find(origin.provider);
  const Habit* country = profile.countries.find(origin.country.packed());
  if (has_used(profile, provider, use, today))
    return {kNetworkLevel.reason,
            weight_at(kNetworkLevel, novelties_before(rates.new_networks, network), days)};
  if (!origin.country.known())
    return {kSomewhereLevel.reason,
            weight_at(kSomewhereLevel, novelties_before(rates.new_providers, provider), days)};
  if (has_used(profile, country, use, today))
    return {kProviderLevel.reason,
            weight_at(kProviderLevel, novelties_before(rates.new_providers, provider), days)};
  return {kCountryLevel.reason,
          weight_at(kCountryLevel, novelties_before(rates.new_countries, country), days)};
}

// What of its novelty a network keeps that the account has used in some way.
double share_left(const AccountProfile& profile, const Habit& network, Use use, std::uint16_t today) {
  if (use != Use::kSend) return kUsedBeforeShare;
  const int send_days = network.send_days_before(today);
  if (send_days >= kFamiliarSendDays || is_home(profile, network)) return kUsedBeforeShare;
  if (send_days > 0) return kSentOnceShare;
  const bool is_of_today = network.days == 1 && network.last_day >= today;
  return is_of_today ? 1 : kReadOnlyShare;
}

// A network that is home to colleagues is no news for one of them, and one that is home to others is less.
void excuse(Novelty& novelty, const AtHome& home) {
  novelty.nats -= home.by_colleagues;
  if (novelty.nats > 0) {
    novelty.nats = std::max(0.0, novelty.nats - home.by_others);
    return;
  }
  novelty = {Reason::kColleaguesNetwork, std::max(novelty.nats, kByColleagues), home.colleagues};
}

// As sure as the profile is known. What it is not sure of a country is borrowed from others, or an account
// that is used twice a month would be no stranger anywhere for months.
double as_far_as_known(const Scene& scene, const Novelty& novelty) {
  const double sure = confidence(scene.record.profile, scene.time);
  const double own = sure * novelty.nats;
  if (sure >= 1 || novelty.reason != Reason::kNewCountry) return own;
  return std::min(novelty.nats, own + (1 - sure) * foreignness_of(scene).nats);
}

// The whole weight of a stranger's place: its newness, what the client there weighs, and how well the profile
// is known.
Novelty novelty_at(const Scene& scene, double client) {
  const AccountProfile& profile = scene.record.profile;
  const std::uint16_t today = day_of(scene.time);
  Novelty novelty = novelty_of(profile, scene.origin, scene.use, today);
  const Habit* network = profile.networks.find(scene.origin.network);
  if (network != nullptr) novelty.nats *= share_left(profile, *network, scene.use, today);
  novelty.nats += client + session_weight(scene);
  if (novelty.nats > 0) excuse(novelty, at_home(scene));
  if (novelty.nats > 0) novelty.nats = as_far_as_known(scene, novelty);
  if (scene.use != Use::kSend) novelty.nats = std::min(novelty.nats, kMostForReading);
  return novelty;
}

// What a client that the owner never used takes from the weight of an established network.
double foreign_program(const Scene& scene) {
  const double nats = std::clamp(kForeignProgram * client_weight(scene), 0.0, kMostForeignProgram);
  return nats * confidence(scene.record.profile, scene.time);
}

Evidence established(const Scene& scene) {
  if (scene.origin.client == kWebmailClient)
    return make_evidence(Reason::kFamiliarByWebmail, kEstablishedNetwork, {scene.origin.country});
  const Habit* network = scene.record.profile.networks.find(scene.origin.network);
  const bool by_network =
      scene.origin.trusted || is_familiar(scene.record.profile, network, day_of(scene.time));
  if (by_network)
    return make_evidence(Reason::kFamiliarNetwork, kEstablishedNetwork + foreign_program(scene),
                         {scene.origin.prefix});
  return make_evidence(Reason::kFamiliarProvider, kEstablishedProvider, {scene.origin.prefix});
}

// A young account has no habits of its own to differ from.
std::optional<Evidence> foreign(const Scene& scene) {
  const Foreignness foreign = foreignness_of(scene);
  if (foreign.nats < kLeastForeign) return std::nullopt;
  return make_evidence(Reason::kForeignCountry, foreign.nats,
                       {scene.origin.prefix, scene.origin.country, std::int64_t{foreign.country.here},
                        std::int64_t{foreign.country.all}});
}

}  // namespace

float strangeness_of(const Scene& scene) {
  constexpr double kNone = 0.5, kWhole = 3.0;  // nats
  // What was borrowed from others is never as sure as the account's own habits.
  constexpr double kNoneBorrowed = 1.0, kMostBorrowed = 0.5;
  // A name of the own domain costs a thief one setting: it takes no more than half.
  constexpr double kMostByName = 0.5;
  if (!scene.origin.known || scene.side == Side::kEstablished) return 0;
  if (scene.side == Side::kUnsettled) {
    const double foreign = (foreignness_of(scene).nats - kNoneBorrowed) / (kWhole - kNoneBorrowed);
    return static_cast<float>(std::clamp(foreign, 0.0, 1.0) * kMostBorrowed);
  }
  const auto strangeness = [&](double client) {
    return std::clamp((novelty_at(scene, client).nats - kNone) / (kWhole - kNone), 0.0, 1.0);
  };
  const double with_name = strangeness(client_weight(scene));
  if (!scene.names_own_host) return static_cast<float>(with_name);
  return static_cast<float>(std::max(with_name, strangeness(weight_without_domain(scene)) - kMostByName));
}

std::optional<Evidence> weigh_origin_novelty(const Scene& scene) {
  const bool is_use = scene.kind == StepKind::kLogin || scene.kind == StepKind::kRecipient ||
                      scene.kind == StepKind::kMessage || scene.kind == StepKind::kSettingChange;
  if (!scene.origin.known || !is_use) return std::nullopt;
  if (scene.side == Side::kEstablished) return established(scene);
  if (scene.side == Side::kUnsettled) return foreign(scene);

  const AccountProfile& profile = scene.record.profile;
  const Novelty novelty = novelty_at(scene, client_weight(scene));
  if (novelty.reason == Reason::kColleaguesNetwork)
    return make_evidence(novelty.reason, novelty.nats,
                         {scene.origin.prefix, std::int64_t{novelty.colleagues}});
  const Duration known_for = scene.time - from_seconds32(profile.first_seen);
  return make_evidence(
      novelty.reason, novelty.nats,
      {scene.origin.prefix, scene.origin.country, static_cast<std::int64_t>(profile.networks.size()),
       std::max(known_for, Duration{0})});
}

}  // namespace postreeve
