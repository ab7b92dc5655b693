#include "profile/sessions.h"

#include <algorithm>

namespace postreeve {
namespace {

bool is_recent(std::uint16_t day, Timestamp time) noexcept {
  return day != 0 && day + 1 >= day_of(time);
}

// Whether a stranger's lesson tells of a mailbox opened lately where `is_there` says.
template <typename IsThere>
bool read_lately(const AccountRecord& record, Timestamp time, IsThere is_there) {
  if (record.stranger == nullptr) return false;
  return std::ranges::any_of(record.stranger->lessons, [&](const Lesson& lesson) {
    return lesson.use == Use::kRead && is_there(lesson) &&
           is_recent(day_of(from_seconds32(lesson.time)), time);
  });
}

}  // namespace

bool has_session(const AccountRecord& record, const Origin& origin, Timestamp time) noexcept {
  const Habit* provider = record.profile.providers.find(origin.provider);
  if (provider != nullptr && is_recent(provider->last_read_day, time)) return true;
  if (origin.provider == 0) return false;
  return read_lately(record, time, [&](const Lesson& lesson) { return lesson.provider == origin.provider; });
}

bool has_session_in_network(const AccountRecord& record, const Origin& origin, Timestamp time) noexcept {
  const Habit* network = record.profile.networks.find(origin.network);
  if (network != nullptr && is_recent(network->last_read_day, time)) return true;
  if (origin.network == 0) return false;
  return read_lately(record, time, [&](const Lesson& lesson) { return lesson.network == origin.network; });
}

double share_without_session(const AccountProfile& profile) noexcept {
  constexpr int kLeastDays = 10;
  int days = 0;
  int without = 0;
  for (const Habit& network : profile.networks.all()) {
    days += network.send_days;
    if (network.last_read_day + 1 < network.last_send_day) without += network.send_days;
  }
  if (days < kLeastDays) return 1;
  return (without + 0.3) / (days + 3.0);
}

}  // namespace postreeve
