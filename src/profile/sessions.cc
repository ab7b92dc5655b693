#include "profile/sessions.h"

#include <algorithm>

namespace postreeve {
namespace {

bool is_recent(std::uint16_t day, Timestamp time) noexcept {
  return day != 0 && day + 1 >= day_of(time);
}

}  // namespace

bool has_session(const AccountRecord& record, const Origin& origin, Timestamp time) noexcept {
  const Habit* provider = record.profile.providers.find(origin.provider);
  if (provider != nullptr && is_recent(provider->last_read_day, time)) return true;
  if (record.stranger == nullptr || origin.provider == 0) return false;
  return std::ranges::any_of(record.stranger->lessons, [&](const Lesson& lesson) {
    return lesson.use == Use::kRead && lesson.provider == origin.provider &&
           is_recent(day_of(from_seconds32(lesson.time)), time);
  });
}

}  // namespace postreeve
