// What of a record is kept on a disk: the fields of its plain parts (base/field_archive.h).
//
// Structured bindings name every member, so a new one does not compile before it is described here; one that
// comes with a later format goes behind `if (archive.version() >= ...)`. The order is the format: never
// change it.
#pragma once

#include <cstdint>

#include "base/field_archive.h"
#include "profile/account_record.h"

namespace postreeve {

template <ConstOr<Habit> Self, typename Archive>
void fields(Self& habit, Archive& archive) {
  auto& [key, last_read_day, last_day, last_send_day, days, send_days] = habit;
  archive(key, last_read_day, last_day, last_send_day, days, send_days);
}

template <ConstOr<Rates> Self, typename Archive>
void fields(Self& rates, Archive& archive) {
  auto& [used_days, active_days, messages, beside_session, recipients, new_recipients, delivered, refused,
         new_networks, new_providers, new_countries, complaints] = rates;
  archive(used_days, active_days, messages, beside_session, recipients, new_recipients, delivered, refused,
          new_networks, new_providers, new_countries, complaints);
}

template <ConstOr<Peaks> Self, typename Archive>
void fields(Self& peaks, Archive& archive) {
  auto& [updated, messages_hour, messages_day, recipients_hour, recipients_message, today] = peaks;
  archive(updated, messages_hour, messages_day, recipients_hour, recipients_message, today);
}

template <ConstOr<AccountProfile> Self, typename Archive>
void fields(Self& profile, Archive& archive) {
  auto& [networks, known_recipients, first_seen, last_seen, last_sent, logins, messages, slept_days, woke_day,
         providers, countries, clients, senders, rates, peaks] = profile;
  archive(networks, known_recipients, first_seen, last_seen, last_sent, logins, messages, slept_days,
          woke_day, providers, countries, clients, senders, rates, peaks);
}

template <ConstOr<Standing> Self, typename Archive>
void fields(Self& standing, Archive& archive) {
  auto& [since, until, incident, level, scope, ordered] = standing;
  archive(since, until, incident.value);
  archive.up_to(level, Level::kSuspended);
  archive.up_to(scope, Scope::kWholeAccount);
  if (archive.version() >= 2) archive(ordered);
}

template <ConstOr<Cusum> Self, typename Archive>
void fields(Self& cusum, Archive& archive) {
  auto& [s] = cusum;
  archive(s);
}

template <ConstOr<RiskState> Self, typename Archive>
void fields(Self& risk, Archive& archive) {
  auto& [nats, updated] = risk;
  archive(nats, updated);
}

template <ConstOr<OpenTransaction> Self, typename Archive>
void fields(Self& transaction, Archive& archive) {
  auto& [key, recipients, unknown] = transaction;
  archive(key, recipients, unknown);
}

template <ConstOr<Activity> Self, typename Archive>
void fields(Self& activity, Archive& archive) {
  auto& [messages_hour, messages_day, recipients_hour, recipients_day, new_recipients_day, delivered_day,
         refused_day, novelty, refusals, risk, transaction, complaints] = activity;
  archive(messages_hour, messages_day, recipients_hour, recipients_day, new_recipients_day, delivered_day,
          refused_day, novelty, refusals, risk, transaction, complaints);
}

template <ConstOr<LastUse> Self, typename Archive>
void fields(Self& use, Archive& archive) {
  auto& [time, country, latitude, longitude, radius_km, familiar] = use;
  archive(time, country, latitude, longitude, radius_km, familiar);
}

template <ConstOr<Guesses> Self, typename Archive>
void fields(Self& guesses, Archive& archive) {
  auto& [day, network, last_password, from_network, last_day] = guesses;
  archive(day, network, last_password, from_network, last_day);
}

template <ConstOr<WebmailSession> Self, typename Archive>
void fields(Self& session, Archive& archive) {
  auto& [network, provider, country, hour] = session;
  archive(network, provider, country, hour);
}

template <ConstOr<Lesson> Self, typename Archive>
void fields(Self& lesson, Archive& archive) {
  auto& [time, network, provider, client, recipient, country, use, harmless, by_place] = lesson;
  archive(time, network, provider, client, recipient, country);
  archive.up_to(use, Use::kSend);
  archive(harmless, by_place);
}

template <ConstOr<CountryCode> Self, typename Archive>
void fields(Self& country, Archive& archive) {
  std::uint16_t packed = country.packed();  // NOLINT(misc-const-correctness): the reader fills it in
  archive(packed);
  if constexpr (Archive::kReads) {
    country = CountryCode::unpack(packed);
    archive.require(country.packed() == packed, "a country that is none");
  }
}

template <ConstOr<Position> Self, typename Archive>
void fields(Self& position, Archive& archive) {
  auto& [latitude, longitude, radius_km] = position;
  archive(latitude, longitude, radius_km);
}

template <ConstOr<Prefix> Self, typename Archive>
void fields(Self& prefix, Archive& archive) {
  // NOLINTBEGIN(misc-const-correctness): the reader fills them in
  std::uint64_t high = prefix.address().high();
  std::uint64_t low = prefix.address().low();
  // NOLINTEND(misc-const-correctness)
  auto length = static_cast<std::uint8_t>(prefix.length());
  archive(high, low, length);
  if constexpr (Archive::kReads) {
    const IpAddress address(high, low);
    prefix = Prefix::of(address, length);
    archive.require(prefix.address() == address && prefix.length() == length, "a network that is none");
  }
}

template <ConstOr<Origin> Self, typename Archive>
void fields(Self& origin, Archive& archive) {
  auto& [known, trusted, host, network, provider, client, country, position, prefix] = origin;
  archive(known, trusted, host, network, provider, client, country, position, prefix);
}

template <ConstOr<StrangersWebmail> Self, typename Archive>
void fields(Self& webmail, Archive& archive) {
  auto& [origin, time] = webmail;
  archive(origin, time);
}

template <ConstOr<Outgo> Self, typename Archive>
void fields(Self& outgo, Archive& archive) {
  auto& [messages, recipients, since] = outgo;
  archive(messages, recipients, since);
}

template <ConstOr<Stranger> Self, typename Archive>
void fields(Self& stranger, Archive& archive) {
  auto& [activity, providers, countries, slowed_known_hour, slowed_unknown_hour, outgo, outgo_provider,
         outgo_latest, last_seen, last_suspect, setting_time, setting_nats, setting, webmail, transactions,
         next_transaction, lessons] = stranger;
  archive(activity, providers, countries, slowed_known_hour, slowed_unknown_hour, outgo, outgo_provider,
          outgo_latest, last_seen, last_suspect, setting_time, setting_nats);
  archive.up_to(setting, SettingKind::kRecoveryAddress);
  archive(webmail, transactions);
  archive.up_to(next_transaction, std::uint8_t{Stranger::kMostTransactions - 1});
  archive.list(lessons, Stranger::kMostLessons);
}

template <ConstOr<AccountRecord> Self, typename Archive>
void fields(Self& record, Archive& archive) {
  auto& [profile, standing, owner, recent, last_use, guesses, webmail, dismissed, stranger] = record;
  archive(profile, standing, owner, recent, last_use, guesses, webmail, dismissed, stranger);
}

}  // namespace postreeve
