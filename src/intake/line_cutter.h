// Cuts what is appended to a file into lines, as it comes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "intake/line_mark.h"

namespace postreeve {

// Lines and where they begin. Texts are views into the batch and live as long as it is not changed.
class LineBatch {
 public:
  struct Entry {
    std::size_t begin = 0;
    std::size_t size = 0;
    bool is_cut = false;  // it was longer; the text is its beginning
    FilePosition at;      // where it begins
  };

  [[nodiscard]] std::string_view text(const Entry& entry) const {
    return std::string_view(bytes_).substr(entry.begin, entry.size);
  }
  [[nodiscard]] const std::vector<Entry>& lines() const noexcept { return lines_; }
  // Without its line break.
  void add(std::string_view text, bool is_cut, FilePosition at);
  void clear();

 private:
  std::string bytes_;
  std::vector<Entry> lines_;
};

// Not thread-safe. Memory: one line of `most_line_bytes`.
class LineCutter {
 public:
  explicit LineCutter(std::size_t most_line_bytes = 64UL * 1024) : most_(most_line_bytes) {}

  // Bytes that come next lie at `at`. `skips_first`: that is in the middle of a line, which is dropped.
  // What was the beginning of a line is forgotten.
  void restart(FilePosition at, bool skips_first = false);

  // NUL bytes at the beginning of a line are dropped: a file that was cut off under a program that does not
  // append begins with a hole.
  void feed(std::string_view bytes, LineBatch& batch);

  // No more bytes come: a last line without a break is whole.
  void finish(LineBatch& batch);

  // Where the line begins that is not whole yet.
  [[nodiscard]] FilePosition line_start() const noexcept { return start_; }

 private:
  void take(std::string_view piece);
  void end_line(std::uint64_t next, LineBatch& batch);

  std::size_t most_;
  std::string partial_;
  FilePosition start_;
  std::uint64_t offset_ = 0;  // of the next byte
  bool is_dropping_ = false;  // the rest of a line that is too long, or whose beginning was not seen
  bool is_headless_ = false;
};

}  // namespace postreeve
