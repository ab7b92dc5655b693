#include "intake/file_follower.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include <fmt/format.h>

namespace postreeve {
namespace {

constexpr std::size_t kReadBytes = 64UL * 1024;
// Programs that hold the old file open still write to it until they are told to open the new one.
constexpr Duration kLateWriters = std::chrono::seconds{10};

Timestamp modified_at(const struct stat& facts) {
  const auto time =
      std::chrono::seconds{facts.st_mtim.tv_sec} + std::chrono::nanoseconds{facts.st_mtim.tv_nsec};
  return Timestamp{std::chrono::duration_cast<Duration>(time)};
}

std::uint64_t size_of(const struct stat& facts) {
  return static_cast<std::uint64_t>(std::max<off_t>(facts.st_size, 0));
}

bool begins_a_line(int file, std::uint64_t offset) {
  char before = '\n';
  return offset == 0 || ::pread(file, &before, 1, static_cast<off_t>(offset - 1)) != 1 || before == '\n';
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

std::string_view to_text(FollowState state) noexcept {
  constexpr std::array<std::string_view, 3> kTexts{"following", "missing", "unreadable"};
  return kTexts[static_cast<std::size_t>(state)];
}

FileFollower::FileFollower(std::string path, const std::optional<FollowedSoFar>& so_far, bool from_beginning,
                           Notice notice)
    : path_(std::move(path)), notice_(std::move(notice)), so_far_(so_far), buffer_(kReadBytes, '\0') {
  watch_ = Descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  // A file that cannot be read yet shows its size: what comes from now on counts. One that a checkpoint knows
  // as not there yet is new.
  struct stat facts{};
  const bool is_there = ::stat(path_.c_str(), &facts) == 0;
  first_offset_ = is_there && !from_beginning && !so_far ? size_of(facts) : 0;
  watch_file();
  begin();
}

void FileFollower::begin() {
  if (so_far_ && !so_far_->generations.empty()) {
    go_on();
  } else {
    begin_fresh();
  }
}

void FileFollower::begin_fresh() {
  auto file = open_path();
  if (state_ == FollowState::kUnreadable) return;
  has_begun_ = true;
  if (!file) {
    first_offset_ = 0;  // a file that comes later is new
    return;
  }
  add_live(std::move(file), ++last_generation_, first_offset_.value_or(0));
}

void FileFollower::go_on() {
  auto file = open_path();
  if (state_ == FollowState::kUnreadable) return;  // who can say which file it is?
  generations_ = so_far_->generations;
  last_generation_ = generations_.back().number;
  // Neither there nor rotated away: its disk is not mounted, perhaps.
  if (!file && !is_rotated(generations_.back())) return;
  has_begun_ = true;
  const auto number = known_number(file);
  go_on_with_rotated(number.value_or(0));
  if (!number) add_rotated_since(so_far_->time);
  if (!file) return;
  const bool is_left_off = number && *number == so_far_->at.generation;
  add_live(std::move(file), number ? *number : ++last_generation_, is_left_off ? so_far_->at.offset : 0);
}

bool FileFollower::is_rotated(const FileGeneration& known) const {
  return std::ranges::any_of(rotated_files(path_),
                             [&](const RotatedFile& file) { return holds(file, known.identity); });
}

// The number of a file that lay at the path before.
std::optional<std::uint32_t> FileFollower::known_number(const Descriptor& file) const {
  const auto identity = file ? identify(file.get()) : std::nullopt;
  if (!identity) return std::nullopt;
  const auto known = std::ranges::find_if(generations_, [&](const FileGeneration& before) {
    return identity->inode == before.identity.inode && identity->device == before.identity.device &&
           still_begins_with(file.get(), before.identity);
  });
  return known == generations_.end() ? std::nullopt : std::optional(known->number);
}

// What was left of the files that lay at the path before: they are among the rotated ones now.
void FileFollower::go_on_with_rotated(std::uint32_t live) {
  const auto rotated = rotated_files(path_);
  const auto known = generations_;
  for (const auto& past : known) {
    if (past.number < so_far_->at.generation || past.number == live) continue;
    const auto& wanted = past.identity;
    auto found = std::ranges::find_if(rotated, [&](const RotatedFile& file) {
      return file.device == wanted.device && file.inode == wanted.inode && holds(file, wanted);
    });
    if (found == rotated.end() && wanted.head_bytes > 0) {
      found = std::ranges::find_if(rotated, [&](const RotatedFile& file) { return holds(file, wanted); });
    }
    if (found != rotated.end()) {
      const bool is_first = past.number == so_far_->at.generation;
      add_rotated(*found, past.number, is_first ? so_far_->at.offset : 0);
    } else if (wanted.head_bytes > 0) {
      notice_("an earlier file of it is gone that was perhaps not read to its end");
    }
  }
}

void FileFollower::add_rotated(const RotatedFile& file, std::uint32_t generation, std::uint64_t offset) {
  auto source = open_byte_source(file.path);
  if (!source) return notice_(fmt::format("{} cannot be read: {}", file.path, source.error().detail));
  if (sources_.empty()) cutter_.restart({generation, offset});
  sources_.push_back({generation, offset, offset, {}, std::move(*source)});
}

// Files that were at the path since `time` and were rotated away unseen.
void FileFollower::add_rotated_since(Timestamp time) {
  for (const auto& file : rotated_files(path_)) {
    if (file.modified <= time || is_known(file)) continue;
    const Descriptor opened(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    const auto identity = opened ? identify(opened.get()) : std::nullopt;
    if (!identity) {
      notice_(fmt::format("{} cannot be read", file.path));
      continue;
    }
    note_generation(++last_generation_, *identity);
    add_rotated(file, last_generation_, 0);
  }
}

bool FileFollower::is_known(const RotatedFile& file) const {
  return std::ranges::any_of(generations_,
                             [&](const FileGeneration& known) { return holds(file, known.identity); });
}

Descriptor FileFollower::open_path() {
  Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat facts{};
  if (!file && (errno == ENOENT || errno == ENOTDIR)) {
    set_state(FollowState::kMissing, "it is not there yet; it is read when it comes");
  } else if (!file) {
    set_state(FollowState::kUnreadable,
              fmt::format("{}; it is tried again, and nothing is lost once it can be read",
                          file_error(errno).detail));
  } else if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    set_state(FollowState::kUnreadable, "it is no file");
    return {};
  } else {
    set_state(FollowState::kFollowing, "it can be read now");
  }
  return file;
}

void FileFollower::set_state(FollowState state, const std::string& sentence) {
  if (std::exchange(state_, state) != state) notice_(sentence);
}

void FileFollower::add_live(Descriptor file, std::uint32_t generation, std::uint64_t offset) {
  if (const auto identity = identify(file.get())) note_generation(generation, *identity);
  if (sources_.empty()) cutter_.restart({generation, offset}, !begins_a_line(file.get(), offset));
  sources_.push_back({generation, offset, 0, std::move(file), nullptr});
  watch_file();
}

FileGeneration* FileFollower::generation(std::uint32_t number) {
  const auto found = std::ranges::find(generations_, number, &FileGeneration::number);
  return found == generations_.end() ? nullptr : &*found;
}

void FileFollower::note_generation(std::uint32_t number, const FileIdentity& identity) {
  if (FileGeneration* known = generation(number)) {
    known->identity = identity;
    return;
  }
  if (generations_.size() == kMostGenerations) generations_.erase(generations_.begin());
  generations_.push_back({number, identity});
}

bool FileFollower::read(LineBatch& batch, Timestamp now) {
  if (!has_begun_) begin();
  read_late(batch, now);
  if (sources_.empty()) {
    auto file = has_begun_ ? open_path() : Descriptor{};
    if (!file) return false;
    add_live(std::move(file), ++last_generation_, 0);
  }
  if (sources_.front().file) check_cut_off(sources_.front());
  if (read_front(batch) > 0) return true;
  if (sources_.size() > 1 || sources_.front().packed) {
    leave_front(batch, now);
    return true;
  }
  return find_successor(sources_.front());
}

// Reads the next bytes of the file that is at the front; 0 at its end.
std::size_t FileFollower::read_front(LineBatch& batch) {
  Source& front = sources_.front();
  std::size_t got = 0;
  if (front.packed) {
    const auto count = front.packed->read({buffer_.data(), buffer_.size()});
    if (!count) notice_(fmt::format("an earlier file of it: {}", count.error().detail));
    got = count ? *count : 0;
  } else {
    const auto count =
        ::pread(front.file.get(), buffer_.data(), buffer_.size(), static_cast<off_t>(front.offset));
    got = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  const auto skipped = std::min<std::uint64_t>(front.skip, got);
  front.skip -= skipped;
  front.offset += got - skipped;
  cutter_.feed(std::string_view(buffer_).substr(skipped, got - skipped), batch);
  return got;
}

void FileFollower::leave_front(LineBatch& batch, Timestamp now) {
  cutter_.finish(batch);
  Source left = std::move(sources_.front());
  sources_.pop_front();
  if (!sources_.empty()) cutter_.restart({sources_.front().generation, sources_.front().offset});
  if (!left.file) return;
  late_cutter_.restart({left.generation, left.offset});
  late_ = std::move(left);
  late_until_ = now + kLateWriters;
}

void FileFollower::read_late(LineBatch& batch, Timestamp now) {
  if (!late_.file) return;
  const auto count =
      ::pread(late_.file.get(), buffer_.data(), buffer_.size(), static_cast<off_t>(late_.offset));
  if (count > 0) {
    late_.offset += static_cast<std::uint64_t>(count);
    late_cutter_.feed(std::string_view(buffer_).substr(0, static_cast<std::size_t>(count)), batch);
  }
  if (now > late_until_) {
    late_cutter_.finish(batch);
    late_ = {};
  }
}

// Whether another file lies at the path and is written to; it and those between are then sources, and the
// live one is to be read to its end once more, for what was written meanwhile.
bool FileFollower::find_successor(const Source& live) {
  struct stat facts{};
  struct stat here{};
  if (::stat(path_.c_str(), &here) != 0 || ::fstat(live.file.get(), &facts) != 0) return false;
  if (here.st_dev == facts.st_dev && here.st_ino == facts.st_ino) {
    set_state(FollowState::kFollowing, "it can be read now");
    return false;
  }
  watch_file();
  auto next = open_path();
  if (!next || size_of(here) == 0) return false;
  add_rotated_since(modified_at(facts));
  add_live(std::move(next), ++last_generation_, 0);
  return true;
}

// copytruncate: what was not read yet is in the copy.
void FileFollower::check_cut_off(Source& live) {
  struct stat facts{};
  FileGeneration* known = generation(live.generation);
  if (known == nullptr || ::fstat(live.file.get(), &facts) != 0) return;
  if (size_of(facts) >= live.offset && still_begins_with(live.file.get(), known->identity)) {
    if (known->identity.head_bytes < std::min<std::uint64_t>(size_of(facts), FileIdentity::kMostHeadBytes)) {
      known->identity = identify(live.file.get()).value_or(known->identity);
    }
    return;
  }
  const auto was = known->identity;
  const auto rotated = rotated_files(path_);
  const auto copy = std::ranges::find_if(
      rotated, [&](const RotatedFile& file) { return file.inode != facts.st_ino && holds(file, was); });
  Source anew{++last_generation_, 0, 0, std::move(live.file), nullptr};
  note_generation(anew.generation, identify(anew.file.get()).value_or(FileIdentity{}));
  if (auto source = copy == rotated.end()
                        ? Result<std::unique_ptr<ByteSource>>(fail(ErrorCode::kNotFound, ""))
                        : open_byte_source(copy->path)) {
    live.packed = std::move(*source);
    live.skip = live.offset;
    sources_.insert(sources_.begin() + 1, std::move(anew));
    return;
  }
  cutter_.restart({anew.generation, 0});
  live = std::move(anew);
}

std::uint64_t FileFollower::bytes_behind() const {
  struct stat facts{};
  if (sources_.empty() || !sources_.back().file || ::fstat(sources_.back().file.get(), &facts) != 0) return 0;
  const auto size = size_of(facts);
  return size > sources_.back().offset ? size - sources_.back().offset : 0;
}

void FileFollower::watch_file() {
  if (!watch_) return;
  const auto folder = std::filesystem::path(path_).parent_path();
  ::inotify_add_watch(watch_.get(), folder.empty() ? "." : folder.c_str(),
                      IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR);
  ::inotify_add_watch(watch_.get(), path_.c_str(), IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF);
}

void FileFollower::forget_changes() {
  std::array<char, 4096> events{};
  while (watch_ && ::read(watch_.get(), events.data(), events.size()) > 0) {
  }
}

}  // namespace postreeve
