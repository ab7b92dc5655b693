#include "guard/diversion.h"

#include <variant>

namespace postreeve {

Action Diversion::action_for(const Event& event, const Observation& observation, const Hash128& account) {
  if (!options_.from || !std::holds_alternative<Submission>(event)) return Action::kAccept;
  const Level level = observation.verdict.standing.level;
  // What the owner writes from his own places is not doubtful.
  const bool is_doubtful = observation.of_stranger && level >= *options_.from && level < Level::kHeld;
  if (!is_doubtful) return Action::kAccept;
  const std::uint32_t before = hours_.update(account.low, [&](Hour& hour) {
    const std::uint32_t count = hour.count(time_of(event));
    if (!observation.repeated) hour.add(time_of(event));
    return observation.repeated && count > 0 ? count - 1 : count;
  });
  return before < options_.most_an_hour ? Action::kDivert : Action::kHold;
}

}  // namespace postreeve
