// Follows several logs in steps: lines to records, records to events, with a checkpoint. No thread, no clock
// of its own; log_follower.h gives it both.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "intake/file_follower.h"
#include "intake/follow_checkpoint.h"
#include "intake/history.h"
#include "intake/joiner.h"
#include "intake/log_clock.h"
#include "intake/log_line.h"

namespace postreeve {

struct FollowOptions {
  std::vector<std::string> files;
  std::string time_zone = "UTC";  // of stamps that do not name their offset (IANA name)
  JoinerOptions joiner;
  std::string checkpoint_file;  // none: every start is a first one
  // Where a first start begins to read a file that is there already.
  bool from_beginning = false;
  Duration checkpoint_pause = std::chrono::seconds{1};
  // At most so much of a log is read again for messages that stay in the server's queue for long.
  std::uint64_t most_reread_bytes = 256UL * 1024 * 1024;
};

// One log as it stands.
struct FollowedFile {
  std::string path;
  FollowState state{};
  std::uint64_t lines = 0;
  std::uint64_t bytes_behind = 0;
  std::optional<Timestamp> last_line;  // as its stamp says
  std::optional<Timestamp> last_read;  // when it was read, by our clock
};

struct FollowStatus {
  std::vector<FollowedFile> files;
  std::map<std::string, Unparsed> unparsed;  // by program
  std::uint64_t events = 0;                  // handed on
  std::uint64_t events_again = 0;            // made again after a start and not handed on a second time
};

// Not thread-safe.
class FollowRun {
 public:
  using Sink = std::function<void(Event&&)>;
  // A plain sentence about a file ("" is about the checkpoint's own).
  using Notice = std::function<void(const std::string& path, const std::string& sentence)>;

  // kInvalidInput: there is no such time zone. A checkpoint that cannot be read is said and done without.
  [[nodiscard]] static Result<std::unique_ptr<FollowRun>> open(const FollowOptions& options, Timestamp now,
                                                               Sink sink, Notice notice);
  ~FollowRun();
  FollowRun(const FollowRun&) = delete;
  FollowRun& operator=(const FollowRun&) = delete;

  // Takes the lines that are there, a bounded number of them, those of several files in the order of their
  // times; writes the checkpoint when it is time. Returns whether there is more to do at once.
  bool step(Timestamp now);

  // Writes the checkpoint. What waits for lines to come is not handed on: it is read again.
  void stop(Timestamp now);

  // For poll(2): readable when there may be something to do.
  [[nodiscard]] std::vector<int> watches() const;
  void forget_changes();

  [[nodiscard]] FollowStatus status() const;

 private:
  struct Impl;
  explicit FollowRun(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
