#include "profile/account_profile.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "profile/familiarity.h"
#include "sketch/decay.h"

namespace postreeve {
namespace {

void count(std::uint16_t& counter) noexcept {
  if (counter != std::numeric_limits<std::uint16_t>::max()) ++counter;
}

void note_seen(AccountProfile& profile, Timestamp time) noexcept {
  const std::uint32_t now = to_seconds32(time);
  if (profile.first_seen == 0) profile.first_seen = now;
  profile.first_seen = std::min(profile.first_seen, now);
  profile.last_seen = std::max(profile.last_seen, now);
}

// 0 is 0, each step 9 % more, 255 is some 2^32; rounded up, in the owner's favour.
constexpr double kStepsPerDoubling = 8;

std::uint8_t logarithm_of(std::uint32_t value) noexcept {
  return static_cast<std::uint8_t>(std::min(255.0, std::ceil(kStepsPerDoubling * std::log2(1.0 + value))));
}

float value_of(std::uint8_t logarithm) noexcept {
  return static_cast<float>(std::round(std::exp2(logarithm / kStepsPerDoubling) - 1));
}

void raise(std::uint8_t& peak, std::uint32_t value) noexcept {
  peak = std::max(peak, logarithm_of(value));
}

// Places of the first day are where the account lives, not changes of habit.
void note_place(AccountProfile& profile, const Origin& origin, std::uint16_t day, Use use) {
  const float change = day > day_of(from_seconds32(profile.first_seen)) ? 1 : 0;
  if (profile.networks.note(origin.network, day, use)) profile.rates.new_networks += change;
  if (profile.providers.note(origin.provider, day, use)) profile.rates.new_providers += change;
  if (profile.countries.note(origin.country.packed(), day, use)) profile.rates.new_countries += change;
}

// Who writes as many keeps the names that say so.
void note_sender(AccountProfile& profile, std::uint32_t sender, std::uint16_t day) {
  if (profile.senders.find(sender) != nullptr || !writes_as_many(profile))
    profile.senders.note(sender, day, Use::kSend);
}

}  // namespace

void Rates::fade_day() noexcept {
  static const auto factor = static_cast<float>(std::exp2(-1.0 / kRateHalfLifeDays));
  for (float* rate : {&used_days, &active_days, &messages, &beside_session, &recipients, &new_recipients,
                      &delivered, &refused, &new_networks, &new_providers, &new_countries, &complaints}) {
    *rate *= factor;
  }
}

void Peaks::fade(Timestamp time) noexcept {
  const std::uint32_t now = to_seconds32(time);
  if (now <= updated) return;
  const auto factor = static_cast<float>(decay_factor(now - updated, kPeakHalfLife));
  for (float* peak : {&messages_hour, &messages_day, &recipients_hour, &recipients_message}) *peak *= factor;
  updated = now;
}

void Peaks::turn_day(Timestamp time) noexcept {
  if (updated == 0) updated = to_seconds32(time);
  if (day_of(time) <= day_of(from_seconds32(updated))) return;
  fade(time);
  float* const peaks[] = {&messages_hour, &messages_day, &recipients_hour, &recipients_message};
  for (std::size_t i = 0; i < today.size(); ++i) *peaks[i] = std::max(*peaks[i], value_of(today[i]));
  today = {};
}

void learn_use(AccountProfile& profile, Timestamp time, const Origin& origin, Use use) {
  const std::uint16_t day = day_of(time);
  if (profile.last_seen == 0 || day > day_of(from_seconds32(profile.last_seen))) {
    profile.rates.fade_day();
    profile.rates.used_days += 1;
  }
  note_seen(profile, time);
  count(use == Use::kSend ? profile.messages : profile.logins);
  if (origin.known) note_place(profile, origin, day, use);
  if (use == Use::kSend && origin.known)
    profile.clients.note(origin.client == 0 ? kNoClientName : origin.client, day, use);
}

bool learn_recipient(AccountProfile& profile, std::uint32_t recipient) {
  profile.rates.recipients += 1;
  const bool is_new = profile.known_recipients.add(recipient);
  if (is_new) profile.rates.new_recipients += 1;
  return is_new;
}

Duration silence(const AccountProfile& profile, Timestamp now) noexcept {
  if (profile.last_sent == 0) return Duration{0};
  const Duration until_now = std::max(now - from_seconds32(profile.last_sent), Duration{0});
  const bool woke_lately = profile.woke_day != 0 && day_of(now) <= profile.woke_day + 1;
  return woke_lately ? std::max<Duration>(until_now, std::chrono::days{profile.slept_days}) : until_now;
}

void learn_message(AccountProfile& profile, Timestamp time, const SentMessage& message) {
  const std::uint16_t day = day_of(time);
  profile.peaks.turn_day(time);
  profile.rates.messages += 1;
  profile.rates.beside_session += message.beside_session ? 1 : 0;
  const Timestamp last_sent = from_seconds32(profile.last_sent);
  if (profile.last_sent != 0 && time - last_sent >= kLongSilence) {
    profile.slept_days = static_cast<std::uint16_t>(day - day_of(last_sent));
    profile.woke_day = day;
  }
  if (profile.last_sent == 0 || day > day_of(from_seconds32(profile.last_sent)))
    profile.rates.active_days += 1;
  profile.last_sent = std::max(profile.last_sent, to_seconds32(time));
  raise(profile.peaks.today[0], message.messages_hour);
  raise(profile.peaks.today[1], message.messages_day);
  raise(profile.peaks.today[2], message.recipients_hour);
  raise(profile.peaks.today[3], message.recipients);
  note_sender(profile, message.sender, day);
  note_sender(profile, message.header_from, day);
  if (message.pretends) note_sender(profile, kPretenceKey, day);
}

void learn_answer(AccountProfile& profile, bool refused) {
  (refused ? profile.rates.refused : profile.rates.delivered) += 1;
}

void learn_complaint(AccountProfile& profile) {
  profile.rates.complaints += 1;
}

double confidence(const AccountProfile& profile, Timestamp now) noexcept {
  if (profile.first_seen == 0) return 0;
  const double days = seconds_between(from_seconds32(profile.first_seen), now) / 86'400;
  const double uses = static_cast<double>(profile.logins) + static_cast<double>(profile.messages);
  const double by_days = std::min(days / 14.0, uses / 10.0);
  const double by_uses = std::min(uses / 40.0, days / 10.0);
  return std::clamp(std::max(by_days, by_uses), 0.0, 1.0);
}

}  // namespace postreeve
