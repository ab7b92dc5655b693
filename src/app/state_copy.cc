#include "app/state_copy.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "app/secret_key.h"
#include "store/ledger/ledger_copy.h"
#include "store/record_copy.h"

namespace postreeve {
namespace {

// By whatever paths.
bool is_one_file(const std::string& one, const std::string& other) {
  std::error_code failure;
  return one == other || std::filesystem::equivalent(one, other, failure);
}

}  // namespace

StateCopy::StateCopy(const Serving& from, const Serving& to, bool replaces)
    : from_(from), to_(to), replaces_(replaces), marker_file_(copy_marker_file(to)) {}

std::string StateCopy::marker_words() const {
  return fmt::format("{}:{}", host_name(), marker_file_);
}

Result<StateCopyPlan> StateCopy::look(bool makes) {
  if (const auto done = decide_parts(); !done) return fail(done.error());
  if (const auto done = lock(makes); !done) return fail(done.error());
  if (const auto done = find_keys(); !done) return fail(done.error());
  for (const StateEnd* end : {&from_, &to_}) {
    if (const auto free = end->check_that_nobody_serves(); !free) return fail(free.error());
  }
  if (const auto done = count(); !done) return fail(done.error());
  if (const auto done = check_marker(); !done) return fail(done.error());
  if (const auto done = check_destination(); !done) return fail(done.error());
  return plan_;
}

Result<void> StateCopy::decide_parts() {
  const StatePlace& from = from_.place();
  const StatePlace& to = to_.place();
  plan_.records_move = !is_one_file(from.records, to.records);
  plan_.ledger_moves = !is_one_file(from.ledger, to.ledger);
  if (!plan_.records_move && !plan_.ledger_moves)
    return fail(ErrorCode::kInvalidInput, "both configurations keep everything at the same place");
  const bool are_both_on_servers =
      !from_.serving().ledger.connection.empty() && !to_.serving().ledger.connection.empty();
  if (plan_.ledger_moves && are_both_on_servers && from_.serving().state_path == to_.serving().state_path)
    return fail(ErrorCode::kInvalidInput,
                "between two servers of PostgreSQL each configuration needs a [state] path of its own");
  const bool is_from_file = (plan_.records_move && from_.serving().redis.empty()) ||
                            (plan_.ledger_moves && from_.serving().ledger.connection.empty());
  std::error_code failure;
  if (is_from_file && !std::filesystem::exists(from_.serving().state_path, failure))
    return fail(ErrorCode::kNotFound, fmt::format("{}: there is no state", from_.serving().state_path));
  return {};
}

Result<void> StateCopy::lock(bool makes) {
  if (auto locked = from_.lock(makes); !locked) return locked;
  const bool is_one = is_one_file(from_.serving().state_path + ".lock", to_.serving().state_path + ".lock");
  return is_one ? Result<void>{} : to_.lock(makes);
}

Result<void> StateCopy::find_keys() {
  const std::string file = key_file_of(from_.serving());
  const std::string other = key_file_of(to_.serving());
  const auto key = load_key(file);
  if (!key) return fail(key.error());
  key_ = *key;
  const auto key_there = load_key(other);
  plan_.copies_key = !key_there && key_there.error().code == ErrorCode::kNotFound;
  if (!key_there && !plan_.copies_key) return fail(key_there.error());
  if (key_there && key_there->bytes != key->bytes)
    return fail(ErrorCode::kConflict,
                fmt::format("{}: it is another key than {}, and names would not be found again; let both "
                            "configurations name the same key_file, or move this one away",
                            other, file));
  for (StateEnd* end : {&from_, &to_}) {
    if (auto used = end->use_key(key_); !used) return used;
  }
  return {};
}

Result<void> StateCopy::count() {
  const auto number = [](bool moves, Result<std::uint64_t> (StateEnd::*of)() const, const StateEnd& end,
                         std::uint64_t& into) -> Result<void> {
    if (!moves) return {};
    const auto counted = (end.*of)();
    if (!counted) return fail(counted.error());
    into = *counted;
    return {};
  };
  Result<void> done = number(plan_.records_move, &StateEnd::records, from_, plan_.records);
  if (done) done = number(plan_.records_move, &StateEnd::records, to_, plan_.records_there);
  if (done) done = number(plan_.ledger_moves, &StateEnd::ledger_rows, from_, plan_.rows);
  if (done) done = number(plan_.ledger_moves, &StateEnd::ledger_rows, to_, plan_.rows_there);
  return done;
}

// Of an interrupted copy into the destination, or into the source, which is then no source.
Result<void> StateCopy::check_marker() {
  const auto into_source = read_copy_marker(copy_marker_file(from_.serving()));
  if (!into_source) return fail(into_source.error());
  if (*into_source && (*into_source)->to == from_.place())
    return fail(ErrorCode::kConflict, fmt::format("{}: the copy into the source itself is not complete",
                                                  copy_marker_file(from_.serving())));
  const auto found = read_copy_marker(marker_file_);
  if (!found) return fail(found.error());
  const bool is_ours = *found && (*found)->from == from_.place() && (*found)->to == to_.place();
  if (is_ours) found_ = **found;
  plan_.goes_on = is_ours;
  for (const StateEnd* end : {&from_, &to_}) {
    const auto copy = plan_.records_move ? end->copy_into_redis() : std::string();
    if (!copy) return fail(copy.error());
    if (copy->empty() || (end == &to_ && (replaces_ || (is_ours && *copy == marker_words())))) continue;
    return fail(ErrorCode::kConflict,
                fmt::format("{}: another copy into it is not complete ({})", end->records_name(), *copy));
  }
  if (!*found || is_ours || replaces_) return {};
  return fail(ErrorCode::kConflict,
              fmt::format("{}: a copy from {} is not complete; complete that one, or add --replace",
                          marker_file_, (*found)->from.records));
}

Result<void> StateCopy::check_destination() const {
  if (plan_.goes_on || replaces_) return {};
  if (plan_.records_there > 0)
    return fail(ErrorCode::kConflict, fmt::format("{}: there are {} records already; --replace deletes them",
                                                  to_.records_name(), plan_.records_there));
  if (plan_.rows_there > 0)
    return fail(ErrorCode::kConflict,
                fmt::format("{}: a ledger of {} rows is there already; --replace deletes it",
                            to_.ledger_name(), plan_.rows_there));
  return {};
}

Result<StateCopied> StateCopy::run(const StateCopyProgress& progress) {
  StateCopied copied;
  if (const auto done = begin(); !done) return fail(done.error());
  if (plan_.records_move) {
    if (const auto done = copy_records(copied, progress); !done) return fail(done.error());
    if (const auto done = copy_counters(copied); !done) return fail(done.error());
  }
  if (plan_.ledger_moves) {
    if (const auto done = copy_ledger(copied, progress); !done) return fail(done.error());
  }
  if (const auto done = finish(); !done) return fail(done.error());
  return copied;
}

// The marker goes before everything that is written.
Result<void> StateCopy::begin() {
  if (plan_.copies_key) {
    const auto copied = copy_key(key_file_of(from_.serving()), key_file_of(to_.serving()));
    if (!copied) return copied;
  }
  if (plan_.ledger_moves) {
    const auto opened = from_.open_ledger();
    if (!opened) return fail(opened.error());
    ledger_from_ = *opened;
    const auto half = is_half_copied(*ledger_from_);
    if (!half) return fail(half.error());
    if (*half)
      return fail(ErrorCode::kConflict,
                  fmt::format("{}: a copy into it is not complete", from_.ledger_name()));
  }
  const auto as_of = from_.as_of();
  if (!as_of) return fail(as_of.error());
  if (found_ && found_->as_of != *as_of && !replaces_)
    return fail(
        ErrorCode::kConflict,
        "a `postreeve serve` has used the source since the copy was interrupted; --replace deletes what "
        "was copied and begins anew");
  const bool goes_on = found_ && found_->as_of == *as_of;
  const bool is_emptying = goes_on ? found_->is_emptying : replaces_;
  marker_ = {from_.place(), to_.place(), *as_of, is_emptying};
  if (auto written = write_copy_marker(marker_file_, marker_); !written) return written;
  if (plan_.records_move) {
    if (auto marked = to_.mark_copy(marker_words()); !marked) return marked;
  }
  if (auto opened = open(); !opened) return opened;
  return is_emptying ? empty() : Result<void>{};
}

Result<void> StateCopy::open() {
  if (plan_.records_move) {
    const auto from = from_.open_records();
    if (!from) return fail(from.error());
    const auto to = to_.open_records();
    if (!to) return fail(to.error());
    records_from_ = *from;
    records_to_ = *to;
    // Two names of one Redis.
    const auto copy = from_.copy_into_redis();
    if (!copy) return fail(copy.error());
    if (*copy == marker_words()) {
      (void)to_.unmark_copy();
      (void)remove_copy_marker(marker_file_);
      return fail(ErrorCode::kInvalidInput, "both configurations name the same Redis");
    }
  }
  if (!plan_.ledger_moves) return {};
  const auto to = to_.open_ledger();
  if (!to) return fail(to.error());
  ledger_to_ = *to;
  const auto is_one = are_one_ledger(*ledger_from_, *ledger_to_);
  if (!is_one) return fail(is_one.error());
  if (!*is_one) return {};
  (void)remove_copy_marker(marker_file_);
  return fail(ErrorCode::kInvalidInput, "both configurations name the same database of PostgreSQL");
}

Result<void> StateCopy::empty() {
  if (plan_.records_move) {
    if (auto cleared = records_to_->clear(); !cleared) return cleared;
  }
  if (plan_.ledger_moves) {
    if (auto cleared = clear_ledger(*ledger_to_); !cleared) return cleared;
  }
  marker_.is_emptying = false;
  return write_copy_marker(marker_file_, marker_);
}

Result<void> StateCopy::copy_records(StateCopied& copied, const StateCopyProgress& progress) {
  const auto tell = [&](std::string_view what) {
    return [&, what](std::uint64_t done) { progress(what, done, plan_.records); };
  };
  if (auto done = postreeve::copy_records(*records_from_, *records_to_, tell("records")); !done) return done;
  const auto counts = check_records(*records_from_, *records_to_, tell("records compared"));
  if (!counts) return fail(counts.error());
  copied.records = counts->accounts;
  return {};
}

Result<void> StateCopy::copy_counters(StateCopied& copied) {
  MemorySharedCounters counters;
  auto dropped = from_.read_counters(counters);
  if (!dropped) return fail(dropped.error());
  const auto written = to_.write_counters(counters);
  if (!written) return fail(written.error());
  copied.dropped = std::move(*dropped);
  copied.counters = *written;
  return {};
}

Result<void> StateCopy::copy_ledger(StateCopied& copied, const StateCopyProgress& progress) {
  std::uint64_t before = 0;  // rows of the tables before this one
  std::uint64_t latest = 0;
  std::string of;
  const auto tell = [&](std::string_view table, std::uint64_t rows) {
    if (table != of) {
      before += latest;
      of = table;
    }
    latest = rows;
    progress("rows of the ledger", before + latest, plan_.rows);
  };
  if (auto done = postreeve::copy_ledger(*ledger_from_, *ledger_to_, tell); !done) return done;
  const auto from = count_ledger(*ledger_from_);
  if (!from) return fail(from.error());
  const auto to = count_ledger(*ledger_to_);
  if (!to) return fail(to.error());
  for (std::size_t i = 0; i < from->size(); ++i) {
    const TableCount& source = (*from)[i];
    const TableCount& there = (*to)[i];
    if (source != there)
      return fail(ErrorCode::kCorrupt, fmt::format("{}: the table {} has {} rows, {} were copied",
                                                   to_.ledger_name(), source.table, there.rows, source.rows));
    copied.rows += there.rows;
  }
  return {};
}

Result<void> StateCopy::finish() {
  const auto as_of = from_.as_of();
  if (!as_of) return fail(as_of.error());
  if (*as_of != marker_.as_of)
    return fail(ErrorCode::kConflict,
                "a `postreeve serve` has used the source meanwhile; stop it and copy with --replace");
  if (plan_.records_move) {
    if (auto unmarked = to_.unmark_copy(); !unmarked) return unmarked;
  }
  return remove_copy_marker(marker_file_);
}

}  // namespace postreeve
