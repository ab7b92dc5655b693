// The bytes of a file, decompressed: plain, gzip or zstd by what the file begins with,
// whatever its name; "-" is standard input.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace postreeve {

// One stream of bytes, read from front to back. Not thread-safe.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  // Reads at least one byte and up to buffer.size() (> 0); 0 at the end. Fails with kCorrupt where
  // compressed data is broken or ends early, kUnavailable when the system cannot read. What
  // could be read before a fault is handed out first; after a fault it is over.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> buffer) = 0;

  // Bytes taken so far from the file as it lies on the disk.
  [[nodiscard]] virtual std::uint64_t bytes_on_disk() const noexcept = 0;

  // The bytes are the file's own.
  [[nodiscard]] virtual bool is_plain() const noexcept { return false; }
};

// Fails with kNotFound, kUnavailable (no permission), kInvalidInput (a directory, a compression
// we do not read). The details do not repeat the path.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_byte_source(const std::string& path);

struct FileFacts {
  bool is_regular = false;  // it can be opened again and read from anywhere
  std::uint64_t size = 0;   // bytes on the disk
  Timestamp modified{};     // of a pipe: when it was last written to
};
// Fails like open_byte_source, as far as it can tell without opening.
[[nodiscard]] Result<FileFacts> file_facts(const std::string& path);

// What the system's errno means for whoever named the file.
[[nodiscard]] Error file_error(int system_error);

}  // namespace postreeve
