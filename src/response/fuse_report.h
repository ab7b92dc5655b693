// Tells staff once when the fuse is out (engine.h), and once more when it is back.
//
// In an attack the fuse comes and goes as restrictions grow older than an hour: it counts as back when it was
// not out for kQuiet. What was told last is in the outbox, so that a restart tells nothing again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "response/actions.h"
#include "response/task.h"
#include "store/ledger/outbox.h"

namespace postreeve {

// One thread at a time.
class FuseReport {
 public:
  static constexpr Duration kQuiet = std::chrono::minutes{15};

  // `actions`: the names of those that tell. The outbox outlives it.
  FuseReport(Outbox& outbox, std::vector<std::string> actions)
      : outbox_(outbox), actions_(std::move(actions)) {}

  // Call every second or so. Returns what became known, with its actions in the outbox; kUnavailable while
  // the ledger cannot be asked, and it is told later.
  [[nodiscard]] Result<std::optional<About>> look(bool is_out, std::uint32_t restrictions, Timestamp now);
  // Another node tells.
  void leave_to_others() { told_.reset(); }

 private:
  [[nodiscard]] Result<void> recall();
  [[nodiscard]] Result<void> tell(About about, std::uint32_t restrictions, Timestamp now);

  Outbox& outbox_;
  std::vector<std::string> actions_;
  std::optional<About> told_;  // last; nullopt: ask the outbox
  IncidentId story_;           // what ties the two together for tickets and mail programs
  Timestamp last_out_{};
};

// Those of the configured actions that tell of the fuse.
[[nodiscard]] std::vector<std::string> actions_of_the_fuse(const std::vector<ConfiguredAction>& configured);

}  // namespace postreeve
