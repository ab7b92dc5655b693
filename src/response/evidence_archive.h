// A folder of evidence as one file: a tar, compressed with gzip (libarchive), that any machine can open.
//
// The last file in it is MANIFEST.sha256, a line a file as `sha256sum --check` reads it. Names are ours,
// never from outside: letters, digits, '-', '_', '.' and '/'.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace postreeve {

struct EvidenceFile {
  std::string name;  // "messages/4jX8qk.eml"
  std::string content;
};

// Holds no content: each file is on the way to the disk when add() returns. One thread at a time.
class EvidenceArchive {
 public:
  // `path` is readable by its owner only: it appears whole and on the disk when finish() returns, or not at
  // all, and takes the place of an older one. The same files and time give the same bytes.
  EvidenceArchive(const std::string& path, Timestamp time);
  ~EvidenceArchive();
  EvidenceArchive(EvidenceArchive&&) noexcept;
  EvidenceArchive& operator=(EvidenceArchive&&) = delete;

  // kInvalidInput for a name that is none; kUnavailable says what the disk said, and nothing more can be
  // added then.
  [[nodiscard]] Result<void> add(const EvidenceFile& file);
  // With the manifest as its last file. Once.
  [[nodiscard]] Result<void> finish();

  // The lines of MANIFEST.sha256 for what was added.
  [[nodiscard]] const std::string& manifest() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
