#include "store/ledger/group_writer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "store/ledger/sqlite_session.h"

namespace postreeve {
namespace {

// Bounds how long the first of a group waits for the last.
constexpr std::size_t kMostTogether = 1'000;

}  // namespace

GroupWriter::GroupWriter(std::unique_ptr<soci::session> session, std::uint32_t most_waiting, SharedTurn turn)
    : session_(std::move(session)),
      most_waiting_(most_waiting),
      turn_(std::move(turn)),
      thread_([this] { run(); }) {}

GroupWriter::~GroupWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void GroupWriter::write(Work work, Committed done) {
  std::unique_lock lock(mutex_);
  if (queue_.size() + under_way_ < most_waiting_) {
    queue_.push_back({std::move(work), std::move(done), {}});
    lock.unlock();
    wake_.notify_one();
    return;
  }
  lock.unlock();
  done(fail(ErrorCode::kLimitExceeded, fmt::format("{} writes wait for the ledger already", most_waiting_)));
}

std::uint32_t GroupWriter::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::uint32_t>(queue_.size()) + under_way_;
}

void GroupWriter::run() {
  while (true) {
    std::vector<Item> group;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const auto count = std::min(queue_.size(), kMostTogether);
      const auto end = std::next(queue_.begin(), static_cast<std::ptrdiff_t>(count));
      group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
      queue_.erase(queue_.begin(), end);
      under_way_ = static_cast<std::uint32_t>(count);
    }
    commit(group);
  }
}

// A write that brings the transaction down with it (a full disk) must not take the others along: they are
// tried again, each for itself.
void GroupWriter::commit(std::span<Item> group) {
  if (attempt(group) != Attempt::kUndone) return report(group);
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto one = group.subspan(i, 1);
    const Attempt ended = attempt(one);
    report(one);
    if (ended != Attempt::kNoTransaction) continue;
    for (Item& item : group.subspan(i + 1)) item.outcome = one[0].outcome;
    return report(group.subspan(i + 1));
  }
}

GroupWriter::Attempt GroupWriter::attempt(std::span<Item> group) {
  const std::unique_lock turn = take_turn(turn_);
  // IMMEDIATE takes the write lock at once: a transaction that began by reading could find later that
  // another connection has written meanwhile.
  if (const auto begun = execute("BEGIN IMMEDIATE"); !begun) {
    for (Item& item : group) item.outcome = begun;
    return Attempt::kNoTransaction;
  }
  bool stands = true;
  for (Item& item : group) {
    item.outcome = carry_out(item);
    stands = in_transaction(*session_);
    if (!stands) break;
  }
  Result<void> committed = stands ? execute("COMMIT") : Result<void>{};
  if (stands && committed) return Attempt::kDecided;
  if (in_transaction(*session_)) static_cast<void>(execute("ROLLBACK"));
  if (group.size() > 1) return Attempt::kUndone;
  if (!committed) group[0].outcome = std::move(committed);
  return Attempt::kDecided;
}

Result<void> GroupWriter::carry_out(Item& item) {
  if (auto begun = execute("SAVEPOINT work"); !begun) return begun;
  Result<void> outcome;
  try {
    outcome = item.work(*session_);
  } catch (const std::exception& thrown) {
    outcome = fail(error_of(thrown));
  }
  if (!in_transaction(*session_)) {
    // A full disk, for one: SQLite has undone everything, also what this write did before it failed.
    if (outcome) outcome = fail(ErrorCode::kUnavailable, "the ledger's transaction was undone");
    return outcome;
  }
  if (!outcome) static_cast<void>(execute("ROLLBACK TO SAVEPOINT work"));
  if (auto released = execute("RELEASE SAVEPOINT work"); !released) return released;
  return outcome;
}

Result<void> GroupWriter::execute(const char* statement) {
  try {
    *session_ << statement;
    return {};
  } catch (const std::exception& thrown) {
    return fail(error_of(thrown));
  }
}

void GroupWriter::report(std::span<Item> items) {
  {
    const std::lock_guard lock(mutex_);
    under_way_ -= static_cast<std::uint32_t>(items.size());
  }
  for (Item& item : items) item.done(item.outcome);
}

}  // namespace postreeve
