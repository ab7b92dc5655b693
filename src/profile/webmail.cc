#include "profile/webmail.h"

#include <algorithm>

#include "profile/account_record.h"
#include "profile/familiarity.h"

namespace postreeve {
namespace {

std::uint16_t hour_of(Timestamp time) noexcept {
  return static_cast<std::uint16_t>(to_seconds32(time) / kHourSeconds);
}

bool is_live(const WebmailSession& session, Timestamp time) noexcept {
  const auto age = static_cast<std::uint16_t>(hour_of(time) - session.hour);
  return session.network != 0 && age < kWebmailSession.count();
}

bool is_live(const StrangersWebmail& session, Timestamp time) noexcept {
  return session.origin.known && time - from_seconds32(session.time) < kWebmailSession;
}

bool is_of_new_country(const AccountRecord& record, const Origin& origin) noexcept {
  const Habit* country = record.profile.countries.find(origin.country.packed());
  return origin.country.known() && (country == nullptr || country->send_days == 0);
}

Origin origin_of(const WebmailSession& session) {
  Origin origin;
  origin.known = true;
  origin.network = session.network;
  origin.provider = session.provider;
  origin.client = kWebmailClient;
  origin.country = CountryCode::unpack(session.country);
  return origin;
}

void note_strangers(AccountRecord& record, const Origin& origin, Timestamp time) {
  Stranger& stranger = stranger_of(record);
  stranger.last_seen = std::max(stranger.last_seen, to_seconds32(time));
  const bool keep_riskier = is_live(stranger.webmail, time) &&
                            is_of_new_country(record, stranger.webmail.origin) &&
                            !is_of_new_country(record, origin);
  if (!keep_riskier) stranger.webmail = {origin, to_seconds32(time)};
}

// Whether the owner came back to his usual place after reading from one that is only new to sending.
bool owner_came_since(const AccountRecord& record, const StrangersWebmail& strange, Timestamp time) {
  if (!is_live(record.webmail, time)) return false;
  if (side_of(record.profile, strange.origin, Use::kRead, day_of(time)) == Side::kStranger) return false;
  if (is_of_new_country(record, strange.origin)) return false;
  const auto since = static_cast<std::uint16_t>(record.webmail.hour - hour_of(from_seconds32(strange.time)));
  return since != 0 && since < kWebmailSession.count();
}

}  // namespace

void note_webmail_login(AccountRecord& record, const Origin& origin, Timestamp time) {
  Origin place = origin;
  place.client = kWebmailClient;
  if (side_of(record.profile, place, Use::kSend, day_of(time)) == Side::kStranger) {
    note_strangers(record, place, time);
    return;
  }
  record.webmail = {.network = place.network,
                    .provider = place.provider,
                    .country = place.country.packed(),
                    .hour = hour_of(time)};
}

Origin webmail_origin(const AccountRecord& record, Timestamp time) {
  const Stranger* stranger = record.stranger.get();
  const bool strange = stranger != nullptr && is_live(stranger->webmail, time);
  if (strange && !owner_came_since(record, stranger->webmail, time)) return stranger->webmail.origin;
  if (!is_live(record.webmail, time)) return {};
  const Origin origin = origin_of(record.webmail);
  // The place was the owner's because nothing was known yet; nothing can be told of it now.
  return side_of(record.profile, origin, Use::kSend, day_of(time)) == Side::kStranger ? Origin{} : origin;
}

}  // namespace postreeve
