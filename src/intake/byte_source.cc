#include "intake/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace postreeve {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t kMagicBytes = 6;
constexpr std::size_t kCompressedBuffer = std::size_t{128} * 1024;

constexpr auto kGzipMagic = "\x1f\x8b"sv;
constexpr auto kZstdMagic = "\x28\xb5\x2f\xfd"sv;

struct Unreadable {
  std::string_view magic;
  std::string_view name;
};
constexpr std::array kUnreadable = {Unreadable{"\xfd"
                                               "7zXZ\x00"sv,
                                               "xz"},
                                    Unreadable{"BZh"sv, "bzip2"}, Unreadable{"PK\x03\x04"sv, "zip"},
                                    Unreadable{"\x04\x22\x4d\x18"sv, "lz4"}};

// The file itself. Bytes looked at in advance are handed out again.
class PlainSource final : public ByteSource {
 public:
  explicit PlainSource(int descriptor, bool is_owned) : descriptor_(descriptor), is_owned_(is_owned) {}
  ~PlainSource() override {
    if (is_owned_) ::close(descriptor_);
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    if (!ahead_.empty()) {
      const std::size_t size = std::min(ahead_.size(), buffer.size());
      std::copy_n(ahead_.begin(), size, buffer.begin());
      ahead_.erase(0, size);
      return size;
    }
    return read_raw(buffer);
  }

  std::uint64_t bytes_on_disk() const noexcept override { return bytes_ - ahead_.size(); }

  bool is_plain() const noexcept override { return true; }

  // The file's first bytes, fewer when it is shorter.
  Result<std::string_view> look_ahead() {
    std::array<char, kMagicBytes> first{};
    while (ahead_.size() < kMagicBytes) {
      const auto got = read_raw(std::span(first).first(kMagicBytes - ahead_.size()));
      if (!got) return fail(got.error());
      if (*got == 0) break;
      ahead_.append(first.data(), *got);
    }
    return std::string_view{ahead_};
  }

 private:
  Result<std::size_t> read_raw(std::span<char> buffer) {
    while (true) {
      const auto got = ::read(descriptor_, buffer.data(), buffer.size());
      if (got >= 0) {
        bytes_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR) return fail(file_error(errno));
    }
  }

  int descriptor_;
  bool is_owned_;
  std::string ahead_;
  std::uint64_t bytes_ = 0;
};

// Compressed bytes waiting to be decompressed.
class CompressedInput {
 public:
  explicit CompressedInput(std::unique_ptr<PlainSource> file)
      : file_(std::move(file)), buffer_(kCompressedBuffer) {}

  // Reads more when everything was used; false at the end of the file.
  Result<bool> refill() {
    if (begin < end) return true;
    const auto got = file_->read(buffer_);
    if (!got) return fail(got.error());
    begin = 0;
    end = *got;
    return *got > 0;
  }
  [[nodiscard]] char* data() noexcept { return buffer_.data() + begin; }
  [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
  [[nodiscard]] std::uint64_t bytes_on_disk() const noexcept { return file_->bytes_on_disk() - size(); }

  std::size_t begin = 0;
  std::size_t end = 0;

 private:
  std::unique_ptr<PlainSource> file_;
  std::vector<char> buffer_;
};

// Members one behind the other, as logrotate and `cat a.gz b.gz` leave them (RFC 1952 2.2).
class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<PlainSource> file) : input_(std::move(file)) {
    constexpr int kGzipOnly = 15 + 16;
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  Result<std::size_t> read(std::span<char> buffer) override {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(buffer.size(), 1U << 30U));
    const auto room = stream_.avail_out;
    while (stream_.avail_out == room) {
      const auto more = input_.refill();
      if (!more) return fail(more.error());
      if (!*more) {
        if (is_between_members_) return 0;
        return fail(ErrorCode::kCorrupt, "the gzip data ends too early: the file was cut off");
      }
      const auto result = inflate_some(room);
      if (!result) return fail(result.error());
    }
    return room - stream_.avail_out;
  }

  std::uint64_t bytes_on_disk() const noexcept override { return input_.bytes_on_disk(); }

 private:
  Result<bool> inflate_some(uInt room) {
    if (is_between_members_) {
      if (*input_.data() == '\0') {  // gzip ignores zero padding, so do we
        ++input_.begin;
        return true;
      }
      is_between_members_ = false;
    }
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(input_.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    input_.begin = input_.end - stream_.avail_in;
    if (result == Z_STREAM_END) {
      inflateReset(&stream_);
      is_between_members_ = true;
      return true;
    }
    // What came before a fault is handed out; inflate repeats its complaint at the next call.
    if (result == Z_OK || result == Z_BUF_ERROR || stream_.avail_out < room) return true;
    return fail(ErrorCode::kCorrupt, "the gzip data is broken");
  }

  CompressedInput input_;
  z_stream stream_{};
  bool is_between_members_ = false;
};

