#include "intake/follow_run.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "intake/reread_index.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostLinesAStep = 4096;
// What joins neighbouring lines without a queue ID (a login that two programs report) is within this.
constexpr Duration kLookBack = std::chrono::minutes{2};

struct File {
  File(const std::string& path, const std::optional<FollowedSoFar>& so_far, bool from_beginning,
       FileFollower::Notice notice, CivilZone& zone, Timestamp now)
      : follower(path, so_far, from_beginning, std::move(notice)), clock(zone, YearHint{{}, now}) {}

  [[nodiscard]] bool has_line() const { return next < batch.lines().size(); }

  FileFollower follower;
  LogClock clock;
  RereadIndex index;
  LineBatch batch;
  std::size_t next = 0;  // in the batch: the line that `line` was parsed from
  LogLine line;
  // Of the line that comes next; a line without a time has that of the line before.
  std::optional<Timestamp> time;
  bool may_have_more = true;
  std::optional<FileCheckpoint> before;  // as whoever ran before us left it
  FilePosition handed_on_before;         // what is up to there is not handed on again
  FilePosition handed_on;
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  std::optional<Timestamp> last_line;
  std::optional<Timestamp> last_read;
};

}  // namespace

struct FollowRun::Impl {
  Impl(FollowOptions wanted, CivilZone of_lines, Sink to, Notice notices)
      : options(std::move(wanted)),
        zone(std::move(of_lines)),
        sink(std::move(to)),
        notice(std::move(notices)),
        joiner(options.joiner, [this](Event&& event) { hand_on(std::move(event)); }) {}

  void open_files(Timestamp now);
  void hand_on(Event&& event);
  void refill(File& file, Timestamp now);
  void parse_next(File& file);
  [[nodiscard]] File* first_of_all();
  void take(File& file, Timestamp now);
  void count_unparsed(const File& file, std::string_view text);
  [[nodiscard]] FollowCheckpoint checkpoint(Timestamp now);
  void save(Timestamp now);

  FollowOptions options;
  CivilZone zone;
  Sink sink;
  Notice notice;
  std::vector<std::unique_ptr<File>> files;
  Joiner joiner;
  std::uint64_t sequence = 0;         // of the last line taken
  std::uint64_t oldest_open = 1;      // as found ...
  std::uint64_t oldest_found_at = 0;  // ... when this line was taken
  Timestamp log_time{};               // the latest that lines named
  Timestamp taken_at{};               // by our clock
  Timestamp saved_at{};
  std::vector<FileCheckpoint> saved;
  bool saving_fails = false;
  std::map<std::string, Unparsed> unparsed;
  std::uint64_t events = 0;
  std::uint64_t events_again = 0;
};

void FollowRun::Impl::open_files(Timestamp now) {
  FollowCheckpoint before;
  if (!options.checkpoint_file.empty()) {
    auto loaded = load_checkpoint(options.checkpoint_file);
    if (loaded) {
      before = *std::move(loaded);
    } else if (loaded.error().code != ErrorCode::kNotFound) {
      notice("",
             fmt::format("the checkpoint {} cannot be used ({}): the logs are followed as at a first start",
                         options.checkpoint_file, loaded.error().detail));
    }
  }
  for (const auto& path : options.files) {
    const auto known = std::ranges::find(before.files, path, &FileCheckpoint::path);
    std::optional<FollowedSoFar> so_far;
    if (known != before.files.end()) so_far = {known->generations, known->read_from, before.written};
    auto tell = [this, path](const std::string& sentence) { notice(path, sentence); };
    auto file = std::make_unique<File>(path, so_far, options.from_beginning, std::move(tell), zone, now);
    if (known != before.files.end()) {
      file->before = *known;
      file->handed_on = file->handed_on_before = known->handed_on;
    }
    files.push_back(std::move(file));
  }
}

void FollowRun::Impl::hand_on(Event&& event) {
  const LineMark& line = joiner.line_of_event();
  File& file = *files[line.file];
  if (line.at <= file.handed_on_before) {
    ++events_again;
    return;
  }
  file.handed_on = std::max(file.handed_on, line.at);
  ++events;
  sink(std::move(event));
}

void FollowRun::Impl::refill(File& file, Timestamp now) {
  constexpr int kMostReads = 16;  // of a file without line breaks
  file.clock.set_latest(now);
  for (int reads = 0; !file.has_line() && reads < kMostReads; ++reads) {
    file.batch.clear();
    file.next = 0;
    file.may_have_more = file.follower.read(file.batch, now);
    if (!file.may_have_more) break;
  }
  if (file.has_line()) {
    file.last_read = now;
    parse_next(file);
  }
}

void FollowRun::Impl::parse_next(File& file) {
  const auto& entry = file.batch.lines()[file.next];
  file.line = parse_log_line(file.batch.text(entry));
  // Half a line may say something else than the whole.
  if (entry.is_cut) file.line.record = NotUnderstood{};
  if (!file.line.stamp) return;
  file.time = file.clock.read(*file.line.stamp);
  file.last_line = file.time;
}

