// How an origin looks beside an account's habits.
#pragma once

#include <cstdint>

#include "profile/account_profile.h"
#include "profile/origin.h"

namespace postreeve {

// Honest sends on this many days before today make a network familiar; a provider needs one more. A network
// that the account is always read from needs one day.
inline constexpr std::uint8_t kFamiliarSendDays = 2;
inline constexpr std::uint8_t kFamiliarProviderDays = 3;

// Which side of the account an event belongs to.
enum class Side : std::uint8_t {
  kEstablished,  // a place the owner has long sent from
  // Nothing can be said: no address, a profile too young, a place that the account is always read from, or
  // mail without an EHLO name from a new network of the owner's provider.
  kUnsettled,
  kStranger,  // the account has habits, and this is none of them
};

// `today` is the day of the event: what was sent on it makes nothing familiar before tomorrow, or a thief's
// first messages would excuse his next ones.
[[nodiscard]] Side side_of(const AccountProfile& profile, const Origin& origin, Use use,
                           std::uint16_t today) noexcept;

// Whether the network (nullptr: never used) is one the owner has long sent from.
[[nodiscard]] bool is_familiar(const AccountProfile& profile, const Habit* network,
                               std::uint16_t today) noexcept;

// Whether the account is known for too short a time to have habits.
[[nodiscard]] bool is_young(const AccountProfile& profile, std::uint16_t today) noexcept;

// Whether this is where the account lives: used on half of the days or more, be it only for
// reading. Who seldom writes writes from there. Beside a network that the owner sends from it takes four
// weeks of reading: a thief reads for weeks, too, and nobody writes without reading somewhere.
[[nodiscard]] bool is_home(const AccountProfile& profile, const Habit& habit) noexcept;

// Whether the account has sent with this client on several days, be it a name that everybody has or
// the webmail.
[[nodiscard]] bool uses_client(const AccountProfile& profile, std::uint32_t client) noexcept;

// Whether the EHLO name is the owner's own: one the account has sent with on several days.
[[nodiscard]] bool knows_client(const AccountProfile& profile, std::uint32_t client) noexcept;

// Whether the account writes in more names than are remembered, each on several days: a whole server behind
// one login.
[[nodiscard]] bool writes_as_many(const AccountProfile& profile) noexcept;

}  // namespace postreeve
