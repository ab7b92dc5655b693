#include "app/housekeeping.h"

#include <utility>

#include "app/clock.h"
#include "app/service_manager.h"
#include "app/shared_tending.h"

namespace postreeve {
namespace {

constexpr unsigned kMinute = 60;
constexpr unsigned kHour = 3600;
// After the first rush of a start, and not an hour later: who restarts more often keeps nothing too long.
constexpr unsigned kFirstRetention = 5;

}  // namespace

Housekeeping::Housekeeping(Parts parts)
    : parts_(std::move(parts)),
      pulse_(parts_.context),
      retention_due_(kFirstRetention),
      flushing_([this](const std::stop_token&) { (void)parts_.state.flush_books(); }),
      restoring_([this](const std::stop_token& stop) { restore(stop); }),
      retaining_([this](const std::stop_token& stop) { retain(stop); }) {}

void Housekeeping::tend(unsigned turn) {
  if (pulse_.beats()) feed_watchdog();
  const bool has_duty = parts_.state.database->has_duty();
  parts_.guard.tend(has_duty);
  parts_.responder.tell_of_the_fuse(parts_.guard, has_duty);
  tell_of_the_disk();
  if (parts_.state.shared && tend_shared(*parts_.state.shared, parts_.logger)) restoring_.ask();
  if (turn % 2 == 0) flushing_.ask();
  if (turn % kMinute == 0 || parts_.guard.rules()->valid_until() <= now()) refresh_rules();
  if (turn < retention_due_ || !has_duty) return;
  retention_due_ = turn + kHour;
  retaining_.ask();
}

// Lists that cannot be read are read again at the next turn; it is said once a minute.
void Housekeeping::refresh_rules() {
  const Result<void> refreshed = parts_.refresh_rules();
  if (refreshed || now() < quiet_until_) return;
  quiet_until_ = now() + std::chrono::minutes{1};
  parts_.logger.error("lists could not be read: {}", refreshed.error().detail);
}

void Housekeeping::restore(const std::stop_token& stop) {
  if (const Result<void> restored = parts_.guard.restore(stop); !restored)
    parts_.logger.error("standings could not be read from the ledger: {}", restored.error().detail);
}

void Housekeeping::retain(const std::stop_token& stop) {
  const State& state = parts_.state;
  const auto retained = apply_retention(*state.database, parts_.retention, state.key, now(), stop);
  if (!retained) parts_.logger.error("what is too old was not deleted: {}", retained.error().detail);
}

// Once when it begins and once when it is over.
void Housekeeping::tell_of_the_disk() {
  const AccountStoreHealth health = parts_.state.health();
  const std::size_t unwritten = parts_.guard.unwritten();
  const bool is_written = health.writing && unwritten == 0;
  if (is_written != told_of_full_disk_) return;
  told_of_full_disk_ = !is_written;
  if (is_written) {
    parts_.logger.info("the state is written again");
    return;
  }
  parts_.logger.error(
      "the state cannot be written ({}); {} records and {} changes of standings are in memory only, mail is "
      "judged all the same",
      health.writing ? "a write of the ledger failed" : health.writing.error().detail, health.dirty,
      unwritten);
}

void Housekeeping::finish() {
  restoring_.finish();
  retaining_.finish();
  flushing_.finish();
}

}  // namespace postreeve
