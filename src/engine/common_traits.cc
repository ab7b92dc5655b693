#include "engine/common_traits.h"

#include <algorithm>

namespace postreeve {
namespace {

constexpr Trait kPlaceTraits[] = {Trait::kHost, Trait::kNetwork, Trait::kClient};

// How sure an accusation is, by the rung it led to: false alarms end at the lower ones.
float weight_of(Level level) {
  switch (level) {
    case Level::kSlowed:
      return 0.3F;
    case Level::kHeld:
      return 0.7F;
    case Level::kSuspended:
      return 1.0F;
    case Level::kClear:
    case Level::kWatched:
    case Level::kRecovering:
      break;
  }
  return 0;
}

bool rests_on_others(const Verdict& verdict) {
  return std::ranges::any_of(verdict.evidence, [](const Evidence& evidence) {
    return detector_of(evidence.reason) == DetectorId::kSharedOrigin && evidence.nats > 0;
  });
}

// How much the event accuses its place; 0 when it does not.
float accusation_of(const Decision& decision) {
  const Level level = decision.verdict.standing.level;
  if (!decision.verdict.in_scope || decision.side == Side::kEstablished) return 0;
  // A young account's place may be its whole company's.
  if (decision.side == Side::kUnsettled && level != Level::kSuspended) return 0;
  if (level == Level::kSuspended) {
    // What comes later may be the owner who travels while his account is closed.
    return decision.change ? weight_of(level) : 0.5F;
  }
  return decision.change && !rests_on_others(decision.verdict) ? weight_of(level) : 0;
}

}  // namespace

std::uint32_t CommonTraits::account_key(const Hash128& account) noexcept {
  const auto key = static_cast<std::uint32_t>(account.high);
  return key == 0 ? 1 : key;
}

TraitUser CommonTraits::user() const {
  if (user_.account != 0) return user_;
  const std::uint16_t tenant = room_.limits.tenant_of(account_);
  user_.account = account_key(facts_.account);
  user_.tenant = tenant == LimitMatcher::kNoTenant
                     ? static_cast<std::uint32_t>(room_.builder.destination_key(account_.text()))
                     : static_cast<std::uint32_t>(mix64(tenant));
  return user_;
}

TraitKey CommonTraits::key_of(Trait trait) const {
  switch (trait) {
    case Trait::kHost:
      return {trait, facts_.origin.host};
    case Trait::kNetwork:
      return {trait, facts_.origin.network};
    case Trait::kClient:
      // The webmail is everybody's client.
      return {trait, facts_.by_webmail ? 0 : facts_.origin.client};
  }
  return {};
}

TraitSnapshot CommonTraits::with(Trait trait) const {
  return room_.counters.look(key_of(trait), user(), facts_.time);
}

void CommonTraits::note(const Decision& decision) {
  if (decision.repeated || !facts_.origin.known || facts_.origin.trusted) return;
  const float accusation = accusation_of(decision);
  if (accusation > 0) {
    for (const Trait trait : kPlaceTraits)
      room_.counters.accuse(key_of(trait), user(), facts_.time, accusation);
    return;
  }
  if (facts_.kind == StepKind::kRecipient || decision.verdict.in_scope) return;
  if (decision.side == Side::kStranger) {
    const bool sent = facts_.use == Use::kSend;
    for (const Trait trait : kPlaceTraits)
      room_.counters.add_stranger(key_of(trait), user(), facts_.time, sent);
    return;
  }
  // An account's own networks are told once a day each.
  const bool at_home = decision.side == Side::kEstablished || facts_.use == Use::kSend;
  if (!at_home || !decision.first_today) return;
  for (const Trait trait : kPlaceTraits) room_.counters.add_honest(key_of(trait), user(), facts_.time);
}

}  // namespace postreeve
