// Guessed password and spraying: a success after failures that were not the owner's.
//
// Weighed at a success (a login, or mail, because not every server logs logins) outside the
// owner's established places:
//   the same network failed on this account three times or more, today or up to yesterday:
//     3 + ln(failures), up to 6
//   four accounts or more failed from the network, and three times as many as got in:
//     2 + ln(accounts / 4), up to 6
//   others failed on it within a day, ten times or more, and a network never used gets in: 2
// At a provider of the owner's (sent from on two days before, or his home) two fifths of the first two: a
// forgotten tablet hammers from the home whose address changed, and others' sprayers share a VPN's exit.
// Accounts are counted, not password hashes (Dovecot's hash is per user). Wrong
// passwords from a network the owner has long used are a stale phone, not guesses, and
// the same wrong password again counts once (judge/note.cc).
//
// Limits: 60 % of stolen passwords are right at the first try.
#include <algorithm>
#include <cmath>

#include "detect/detectors.h"
#include "profile/habit.h"

namespace postreeve {
namespace {

constexpr double kMost = 6.0;
constexpr std::uint16_t kLeastFromHere = 3;
constexpr std::uint32_t kLeastElsewhere = 10;
constexpr float kLeastSprayed = 4;
constexpr double kShareAtOwnersProvider = 0.4;

double share_at(const Scene& scene) {
  const Habit* provider = scene.record.profile.providers.find(scene.origin.provider);
  if (provider == nullptr) return 1;
  const bool is_owners = provider->send_days_before(day_of(scene.time)) >= kFamiliarSendDays ||
                         is_home(scene.record.profile, *provider);
  return is_owners ? kShareAtOwnersProvider : 1;
}

std::optional<Evidence> from_here(const Scene& scene) {
  const Guesses& guesses = scene.record.guesses;
  if (guesses.network != scene.origin.network || guesses.from_network < kLeastFromHere) return std::nullopt;
  if (guesses.last_day + 1 < day_of(scene.time)) return std::nullopt;
  const double nats = std::min(kMost, 3.0 + std::log(static_cast<double>(guesses.from_network)));
  return make_evidence(Reason::kGuessedFromHere, nats * share_at(scene),
                       {static_cast<std::int64_t>(guesses.from_network), scene.origin.prefix});
}

std::optional<Evidence> spraying(const Scene& scene) {
  const NetworkSnapshot& network = scene.network;
  // An office whose people mistype now and then has more successes than accounts that failed.
  if (network.accounts_failed < kLeastSprayed || network.accounts_failed < 3 * network.accounts_succeeded) {
    return std::nullopt;
  }
  const double nats =
      std::min(kMost, 2.0 + std::log(static_cast<double>(network.accounts_failed / kLeastSprayed)));
  return make_evidence(
      Reason::kSprayingSource, nats * share_at(scene),
      {scene.origin.prefix, static_cast<std::int64_t>(std::lround(network.accounts_failed))});
}

std::optional<Evidence> elsewhere(const Scene& scene) {
  const std::uint32_t failures = scene.record.guesses.day.count(scene.time);
  if (failures < kLeastElsewhere || scene.record.profile.networks.find(scene.origin.network) != nullptr)
    return std::nullopt;
  return make_evidence(Reason::kGuessedElsewhere, 2.0,
                       {static_cast<std::int64_t>(failures), scene.origin.prefix});
}

}  // namespace

std::optional<Evidence> weigh_guessed_password(const Scene& scene) {
  if (scene.side == Side::kEstablished || !scene.origin.known) return std::nullopt;
  if (scene.kind == StepKind::kDelivery || scene.kind == StepKind::kScan) return std::nullopt;
  if (scene.kind == StepKind::kComplaint) return std::nullopt;
  const std::optional<Evidence> here = from_here(scene);
  const std::optional<Evidence> spray = spraying(scene);
  if (here && (!spray || here->nats >= spray->nats)) return here;
  if (spray) return spray;
  return scene.side == Side::kStranger ? elsewhere(scene) : std::nullopt;
}

}  // namespace postreeve
