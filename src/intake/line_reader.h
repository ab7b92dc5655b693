// Cuts a stream of bytes into blocks of whole lines, and blocks into lines.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "intake/byte_source.h"

namespace postreeve {

struct LineLimits {
  std::size_t block_bytes = 256 * 1024;  // of one block, unless a line is longer
  std::size_t line_bytes = 64 * 1024;    // longer lines are cut, the rest is dropped
};

// Room for a block; used again and again. Behind the text lie kPadding readable bytes.
class LineBlock {
 public:
  static constexpr std::size_t kPadding = 64;  // what simdjson may read beyond its input

  [[nodiscard]] std::string_view text() const noexcept { return {bytes_.get(), size_}; }

 private:
  friend class LineReader;
  void reserve(std::size_t capacity);  // keeps the text

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// Not thread-safe; blocks once read are independent of the reader.
class LineReader {
 public:
  LineReader(std::unique_ptr<ByteSource> source, LineLimits limits)
      : source_(std::move(source)), limits_(limits) {}

  // Fills `block` with the next whole lines; false at the end. A last line without a break
  // counts as whole. A UTF-8 byte order mark at the beginning is dropped.
  // Fails as the source does, after the whole lines before the fault were handed out (a line
  // that the fault cuts is not: half a line may say something else); and with
  // kInvalidInput when the first bytes are no text.
  [[nodiscard]] Result<bool> next(LineBlock& block);

  [[nodiscard]] std::uint64_t bytes_on_disk() const noexcept { return source_->bytes_on_disk(); }
  [[nodiscard]] bool is_plain() const noexcept { return source_->is_plain(); }

 private:
  // These leave false when the source is over, at its end or at a fault.
  bool fill(LineBlock& block);
  bool drop_rest_of_line(LineBlock& block);

  [[nodiscard]] bool begin_file(LineBlock& block);
  bool end_with_line(LineBlock& block);
  Result<bool> finish(LineBlock& block);

  std::unique_ptr<ByteSource> source_;
  LineLimits limits_;
  std::string tail_;  // the beginning of the line that the last block did not finish
  std::optional<Error> fault_;
  bool is_first_ = true;
  bool is_over_ = false;
  bool is_dropping_ = false;  // inside a line that was too long
};

// Whether the beginning of a file is no text: many control bytes, such as NULs.
[[nodiscard]] bool looks_binary(std::string_view beginning) noexcept;

struct Line {
  std::string_view text;  // without its break, CR LF or LF
  bool is_cut = false;    // it was longer; the text is its beginning
};

// Calls visit(Line) for every line of a block's text.
template <typename Visit>
void for_each_line(std::string_view text, std::size_t line_bytes, Visit&& visit) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    const auto* stop = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    if (stop == nullptr) stop = end;
    std::string_view line(at, static_cast<std::size_t>(stop - at));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const bool is_cut = line.size() > line_bytes;
    visit(Line{line.substr(0, line_bytes), is_cut});
    at = stop + 1;
  }
}

}  // namespace postreeve
