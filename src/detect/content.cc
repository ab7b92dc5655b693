// Content: the same text from strangers in several accounts.
//
// A campaign sends one subject (subject_template.h) and one forged sender's name through all the
// accounts it has. Nats, with h the accounts that send the same from established places (a shop's
// software, a ticket system, a scanner's fixed line) and g the accusations of the last days
// (neighbours as in shared_origin.cc; half after two days):
//   accounts with an incident sent it    ln(1 + 60 g / (1 + 2h)^1.5), up to 4
//   strangers in accounts of k other tenants sent it within two days: 2 nats for two, 3 for more,
//   over (1 + h); two travellers who write about the same thing are chance
// Nothing when three accounts or more send it honestly, or the account itself did before.
//
// Alone it is no strong finding until two accounts of an incident had it: people do copy texts. At
// an established place (malware on the owner's machine) half of the first, up to 1.9; for a young
// account 0.7 of it, because nobody knows yet what is usual.
//
// Limits: subjects of one or two words, in conversations, or made anew for every victim have no
// template. A text that names its reader differs by a word, which is another text here.
#include <algorithm>
#include <array>
#include <cmath>

#include "detect/detectors.h"

namespace postreeve {
namespace {

constexpr double kGuiltOdds = 60;
constexpr double kTooManyHonest = 3;
constexpr double kMost = 4.0;
constexpr double kMostOfOneIncident = 2.9;
constexpr float kTwoIncidents = 1.5F;
constexpr double kMostAtHome = 1.9;
constexpr double kYoungShare = 0.7;
constexpr double kLeast = 0.3;
constexpr std::array<double, 4> kByTenants{0, 0, 2.0, 3.0};

double guilt_nats(const Scene& scene, const TraitSnapshot& text) {
  const double excuse = std::pow(1.0 + 2.0 * text.honest, 1.5);
  const double most = text.guilt >= kTwoIncidents ? kMost : kMostOfOneIncident;
  const double nats = std::min(most, std::log1p(kGuiltOdds * static_cast<double>(text.guilt) / excuse));
  if (scene.side == Side::kEstablished) return std::min(kMostAtHome, nats / 2);
  return scene.side == Side::kStranger ? nats : kYoungShare * nats;
}

std::optional<Evidence> weigh(const Scene& scene, Trait trait, Reason of_thieves, Reason of_strangers) {
  const TraitSnapshot text = scene.neighbours->with(trait);
  if (text.is_own || text.honest >= kTooManyHonest) return std::nullopt;
  const ShortText words =
      trait == Trait::kSubject ? ShortText(scene.message.subject) : scene.message.from_name_address;
  const double guilt = text.guilt > 0 ? guilt_nats(scene, text) : 0;
  const std::size_t tenants = std::min<std::size_t>(text.strangers, kByTenants.size() - 1);
  const double many = scene.side == Side::kStranger ? kByTenants[tenants] / (1.0 + text.honest) : 0;
  if (std::max(guilt, many) < kLeast) return std::nullopt;
  if (guilt >= many) return make_evidence(of_thieves, guilt, {std::int64_t{text.victims}, words});
  return make_evidence(of_strangers, many, {std::int64_t{text.strangers}, words});
}

}  // namespace

std::optional<Evidence> weigh_content(const Scene& scene) {
  if (scene.kind != StepKind::kMessage || scene.neighbours == nullptr || scene.origin.trusted)
    return std::nullopt;
  const auto subject = weigh(scene, Trait::kSubject, Reason::kThiefsSubject, Reason::kSubjectOfStrangers);
  const auto pretence = weigh(scene, Trait::kPretence, Reason::kThiefsPretence, Reason::kPretenceOfStrangers);
  return !subject || (pretence && pretence->nats > subject->nats) ? pretence : subject;
}

}  // namespace postreeve
