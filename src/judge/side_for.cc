#include "judge/side_for.h"

#include "profile/sessions.h"

namespace postreeve {
namespace {

// Whether mail without a client's name, from another network of the owner's provider, comes without the
// session that the account always has where it sends from: it has habits, and this is none of them.
bool lacks_usual_session(const AccountRecord& record, const Facts& facts) {
  constexpr double kSeldom = 0.3;
  return !is_young(record.profile, day_of(facts.time)) && share_without_session(record.profile) < kSeldom &&
         !has_session_in_network(record, facts.origin, facts.time);
}

// Whether mail comes from a program that the account never sends with, by its EHLO name.
bool is_foreign_client(const AccountProfile& profile, const Origin& origin) {
  return origin.client != 0 && !origin.trusted && !uses_client(profile, origin.client);
}

}  // namespace

Side side_for(const AccountRecord& record, const Facts& facts) {
  const bool is_about_mail = facts.kind == StepKind::kDelivery || facts.kind == StepKind::kScan ||
                             facts.kind == StepKind::kComplaint;
  if (is_about_mail) {
    const bool strangers = record.stranger && record.stranger->has_transaction(facts.answer_transaction);
    return strangers ? Side::kStranger : Side::kUnsettled;
  }
  const Side side = side_of(record.profile, facts.origin, facts.use, day_of(facts.time));
  if (!facts.origin.known || facts.use != Use::kSend) return side;
  // While strangers are restricted the owner is where he has long sent from, with a program of his. In doubt
  // it is the thief: localhost at the owner's provider, or the carrier and the VPN that both use, would be
  // his way out.
  const bool strangers_are_restricted =
      is_restriction(record.standing.level) && record.standing.scope == Scope::kUnfamiliarOrigins;
  if (side == Side::kEstablished && strangers_are_restricted &&
      is_foreign_client(record.profile, facts.origin))
    return Side::kStranger;
  if (side != Side::kUnsettled) return side;
  return strangers_are_restricted || lacks_usual_session(record, facts) ? Side::kStranger : side;
}

}  // namespace postreeve
