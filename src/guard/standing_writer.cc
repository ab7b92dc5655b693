#include "guard/standing_writer.h"

#include <exception>
#include <future>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace postreeve {
namespace {

constexpr std::size_t kMostKept = 100'000;

// What time brings about or is in records is found again, and what is no entry never becomes one.
bool is_worth_keeping(const StandingEntry& entry, const Error& error) {
  return !entry.needs_stored && !entry.only_if_absent && error.code != ErrorCode::kInvalidInput;
}

}  // namespace

class StandingWriter::UnderWay {
 public:
  explicit UnderWay(StandingWriter& writer) : writer_(&writer) {
    const std::scoped_lock lock(writer.mutex_);
    ++writer.under_way_;
  }
  UnderWay(UnderWay&& other) noexcept : writer_(std::exchange(other.writer_, nullptr)) {}
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  ~UnderWay() {
    if (writer_ == nullptr) return;
    const std::scoped_lock lock(writer_->mutex_);
    if (--writer_->under_way_ == 0) writer_->all_answered_.notify_all();
  }

 private:
  StandingWriter* writer_;
};

StandingWriter::StandingWriter(IncidentBook& incidents, Hooks hooks)
    : incidents_(incidents), hooks_(std::move(hooks)) {}

StandingWriter::~StandingWriter() {
  wait_until_answered();
}

// What is in the ledger of the standing before says which of the two is done.
void StandingWriter::choose_actions(StandingEntry& entry) const {
  if (!hooks_.respond || !entry.actions.empty() || !entry.actions_after_observed.empty()) return;
  try {
    entry.actions = hooks_.respond(entry, false);
    entry.actions_after_observed =
        is_restriction(entry.change.before.level) ? hooks_.respond(entry, true) : entry.actions;
  } catch (const std::exception& failure) {
    entry.actions.clear();
    if (hooks_.failed)
      hooks_.failed(fmt::format("what a change of standing calls for is not done: {}", failure.what()));
  }
}

void StandingWriter::write(StandingEntry entry, LedgerDatabase::Committed done) {
  choose_actions(entry);
  auto answered = [this, under_way = UnderWay(*this), entry,
                   done = std::move(done)](const Result<void>& written) mutable {
    const UnderWay ends(std::move(under_way));
    settle(std::move(entry), done, written);
  };
  incidents_.record(std::move(entry), std::move(answered));
}

void StandingWriter::settle(StandingEntry entry, LedgerDatabase::Committed& done,
                            const Result<void>& written) {
  const bool has_actions = !entry.actions.empty() || !entry.actions_after_observed.empty();
  if (!written && is_worth_keeping(entry, written.error())) keep(std::move(entry));
  done(written);
  if (written && has_actions && hooks_.actions_recorded) hooks_.actions_recorded();
}

void StandingWriter::keep(StandingEntry entry) {
  {
    const std::scoped_lock lock(mutex_);
    if (kept_.size() < kMostKept) {
      kept_.push_back(std::move(entry));
      return;
    }
  }
  if (hooks_.failed) hooks_.failed("a change of standing is not written: too many wait to be written again");
}

// One first: a disk that is full is not asked a thousand times a second.
void StandingWriter::write_what_was_kept() {
  std::deque<StandingEntry> entries;  // NOLINT(misc-const-correctness): clang-tidy 19 sees no change of it
  {
    const std::scoped_lock lock(mutex_);
    if (kept_.empty()) return;
    entries.swap(kept_);
  }
  if (!write_and_wait(std::move(entries.front()))) {
    const std::scoped_lock lock(mutex_);
    kept_.insert(kept_.begin(), std::next(entries.begin()), entries.end());
    return;
  }
  for (entries.pop_front(); !entries.empty(); entries.pop_front()) write(std::move(entries.front()));
}

Result<StandingChange> StandingWriter::write_and_wait(StandingEntry entry) {
  const StandingChange change = entry.change;
  std::promise<Result<void>> promise;
  std::future<Result<void>> written = promise.get_future();
  write(std::move(entry), [&promise](const Result<void>& result) { promise.set_value(result); });
  const Result<void> result = written.get();
  if (result) return change;
  return fail(
      result.error().code,
      "it is in effect, but a restart would forget it; writing is tried again: " + result.error().detail);
}

std::size_t StandingWriter::unwritten() const {
  const std::scoped_lock lock(mutex_);
  return kept_.size();
}

void StandingWriter::wait_until_answered() {
  std::unique_lock lock(mutex_);
  all_answered_.wait(lock, [this] { return under_way_ == 0; });
}

}  // namespace postreeve
