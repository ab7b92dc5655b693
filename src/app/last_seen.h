// When each gate was last asked something: whether events arrive at all.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include <boost/json/object.hpp>

#include "base/time.h"
#include "guard/decision_watcher.h"

namespace postreeve {

// Any thread.
class LastSeen final : public DecisionWatcher {
 public:
  void saw(const Decided& decided) override;

  // {"postfix_policy":"2026-03-02T08:00:00.000Z","milter":null, ...}: times of events, to a second.
  [[nodiscard]] boost::json::object as_json() const;

 private:
  static constexpr std::size_t kDoors = static_cast<std::size_t>(Door::kLog) + 1;

  std::array<std::atomic<std::uint32_t>, kDoors> seconds_{};
};

}  // namespace postreeve
