// A file that appears under its name whole and on the disk, or not at all.
//
// Until then it is PATH.part beside it, which takes the place of one that a crash left there.
#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/result.h"

namespace postreeve {

class WholeFile {
 public:
  // A file that cannot be made is told by what comes next.
  explicit WholeFile(std::string path, mode_t mode = 0600);
  ~WholeFile();  // what was not finished is gone
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  // To write to; -1: it cannot be made.
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  // kUnavailable: what the disk said.
  [[nodiscard]] Result<void> write(std::string_view bytes) const;
  // Gives it its name, in place of an older file. Once. kUnavailable: the older one is as it was.
  [[nodiscard]] Result<void> finish();

 private:
  [[nodiscard]] std::unexpected<Error> failure(int problem) const;

  std::string path_;
  std::string part_;
  int descriptor_;
  int problem_ = 0;  // why it cannot be made
};

[[nodiscard]] Result<void> write_whole_file(const std::string& path, std::string_view bytes,
                                            mode_t mode = 0600);

}  // namespace postreeve
