// Follows one log file while it grows, whatever rotation does to it.
//
// Renamed (logrotate's create, `postfix logrotate`): the old file is read to its end, then the new one from
// its beginning; what late writers still append to the old one is read for a while. Cut off (copytruncate):
// read from the beginning again, and what was not read yet from the copy beside it. Rotated while nobody
// looked: the rotated files are read first, compressed or not. Not there yet or not readable: said once,
// tried again every time, and read from its beginning when it comes.
//
// Limits: copytruncate loses what is written between its copy and its cut, as for every reader.
// Memory: one batch, one line.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "intake/byte_source.h"
#include "intake/file_identity.h"
#include "intake/line_cutter.h"
#include "intake/line_mark.h"

namespace postreeve {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  [[nodiscard]] int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

// A file that lay at the path.
struct FileGeneration {
  std::uint32_t number = 0;
  FileIdentity identity;

  friend bool operator==(const FileGeneration&, const FileGeneration&) = default;
};

// Where a reader left off: the files from `at` on, in order, the last of which lay at the path at `time`.
struct FollowedSoFar {
  std::vector<FileGeneration> generations;
  FilePosition at;
  Timestamp time{};
};

enum class FollowState : std::uint8_t { kFollowing, kMissing, kUnreadable };
[[nodiscard]] std::string_view to_text(FollowState state) noexcept;  // "following"

// Not thread-safe.
class FileFollower {
 public:
  // Takes a plain sentence about the file when something changed.
  using Notice = std::function<void(const std::string& sentence)>;

  // Goes on where `so_far` says; without it begins at the end of the file as it is now, or at its beginning.
  // The file need not be there.
  FileFollower(std::string path, const std::optional<FollowedSoFar>& so_far, bool from_beginning,
               Notice notice);
  FileFollower(const FileFollower&) = delete;
  FileFollower& operator=(const FileFollower&) = delete;

  // Adds lines to `batch`, about 64 KiB; true when there may be more at once. `now` is for late writers.
  [[nodiscard]] bool read(LineBatch& batch, Timestamp now);

  // Becomes readable when something may have happened; forget() makes it quiet again. -1: the system has no
  // more watches, and read() has to be tried now and then.
  [[nodiscard]] int watch() const noexcept { return watch_.get(); }
  void forget_changes();

  [[nodiscard]] FollowState state() const noexcept { return state_; }
  // Not while the file that is there could never be read: which one it is is not known then.
  [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  // Where the next line begins.
  [[nodiscard]] FilePosition position() const noexcept { return cutter_.line_start(); }
  // The last files that lay at the path, oldest first; at most kMostGenerations.
  [[nodiscard]] const std::vector<FileGeneration>& generations() const noexcept { return generations_; }
  // Bytes of the live file that were not read yet.
  [[nodiscard]] std::uint64_t bytes_behind() const;

  static constexpr std::size_t kMostGenerations = 16;

 private:
  struct Source {
    std::uint32_t generation = 0;
    std::uint64_t offset = 0;            // of the next byte
    std::uint64_t skip = 0;              // bytes to pass over first; of a packed one
    Descriptor file;                     // the live file, or
    std::unique_ptr<ByteSource> packed;  // a rotated one
  };

  void begin();
  void go_on();
  void begin_fresh();
  void add_rotated(const RotatedFile& file, std::uint32_t generation, std::uint64_t offset);
  void add_rotated_since(Timestamp time);
  [[nodiscard]] Descriptor open_path();
  [[nodiscard]] FileGeneration* generation(std::uint32_t number);
  void go_on_with_rotated(std::uint32_t live);
  [[nodiscard]] std::optional<std::uint32_t> known_number(const Descriptor& file) const;
  [[nodiscard]] bool is_rotated(const FileGeneration& known) const;
  void add_live(Descriptor file, std::uint32_t generation, std::uint64_t offset);
  void note_generation(std::uint32_t number, const FileIdentity& identity);
  [[nodiscard]] bool is_known(const RotatedFile& file) const;

  [[nodiscard]] std::size_t read_front(LineBatch& batch);
  void leave_front(LineBatch& batch, Timestamp now);
  void read_late(LineBatch& batch, Timestamp now);
  [[nodiscard]] bool find_successor(const Source& live);
  void check_cut_off(Source& live);
  void set_state(FollowState state, const std::string& sentence);
  void watch_file();

  std::string path_;
  Notice notice_;
  std::deque<Source> sources_;  // in the order of their lines; a live one is the last
  std::vector<FileGeneration> generations_;
  std::uint32_t last_generation_ = 0;
  LineCutter cutter_;
  // The file before, for those who still write to it.
  Source late_;
  LineCutter late_cutter_;
  Timestamp late_until_{};
  FollowState state_ = FollowState::kFollowing;
  bool has_begun_ = false;
  std::optional<FollowedSoFar> so_far_;
  std::optional<std::uint64_t> first_offset_;  // where a first start begins; none: at the end
  Descriptor watch_;
  std::string buffer_;
};

}  // namespace postreeve
