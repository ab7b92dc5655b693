#include "engine/common_traits.h"

#include <algorithm>
#include <array>

#include "detect/subject_template.h"
#include "mail/encoded_word.h"
#include "profile/account_profile.h"

namespace postreeve {
namespace {

constexpr Trait kPlaceTraits[] = {Trait::kHost, Trait::kNetwork, Trait::kClient};

// How sure an accusation is, by the rung it led to: false alarms end at the lower ones.
float weight_of(Level level) {
  switch (level) {
    case Level::kSlowed:
      return 0.1F;
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
    const DetectorId detector = detector_of(evidence.reason);
    const bool is_shared = detector == DetectorId::kSharedOrigin || detector == DetectorId::kContent;
    return is_shared && evidence.nats > 0;
  });
}

// How much the event accuses its place; 0 when it does not.
float accusation_of(const Decision& decision) {
  const Level level = decision.verdict.in_force;
  if (!decision.verdict.in_scope() || decision.side == Side::kEstablished) return 0;
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
      // The webmail is everybody's client, and addresses are no name.
      return {trait,
              facts_.by_webmail || facts_.origin.client == kOwnAddressClient ? 0 : facts_.origin.client};
    case Trait::kSubject:
      return {trait, subject_key()};
    case Trait::kPretence:
      return {trait, room_.builder.text_key(facts_.message.from_name_address.text())};
  }
  return {};
}

TraitSnapshot CommonTraits::with(Trait trait) const {
  return room_.counters.look(key_of(trait), user(), facts_.time);
}

CountrySnapshot CommonTraits::in_country() const {
  if (!country_) country_ = room_.counters.look_country(user(), facts_.origin.country.packed());
  return *country_;
}

std::uint32_t CommonTraits::subject_key() const {
  if (subject_) return *subject_;
  const std::string_view subject = facts_.message.subject;
  std::array<char, kMostTemplateBytes> text;
  const bool is_encoded = subject.find("=?") != std::string_view::npos;
  const std::size_t size = is_encoded ? write_subject_template(decode_header_text(subject), text)
                                      : write_subject_template(subject, text);
  subject_ = room_.builder.text_key({text.data(), size});
  return *subject_;
}

void CommonTraits::note(const Decision& decision) {
  if (decision.repeated || !facts_.origin.known || facts_.origin.trusted) return;
  if (decision.learned_country) room_.counters.add_country(user(), facts_.origin.country.packed());
  const float accusation = accusation_of(decision);
  note_places(decision, accusation);
  if (facts_.kind == StepKind::kMessage) note_texts(decision, accusation);
}

void CommonTraits::note_places(const Decision& decision, float accusation) {
  if (accusation > 0) {
    for (const Trait trait : kPlaceTraits)
      room_.counters.accuse(key_of(trait), user(), facts_.time, accusation);
    return;
  }
  if (facts_.kind == StepKind::kRecipient || decision.verdict.in_scope()) return;
  if (decision.side == Side::kStranger) {
    const bool sent = facts_.use == Use::kSend;
    for (const Trait trait : kPlaceTraits)
      room_.counters.add_stranger(key_of(trait), user(), facts_.time, sent);
    return;
  }
  // An account's own places are told once a day each.
  const bool at_home = decision.side == Side::kEstablished || facts_.use == Use::kSend;
  if (!at_home) return;
  if (decision.network_first_today) {
    room_.counters.add_honest(key_of(Trait::kHost), user(), facts_.time);
    room_.counters.add_honest(key_of(Trait::kNetwork), user(), facts_.time);
  }
  if (decision.client_first_today) room_.counters.add_honest(key_of(Trait::kClient), user(), facts_.time);
}

void CommonTraits::note_texts(const Decision& decision, float accusation) {
  // Autoresponders write the same to everybody, in everybody's name.
  if (facts_.message.sender.empty()) return;
  for (const Trait trait : {Trait::kSubject, Trait::kPretence}) {
    const TraitKey text = key_of(trait);
    if (text.value == 0) continue;
    if (accusation > 0) {
      room_.counters.accuse(text, user(), facts_.time, accusation);
    } else if (decision.side == Side::kStranger) {
      room_.counters.add_stranger(text, user(), facts_.time, true);
    } else if (decision.side == Side::kEstablished && !decision.verdict.in_scope()) {
      room_.counters.add_honest(text, user(), facts_.time);
    }
  }
}

}  // namespace postreeve
