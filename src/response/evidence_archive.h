// A folder of evidence as one file: a tar, compressed with gzip (libarchive), that any machine can open.
//
// The last file in it is MANIFEST.sha256, a line a file as `sha256sum --check` reads it. Names are ours,
// never from outside: letters, digits, '-', '_', '.' and '/'.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace postreeve {

struct EvidenceFile {
  std::string name;  // "messages/4jX8qk.eml"
  std::string content;
};

// The lines of MANIFEST.sha256.
[[nodiscard]] std::string manifest_of(const std::vector<EvidenceFile>& files);

// Writes `path`, readable by its owner only: it appears whole and on the disk, or not at all, and takes the
// place of an older one. The same files and time give the same bytes. kUnavailable says what the disk said;
// kInvalidInput for a name that is none.
[[nodiscard]] Result<void> write_evidence_archive(const std::string& path,
                                                  const std::vector<EvidenceFile>& files, Timestamp time);

}  // namespace postreeve
