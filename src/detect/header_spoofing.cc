// Header spoofing: the message pretends to come from somebody else.
//
// Nats: the From display name carries another address ("service@bank.example"
// <victim@...>) 3.5; From not the account's 2.5; envelope sender not the account's 2; the
// To display name equals its address, as mass mailers (and some mail programs) write, 0.7.
// Send-as delegates are free: addresses used on several days, or given as aliases, are the
// account's own. So is an envelope sender of the account's domain beside its own From address: a
// newsletter's bounces come to an address for each recipient.
//
// A From of the account's own domain counts half: a colleague's or a role's address is not a bank's.
//
// The first that applies counts; but for strangers three tenths of it: an office's server, a
// ticket system and a mailing list write as many people through one login. Who never did so has no such
// habit: of an address in the display name a settled account's first days count whole.
#include <algorithm>

#include "detect/detectors.h"

namespace postreeve {
namespace {

constexpr double kShareAtUsualPlace = 0.3;
constexpr double kShareOfOwnDomain = 0.5;

// Whether the envelope names an address for bounces in the domain that From truly is of.
bool is_bounce_address(const MessageFacts& message) noexcept {
  const std::size_t at = message.from_address.rfind('@');
  return message.from_is_own && at != std::string_view::npos &&
         message.sender.ends_with(message.from_address.substr(at));
}

std::optional<Evidence> strongest(const MessageFacts& message) {
  if (!message.from_name_address.text().empty()) {
    return make_evidence(Reason::kDisplayNameIsAddress, 3.5,
                         {message.from_name_address, ShortText(message.from_address)});
  }
  if (!message.from_is_own)
    return make_evidence(Reason::kForeignFrom, 2.5, {ShortText(message.from_address)});
  if (!message.sender_is_own && !is_bounce_address(message))
    return make_evidence(Reason::kForeignEnvelope, 2.0, {ShortText(message.sender)});
  if (message.to_name_is_address)
    return make_evidence(Reason::kToNameIsAddress, 0.7, {ShortText(message.recipient_domain)});
  return std::nullopt;
}

double share_by_place(const Scene& scene, Reason reason) {
  if (scene.side == Side::kStranger) return 1;
  if (reason != Reason::kDisplayNameIsAddress || scene.message.pretends_often) return kShareAtUsualPlace;
  return kShareAtUsualPlace + (1 - kShareAtUsualPlace) * confidence(scene.record.profile, scene.time);
}

double share_by_domain(const MessageFacts& message, Reason reason) {
  return reason == Reason::kForeignFrom && message.from_is_of_domain ? kShareOfOwnDomain : 1;
}

}  // namespace

std::optional<Evidence> weigh_header_spoofing(const Scene& scene) {
  if (scene.kind != StepKind::kMessage) return std::nullopt;
  std::optional<Evidence> evidence = strongest(scene.message);
  if (!evidence) return std::nullopt;
  const double share =
      share_by_place(scene, evidence->reason) * share_by_domain(scene.message, evidence->reason);
  evidence->nats *= static_cast<float>(share);
  return evidence;
}

}  // namespace postreeve
