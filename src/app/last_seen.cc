#include "app/last_seen.h"

namespace postreeve {

void LastSeen::saw(const Decided& decided) {
  const auto door = static_cast<std::size_t>(decided.door);
  if (door >= kDoors) return;
  const std::uint32_t time = to_seconds32(time_of(decided.event));
  // Logs are read behind the time; what another thread wrote a moment ago may be overwritten, by little.
  if (time > seconds_[door].load(std::memory_order_relaxed))
    seconds_[door].store(time, std::memory_order_relaxed);
}

boost::json::object LastSeen::as_json() const {
  boost::json::object seen;
  for (std::size_t door = 0; door < kDoors; ++door) {
    const std::uint32_t time = seconds_[door].load(std::memory_order_relaxed);
    seen.emplace(
        to_text(static_cast<Door>(door)),
        time == 0 ? boost::json::value(nullptr) : boost::json::value(format_rfc3339(from_seconds32(time))));
  }
  return seen;
}

}  // namespace postreeve
