// Which file this is, whatever it is called now: rotation renames, copies and compresses logs.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace postreeve {

struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  // The hash of the first bytes: as many as there were, kMostHeadBytes at most.
  std::uint32_t head_bytes = 0;
  std::uint64_t head_hash = 0;

  static constexpr std::uint32_t kMostHeadBytes = 256;

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// Of an open file; nullopt when the system cannot read it. Does not move the file's position.
[[nodiscard]] std::optional<FileIdentity> identify(int descriptor);

// Whether the open file still begins with what `identity` says: it was not cut off and written anew.
[[nodiscard]] bool still_begins_with(int descriptor, const FileIdentity& identity);

// A file beside the log that holds what the log held before: "mail.log.1", "mail.log-20261122.gz".
struct RotatedFile {
  std::string path;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  Timestamp modified{};
};

// The rotated files of the log at `path`, oldest first; at most the 64 youngest.
[[nodiscard]] std::vector<RotatedFile> rotated_files(const std::string& path);

// Whether it holds the bytes of the file with this identity, decompressed or not.
[[nodiscard]] bool holds(const RotatedFile& file, const FileIdentity& identity);

// Whether `name` is what rotation makes of `log`: a number or a date behind it, perhaps compressed.
[[nodiscard]] bool is_rotated_name(std::string_view name, std::string_view log) noexcept;

}  // namespace postreeve
