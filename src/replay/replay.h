// Replays history through one policy or several: events in, a report for each policy out.
//
// The world does not react: what a policy would have refused or held was sent all the same when it happened.
// Deliveries of such messages are kept from the engine of that policy; nobody retries what was deferred; no
// person acts unless the history has a Judgement. Time is the events' own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "engine/engine.h"
#include "intake/history.h"
#include "judge/policy.h"
#include "mail/event.h"
#include "net/locator.h"
#include "replay/account_book.h"
#include "replay/report.h"
#include "replay/side.h"
#include "replay/tally.h"
#include "replay/verdict_writer.h"

namespace postreeve {

// What is reported on: [since, until). What came before is learned from, what came later ignored.
struct ReplayWindow {
  std::optional<Timestamp> since;
  std::optional<Timestamp> until;
};

class Replay {
 public:
  // The locator must outlive the replay.
  Replay(ReplayWindow window, const Locator& locator)
      : window_(window), locator_(locator), tally_(accounts_, locator) {}

  // Adds a policy and the engine that follows it, which nobody else may use; both must outlive the
  // replay. Verdicts go to `verdicts` when it is given. All sides come before the first event.
  void add_side(Engine& engine, const Policy& policy, VerdictWriter* verdicts = nullptr);

  // Takes the next event. Returns false once all that may follow is too late to matter.
  bool take(Event&& event);

  // A report a side, in the order in which they were added.
  [[nodiscard]] std::vector<Report> reports(const HistoryResult& read) const;

 private:
  ReplayWindow window_;
  const Locator& locator_;
  AccountBook accounts_;
  Tally tally_;
  std::vector<std::unique_ptr<ReplaySide>> sides_;
};

}  // namespace postreeve