class ZstdSource final : public ByteSource {
 public:
  explicit ZstdSource(std::unique_ptr<PlainSource> file)
      : input_(std::move(file)), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw std::bad_alloc();
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }

  Result<std::size_t> read(std::span<char> buffer) override {
    if (fault_) return fail(*fault_);
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    while (out.pos == 0) {
      // A frame may still have output when its input is used up.
      if (!may_have_output_) {
        const auto more = input_.refill();
        if (!more) return fail(more.error());
        if (!*more) {
          if (is_between_frames_) return 0;
          return fail(ErrorCode::kCorrupt, "the zstd data ends too early: the file was cut off");
        }
      }
      ZSTD_inBuffer in{input_.data(), input_.size(), 0};
      const std::size_t result = ZSTD_decompressStream(stream_, &out, &in);
      input_.begin += in.pos;
      if (ZSTD_isError(result) != 0) {
        fault_ =
            Error{ErrorCode::kCorrupt, std::string("the zstd data is broken: ") + ZSTD_getErrorName(result)};
        if (out.pos > 0) return out.pos;
        return fail(*fault_);
      }
      is_between_frames_ = result == 0;
      may_have_output_ = out.pos == out.size;
    }
    return out.pos;
  }

  std::uint64_t bytes_on_disk() const noexcept override { return input_.bytes_on_disk(); }

 private:
  CompressedInput input_;
  ZSTD_DStream* stream_;
  std::optional<Error> fault_;
  bool is_between_frames_ = false;
  bool may_have_output_ = false;
};

Result<std::unique_ptr<PlainSource>> open_plain(const std::string& path) {
  if (path == "-") return std::make_unique<PlainSource>(STDIN_FILENO, false);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(file_error(errno));
  auto source = std::make_unique<PlainSource>(descriptor, true);
  struct stat facts{};
  if (::fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode)) return fail(file_error(EISDIR));
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  return source;
}

}  // namespace

Error file_error(int system_error) {
  switch (system_error) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorCode::kNotFound, "no such file"};
    case EACCES:
    case EPERM:
      return {ErrorCode::kUnavailable, "no permission to read it"};
    case EISDIR:
      return {ErrorCode::kInvalidInput, "it is a directory, not a file"};
    default:
      return {ErrorCode::kUnavailable, "cannot be read: " + std::generic_category().message(system_error)};
  }
}

Result<std::unique_ptr<ByteSource>> open_byte_source(const std::string& path) {
  auto file = open_plain(path);
  if (!file) return fail(file.error());
  const auto first = (*file)->look_ahead();
  if (!first) return fail(first.error());
  for (const auto& [magic, name] : kUnreadable) {
    if (!first->starts_with(magic)) continue;
    return fail(ErrorCode::kInvalidInput,
                std::string(name) + " compression is not supported: uncompress it first");
  }
  if (first->starts_with(kGzipMagic)) return std::make_unique<GzipSource>(std::move(*file));
  if (first->starts_with(kZstdMagic)) return std::make_unique<ZstdSource>(std::move(*file));
  return std::unique_ptr<ByteSource>(std::move(*file));
}

Result<FileFacts> file_facts(const std::string& path) {
  struct stat facts{};
  const int result = path == "-" ? ::fstat(STDIN_FILENO, &facts) : ::stat(path.c_str(), &facts);
  if (result != 0) return fail(file_error(errno));
  if (S_ISDIR(facts.st_mode)) return fail(file_error(EISDIR));
  const Duration modified = std::chrono::seconds{facts.st_mtim.tv_sec} +
                            std::chrono::milliseconds{facts.st_mtim.tv_nsec / 1'000'000};
  return FileFacts{path != "-" && S_ISREG(facts.st_mode), static_cast<std::uint64_t>(facts.st_size),
                   Timestamp{modified}};
}

}  // namespace postreeve
