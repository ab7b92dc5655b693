#include "store/ledger/group_writer.h"

#include <soci/soci.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "store/ledger/group_transaction.h"

namespace postreeve {
namespace {

// Bounds how long the first of a group waits for the last.
constexpr std::size_t kMostTogether = 1'000;

Attempt attempt_in_sqlite(soci::session& session, const SharedTurn& turn, std::span<WriteItem> group,
                          Error& why) {
  const std::unique_lock taken = take_turn(turn);
  // IMMEDIATE takes the write lock at once: a transaction that began by reading could find later that
  // another connection has written meanwhile.
  return attempt_group(session, {.begin = "BEGIN IMMEDIATE"}, group, why);
}

}  // namespace

// A write that brings the transaction down with it (a full disk) must not take the others along: they are
// tried again, each for itself.
GroupWriter::Commit sqlite_commit(std::unique_ptr<soci::session> session, SharedTurn turn) {
  return [session = std::move(session), turn = std::move(turn)](std::span<WriteItem> group) {
    Error why;
    const auto refuse = [&why](std::span<WriteItem> items) {
      for (WriteItem& item : items) item.outcome = fail(why);
    };
    if (group.empty()) return;
    const Attempt together = attempt_in_sqlite(*session, turn, group, why);
    if (together == Attempt::kDecided) return;
    if (together == Attempt::kNoTransaction || group.size() == 1) return refuse(group);
    for (std::size_t i = 0; i < group.size(); ++i) {
      const Attempt alone = attempt_in_sqlite(*session, turn, group.subspan(i, 1), why);
      if (alone == Attempt::kNoTransaction) return refuse(group.subspan(i));
      if (alone != Attempt::kDecided) refuse(group.subspan(i, 1));
    }
  };
}

GroupWriter::GroupWriter(Commit commit, std::uint32_t most_waiting)
    : commit_(std::move(commit)), most_waiting_(most_waiting), thread_([this] { run(); }) {}

GroupWriter::~GroupWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void GroupWriter::write(WriteItem item) {
  std::unique_lock lock(mutex_);
  if (queue_.size() + under_way_ < most_waiting_) {
    queue_.push_back(std::move(item));
    lock.unlock();
    wake_.notify_one();
    return;
  }
  lock.unlock();
  item.done(
      fail(ErrorCode::kLimitExceeded, fmt::format("{} writes wait for the ledger already", most_waiting_)));
}

void GroupWriter::poke() {
  {
    const std::lock_guard lock(mutex_);
    is_poked_ = true;
  }
  wake_.notify_one();
}

std::uint32_t GroupWriter::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::uint32_t>(queue_.size()) + under_way_;
}

void GroupWriter::run() {
  while (true) {
    std::vector<WriteItem> group;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || is_poked_ || !queue_.empty(); });
      if (queue_.empty() && stopping_) return;
      is_poked_ = false;
      const auto count = std::min(queue_.size(), kMostTogether);
      const auto end = std::next(queue_.begin(), static_cast<std::ptrdiff_t>(count));
      group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
      queue_.erase(queue_.begin(), end);
      under_way_ = static_cast<std::uint32_t>(count);
    }
    commit_(group);
    report(group);
  }
}

void GroupWriter::report(std::span<WriteItem> items) {
  {
    const std::lock_guard lock(mutex_);
    under_way_ -= static_cast<std::uint32_t>(items.size());
  }
  for (WriteItem& item : items) item.done(item.outcome);
}

}  // namespace postreeve
