// Moving house: records, shared counters and the ledger from where one configuration keeps them to where
// another one does (`postreeve state copy`). What both keep at the same place stays there.
//
// Nobody may serve either meanwhile. A copy that was interrupted goes on when it is asked for again, unless a
// `serve` has used the source in between; until it is complete no `serve` starts on the destination.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/copy_marker.h"
#include "app/serving.h"
#include "app/state_end.h"
#include "base/keyed_hash.h"
#include "base/result.h"

namespace postreeve {

struct StateCopyPlan {
  bool records_move = false;  // and shared counters
  bool ledger_moves = false;
  std::uint64_t records = 0;  // of the source; 0 as well when they stay
  std::uint64_t rows = 0;
  std::uint64_t records_there = 0;  // of the destination, likewise
  std::uint64_t rows_there = 0;
  bool goes_on = false;  // with a copy that was interrupted
  bool copies_key = false;
};

struct StateCopied {
  std::uint64_t records = 0;
  std::uint64_t counters = 0;
  std::uint64_t rows = 0;
  std::vector<std::string> dropped;  // a sentence for each part of the counters that could not be read
};

// Told again and again what is done, and how much of it is.
using StateCopyProgress = std::function<void(std::string_view what, std::uint64_t done, std::uint64_t total)>;

// One thread. Errors: kInvalidInput when the configurations do not go together, kNotFound when there is
// nothing to copy, kConflict when the destination holds something else, kUnavailable when somebody serves,
// does not answer or has no room, kCorrupt when what was copied is not the same.
class StateCopy {
 public:
  // The configurations must outlive it. `replaces`: empties a destination that holds something else.
  StateCopy(const Serving& from, const Serving& to, bool replaces);

  // What would be done. Changes nothing, unless `makes` (then run() follows): makes the destination's
  // directory and keeps others away.
  [[nodiscard]] Result<StateCopyPlan> look(bool makes);
  // Requires look(true).
  [[nodiscard]] Result<StateCopied> run(const StateCopyProgress& progress);

  [[nodiscard]] const StateEnd& from() const noexcept { return from_; }
  [[nodiscard]] const StateEnd& to() const noexcept { return to_; }

 private:
  [[nodiscard]] Result<void> decide_parts();
  [[nodiscard]] Result<void> lock(bool makes);
  [[nodiscard]] Result<void> find_keys();
  [[nodiscard]] Result<void> count();
  [[nodiscard]] Result<void> check_marker();
  [[nodiscard]] Result<void> check_destination() const;

  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<void> empty();
  [[nodiscard]] Result<void> copy_records(StateCopied& copied, const StateCopyProgress& progress);
  [[nodiscard]] Result<void> copy_counters(StateCopied& copied);
  [[nodiscard]] Result<void> copy_ledger(StateCopied& copied, const StateCopyProgress& progress);
  [[nodiscard]] Result<void> finish();
  // As other machines read it.
  [[nodiscard]] std::string marker_words() const;

  StateEnd from_;
  StateEnd to_;
  const bool replaces_;
  const std::string marker_file_;
  StateCopyPlan plan_;
  HashKey key_;
  std::optional<CopyMarker> found_;  // of a copy that was interrupted
  CopyMarker marker_;
  RecordHome* records_from_ = nullptr;
  RecordHome* records_to_ = nullptr;
  LedgerDatabase* ledger_from_ = nullptr;
  LedgerDatabase* ledger_to_ = nullptr;
};

}  // namespace postreeve
