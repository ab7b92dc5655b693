// Client consistency: does the program that sends behave like the account's own?
//
// Session: mail programs open the mailbox (IMAP, POP3, webmail) from where they send; most thieves
// only send. Weight of a message without a session from the provider within a day:
//   ln p(none | thief) / p(none | owner), p(thief) = 0.7, p(owner) the account's own share of
// messages without one, between 6 and 100 %. With a session the complements, never below -1.2. At a provider
// the account has sent from before the owner's own sessions are everybody's: there a session of the very
// network is asked for, and p(owner) is the share of days on which the account sent without one.
//
// Client: an EHLO name the account has sent with for days is the owner's own device: -3 nats.
// Another name is the stranger the more of the account's days one client was seen: p(owner comes with
// another) = 1 - f of that share, with f = n / (n + 2) after n days of sending, from 0.85 to 0.95, reached
// after some eight weeks, because such days fade (2 to 3 % of accounts come with a new computer or telephone
// a month); p(thief) = 0.6.
// No name worth the word (an address, localhost) and the webmail are everybody's: there f is 0.85, and
// nothing is said of accounts that often come without a name. A client's own public address is like another
// name, but never the owner's: robots' machines and the owner's server say it alike.
//
// A name below the account's own domain (www.customer.example) is how a customer's server calls itself;
// thieves' programs say localhost, a machine's name or the bare domain: -2 nats (own estimate,
// docs/decisions/0039). In a domain of more than 200 accounts its machines are many people's, and it is the
// less the more there are.
//
// Both are part of the weight of a new origin (origin_novelty.cc). By itself only the missing session is
// told, at strange places, as part of the same group.
//
// Limits: a thief who reads, and knows the victim's EHLO name, looks like the owner.
#include "detect/client_consistency.h"

#include <algorithm>
#include <cmath>

#include "detect/detectors.h"
#include "profile/sessions.h"
#include "profile/webmail.h"

namespace postreeve {
namespace {

constexpr double kKnownClient = -3.0;
constexpr double kThiefNamesItself = 0.6;
constexpr double kLeastFidelity = 0.85;
constexpr double kMostFidelity = 0.95;
constexpr double kFidelityDays = 2;
constexpr double kThiefByWebmail = 0.3;
constexpr double kFewAccounts = 200;

constexpr double kThiefWithoutSession = 0.7;
constexpr double kLeastWithoutSession = 0.06;  // a new program's first mail may come before its first look
constexpr float kLeastMessages = 10;
constexpr double kMostForOwner = -1.2;

// On what share of the days with mail a client was seen.
double share_of(const AccountProfile& profile, const Habit* client) {
  if (client == nullptr || client->send_days < kFamiliarSendDays) return 0;
  return std::min(1.0, client->send_days / std::max(1.0, static_cast<double>(profile.rates.active_days)));
}

double most_used_share(const AccountProfile& profile) {
  double most = 0;
  for (const Habit& client : profile.clients.all()) most = std::max(most, share_of(profile, &client));
  return most;
}

// How often the owner comes with a client of another name than the most used one.
double share_of_other_names(const AccountProfile& profile) {
  const double days = static_cast<double>(profile.rates.active_days);
  const double fidelity = std::clamp(days / (days + kFidelityDays), kLeastFidelity, kMostFidelity);
  return 1 - fidelity * most_used_share(profile);
}

double weight_without_session(double owner) {
  return std::max(0.0, std::log(kThiefWithoutSession / std::clamp(owner, kLeastWithoutSession, 1.0)));
}

// Whether the mail came from another network of a provider of the owner's, in which no mailbox was opened.
bool lacks_session_at_owners_provider(const Scene& scene) {
  const Habit* provider = scene.record.profile.providers.find(scene.origin.provider);
  const bool is_owners = provider != nullptr && provider->send_days_before(day_of(scene.time)) > 0;
  return is_owners && !has_session_in_network(scene.record, scene.origin, scene.time);
}

// The weight of a client that the account does not know, whosever machine it is.
double weight_of_name(const Scene& scene) {
  const AccountProfile& profile = scene.record.profile;
  if (scene.origin.client == kOwnAddressClient && uses_client(profile, kOwnAddressClient)) return 0;
  if (scene.origin.client != 0 && scene.origin.client != kWebmailClient)
    return std::max(0.0, std::log(kThiefNamesItself / share_of_other_names(profile)));
  const double other = 1 - kLeastFidelity * most_used_share(profile);
  if (scene.origin.client == kWebmailClient) {
    // Everybody's, so it is never the owner's own; only that he never used it says something.
    return uses_client(profile, kWebmailClient) ? 0 : std::max(0.0, std::log(kThiefByWebmail / other));
  }
  const double nameless = std::max(other, share_of(profile, profile.clients.find(kNoClientName)));
  return std::max(0.0, std::log((1 - kThiefNamesItself) / nameless));
}

// How far a host of the account's domain is the account's: 1 in a customer's domain, little in a provider's.
double share_of_own_host(const Scene& scene) {
  if (!scene.names_own_host) return 0;
  const double accounts = scene.neighbours == nullptr ? 0 : scene.neighbours->in_country().tenant;
  return std::min(1.0, kFewAccounts / std::max(1.0, accounts));
}

bool names_nobody(const Scene& scene) {
  return scene.use != Use::kSend || scene.kind == StepKind::kSettingChange;
}

}  // namespace

double own_host_weight(const Scene& scene) {
  return kOwnHost * share_of_own_host(scene);
}

double weight_without_domain(const Scene& scene) {
  if (names_nobody(scene)) return 0;
  if (knows_client(scene.record.profile, scene.origin.client)) return kKnownClient;
  return weight_of_name(scene);
}

double client_weight(const Scene& scene) {
  const double weight = weight_without_domain(scene);
  if (!scene.names_own_host || weight == kKnownClient) return weight;
  const double share = share_of_own_host(scene);
  return share * kOwnHost + (1 - share) * weight;
}

double session_weight(const Scene& scene) {
  const Rates& rates = scene.record.profile.rates;
  if (names_nobody(scene)) return 0;
  // Mail of the webmail always has a session.
  if (rates.messages < kLeastMessages || scene.origin.client == kWebmailClient) return 0;
  const double without = static_cast<double>(rates.messages - rates.beside_session);
  const double owner =
      std::clamp((without + 0.3) / (static_cast<double>(rates.messages) + 3), kLeastWithoutSession, 1.0);
  if (!has_session(scene.record, scene.origin, scene.time)) return weight_without_session(owner);
  if (lacks_session_at_owners_provider(scene))
    return weight_without_session(share_without_session(scene.record.profile));
  const double with = std::max(1 - owner, kLeastWithoutSession);
  return std::clamp(std::log((1 - kThiefWithoutSession) / with), kMostForOwner, 0.0);
}

std::optional<Evidence> weigh_client_consistency(const Scene& scene) {
  if (scene.kind != StepKind::kMessage || scene.side != Side::kStranger) return std::nullopt;
  const double nats = session_weight(scene) * confidence(scene.record.profile, scene.time);
  if (nats <= 0.5) return std::nullopt;
  return make_evidence(Reason::kNoSession, nats, {scene.origin.prefix});
}

}  // namespace postreeve
