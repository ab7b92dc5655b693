#include "profile/familiarity.h"

#include <algorithm>

#include "profile/webmail.h"

namespace postreeve {
namespace {

// Reading made this many days from one place is at least no surprise for more reading.
constexpr std::uint8_t kSettledReadDays = 3;
// Reading beside a place that is sent from makes a home only after this many days.
constexpr std::uint8_t kSecondHomeDays = 28;
// Before the profile spans this long there are no habits to compare with.
constexpr Duration kYoung = std::chrono::hours{36};

}  // namespace

bool is_young(const AccountProfile& profile, std::uint16_t today) noexcept {
  if (today < day_of(from_seconds32(profile.first_seen)) + kFamiliarSendDays) return true;
  return from_seconds32(profile.last_seen) - from_seconds32(profile.first_seen) < kYoung;
}

bool is_home(const AccountProfile& profile, const Habit& habit) noexcept {
  // Days of use fade and those of a habit do not: alone they would make a home of every place that
  // was read from for three weeks, which is how thieves begin. The most used network does not fade either.
  const auto more_days = [](const Habit& a, const Habit& b) { return a.days < b.days; };
  const auto networks = profile.networks.all();
  const int most = networks.empty() ? 0 : std::ranges::max(networks, more_days).days;
  const bool is_second = std::ranges::any_of(networks, [&](const Habit& network) {
    return network.key != habit.key && network.send_days >= kFamiliarSendDays;
  });
  if (is_second && habit.days < kSecondHomeDays) return false;
  return habit.days >= kSettledReadDays && 2 * habit.days >= most &&
         2 * static_cast<float>(habit.days) >= profile.rates.used_days;
}

bool uses_client(const AccountProfile& profile, std::uint32_t client) noexcept {
  const Habit* habit = profile.clients.find(client);
  return habit != nullptr && habit->send_days >= kFamiliarSendDays;
}

bool knows_client(const AccountProfile& profile, std::uint32_t client) noexcept {
  return client != kWebmailClient && client != kOwnAddressClient && uses_client(profile, client);
}

bool writes_as_many(const AccountProfile& profile) noexcept {
  return std::ranges::all_of(profile.senders.all(), [](const Habit& sender) {
    return sender.key != kPretenceKey && sender.send_days >= kFamiliarSendDays;
  });
}

bool is_familiar(const AccountProfile& profile, const Habit* network, std::uint16_t today) noexcept {
  if (network == nullptr) return false;
  const int days = network->send_days_before(today);
  return days >= kFamiliarSendDays || (days > 0 && is_home(profile, *network));
}

Side side_of(const AccountProfile& profile, const Origin& origin, Use use, std::uint16_t today) noexcept {
  if (!origin.known) return Side::kUnsettled;
  if (origin.trusted) return Side::kEstablished;
  const Habit* network = profile.networks.find(origin.network);
  if (is_familiar(profile, network, today)) return Side::kEstablished;
  const Habit* provider = profile.providers.find(origin.provider);
  if (provider != nullptr && provider->send_days_before(today) >= kFamiliarProviderDays) {
    const bool is_nameless = origin.client == 0;
    if (uses_client(profile, origin.client) || (is_nameless && use != Use::kSend)) return Side::kEstablished;
    // Every tenth thief sits at the victim's own provider, and without a name nothing tells them apart.
    if (is_nameless) return Side::kUnsettled;
  }
  if (is_young(profile, today)) return Side::kUnsettled;
  if (network == nullptr) return Side::kStranger;
  const bool settled = use == Use::kSend ? is_home(profile, *network) : network->days >= kSettledReadDays;
  return settled ? Side::kUnsettled : Side::kStranger;
}

}  // namespace postreeve
