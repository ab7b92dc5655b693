#include "guard/ledger_standings.h"

#include <algorithm>
#include <iterator>

namespace postreeve {
namespace {

// A commit takes milliseconds; a node that waits longer for the server spools and tells of it later.
constexpr std::chrono::seconds kSettlesIn{2};

constexpr std::size_t kMostRemembered = 100'000;

}  // namespace

Standing LedgerStandings::said_before(const StandingRow& row) {
  const std::scoped_lock lock(mutex_);
  if (said_.size() >= kMostRemembered) said_.clear();
  Said& said = said_[row.key];
  // A restore that reads while others write is late with it; or it is the spool's, which numbers apart.
  if (row.version < said.version) return {};
  if (said.version != row.version)
    said = {.version = row.version, .latest = row.standing, .before = said.latest};
  return said.before;
}

void LedgerStandings::apply(Engine& engine, std::span<const StandingRow> rows, Timestamp now) {
  for (const StandingRow& row : rows) {
    if (engine.restore_unless_later(row.key, row.standing, said_before(row)) || !is_shared_) continue;
    const std::scoped_lock lock(mutex_);
    doubtful_.push_back({.account = row.account, .version = row.version, .seen = now});
  }
}

void LedgerStandings::catch_up(Engine& engine, const AccountId& account) const {
  if (!is_shared_) return;
  const Result<std::optional<StandingRow>> row = incidents_.standing_of(account);
  if (!row || !*row) return;
  const StandingRow& said = **row;
  if (!engine.restore_unless_later(said.key, said.standing, {})) engine.restore(said.key, said.standing);
}

void LedgerStandings::look_again(Engine& engine, Timestamp now) {
  if (!incidents_.is_settled()) return;
  std::vector<Doubtful> due;
  {
    const std::scoped_lock lock(mutex_);
    const auto is_due = [now](const Doubtful& one) { return one.seen + kSettlesIn <= now; };
    const auto end = std::ranges::find_if_not(doubtful_, is_due);
    due.assign(std::make_move_iterator(doubtful_.begin()), std::make_move_iterator(end));
    doubtful_.erase(doubtful_.begin(), end);
  }
  for (const Doubtful& one : due) {
    const Result<std::optional<StandingRow>> row = incidents_.standing_of(one.account);
    // A row that has changed comes by itself.
    if (row && *row && (*row)->version == one.version) engine.restore((*row)->key, (*row)->standing);
  }
}

}  // namespace postreeve
