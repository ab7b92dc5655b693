// Where a follower of logs goes on after a stop or a crash: a small file, replaced whole.
//
// It names for every log the line to read again from (the oldest whose message is still open), and the last
// line whose event was handed on: what is read again up to there makes no second event.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "intake/file_follower.h"
#include "intake/line_mark.h"

namespace postreeve {

struct FileCheckpoint {
  std::string path;
  FilePosition read_from;
  FilePosition handed_on;  // the last line whose event was; generation 0: none yet
  std::vector<FileGeneration> generations;

  friend bool operator==(const FileCheckpoint&, const FileCheckpoint&) = default;
};

struct FollowCheckpoint {
  Timestamp written{};
  std::vector<FileCheckpoint> files;
};

// kNotFound: there is none yet. kCorrupt: it is no checkpoint. kUnavailable: the system says no.
[[nodiscard]] Result<FollowCheckpoint> load_checkpoint(const std::string& file);

// On the disk when it returns (a new file, fsync, rename, fsync of the folder): a crash leaves the old one or
// the new one. kUnavailable: the system says no, and the old one is still there.
[[nodiscard]] Result<void> save_checkpoint(const FollowCheckpoint& checkpoint, const std::string& file);

// The checkpoint as text, and back: fails with kCorrupt. Of at most 16 MiB.
[[nodiscard]] std::string checkpoint_text(const FollowCheckpoint& checkpoint);
[[nodiscard]] Result<FollowCheckpoint> parse_checkpoint(const std::string& text);

}  // namespace postreeve