File* FollowRun::Impl::first_of_all() {
  File* first = nullptr;
  for (const auto& file : files) {
    if (file->has_line() && (first == nullptr || file->time < first->time)) first = file.get();
  }
  return first;
}

void FollowRun::Impl::take(File& file, Timestamp now) {
  const auto& entry = file.batch.lines()[file.next];
  const auto number = std::ranges::find(files, &file, [](const auto& one) { return one.get(); });
  ++sequence;
  file.index.note(sequence, entry.at, file.bytes, now);
  file.bytes += entry.size + 1;
  ++file.lines;
  if (std::holds_alternative<NotUnderstood>(file.line.record)) count_unparsed(file, file.batch.text(entry));
  if (file.time) {
    // A stamp ahead of us (a clock that was an hour off at boot) would hold log time until we are there.
    const Timestamp time = std::min(*file.time, now);
    log_time = std::max(log_time, time);
    taken_at = now;
    joiner.add(time, file.line.host, file.line.record,
               {sequence, static_cast<std::uint32_t>(number - files.begin()), entry.at});
  }
  ++file.next;
  if (file.has_line()) {
    parse_next(file);
  } else if (file.may_have_more) {
    refill(file, now);
  }
}

void FollowRun::Impl::count_unparsed(const File& file, std::string_view text) {
  count_unparsed_line(unparsed[std::string(to_text(file.line.program))], file.follower.path(), text);
}

FollowCheckpoint FollowRun::Impl::checkpoint(Timestamp now) {
  // Looking at every message is dear; what was the oldest then is none the worse.
  if (sequence - oldest_found_at >= joiner.known_messages() / 64) {
    oldest_open = joiner.oldest_open().value_or(sequence + 1);
    oldest_found_at = sequence;
  }
  FollowCheckpoint checkpoint{now, {}};
  for (const auto& file : files) {
    if (!file->follower.has_begun()) {  // it could not be read yet
      if (file->before) checkpoint.files.push_back(*file->before);
      continue;
    }
    const auto at = file->has_line() ? file->batch.lines()[file->next].at : file->follower.position();
    file->index.note(sequence + 1, at, file->bytes, now);
    const auto from = file->index.place_of(oldest_open, now - kLookBack, options.most_reread_bytes);
    FileCheckpoint entry{file->follower.path(), from, file->handed_on, {}};
    for (const auto& generation : file->follower.generations()) {
      if (generation.number >= from.generation) entry.generations.push_back(generation);
    }
    checkpoint.files.push_back(std::move(entry));
  }
  return checkpoint;
}

void FollowRun::Impl::save(Timestamp now) {
  saved_at = now;
  if (options.checkpoint_file.empty()) return;
  auto current = checkpoint(now);
  if (current.files == saved) return;
  const auto done = save_checkpoint(current, options.checkpoint_file);
  if (!done && !saving_fails) {
    notice("", "the checkpoint is not kept: " + done.error().detail);
  }
  saving_fails = !done;
  if (done) saved = std::move(current.files);
}

FollowRun::FollowRun(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FollowRun::~FollowRun() = default;

Result<std::unique_ptr<FollowRun>> FollowRun::open(const FollowOptions& options, Timestamp now, Sink sink,
                                                   Notice notice) {
  auto zone = CivilZone::open(options.time_zone);
  if (!zone) return fail(zone.error());
  auto impl = std::make_unique<Impl>(options, std::move(*zone), std::move(sink), std::move(notice));
  impl->open_files(now);
  impl->save(now);
  return std::unique_ptr<FollowRun>(new FollowRun(std::move(impl)));
}

bool FollowRun::step(Timestamp now) {
  Impl& run = *impl_;
  for (const auto& file : run.files) {
    if (!file->has_line()) run.refill(*file, now);
  }
  std::size_t taken = 0;
  for (File* file = run.first_of_all(); file != nullptr && taken < kMostLinesAStep;
       file = run.first_of_all()) {
    run.take(*file, now);
    ++taken;
  }
  // Without lines log time goes on as ours does, however far apart the two are.
  if (taken == 0 && run.sequence > 0) run.joiner.wait_until(run.log_time + (now - run.taken_at));
  if (now - run.saved_at >= run.options.checkpoint_pause || now < run.saved_at) run.save(now);
  return std::ranges::any_of(run.files,
                             [](const auto& file) { return file->has_line() || file->may_have_more; });
}

void FollowRun::stop(Timestamp now) {
  impl_->oldest_found_at = 0;
  impl_->save(now);
}

std::vector<int> FollowRun::watches() const {
  std::vector<int> watches;
  for (const auto& file : impl_->files) {
    if (file->follower.watch() >= 0) watches.push_back(file->follower.watch());
  }
  return watches;
}

void FollowRun::forget_changes() {
  for (const auto& file : impl_->files) file->follower.forget_changes();
}

FollowStatus FollowRun::status() const {
  FollowStatus status{{}, impl_->unparsed, impl_->events, impl_->events_again};
  for (const auto& file : impl_->files) {
    status.files.push_back({file->follower.path(), file->follower.state(), file->lines,
                            file->follower.bytes_behind(), file->last_line, file->last_read});
  }
  return status;
}

}  // namespace postreeve
