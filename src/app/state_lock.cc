#include "app/state_lock.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace postreeve {

Result<StateLock> StateLock::take(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", file, std::generic_category().message(errno)));
  StateLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK)
    return fail(
        ErrorCode::kUnavailable,
        fmt::format("{}: another `postreeve serve` or `state copy` is running with this state", file));
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", file, std::generic_category().message(errno)));
}

StateLock::StateLock(StateLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

void StateLock::note_use() const {
  std::array<unsigned char, 8> chance{};
  randombytes_buf(chance.data(), chance.size());
  const std::string words = fmt::format("{:02x}\n", fmt::join(chance, ""));
  (void)::pwrite(descriptor_, words.data(), words.size(), 0);
}

std::string StateLock::latest_use() const {
  std::array<char, 64> words{};
  const ssize_t got = ::pread(descriptor_, words.data(), words.size(), 0);
  const std::string text(words.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  return text.substr(0, text.find('\n'));
}

StateLock::~StateLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace postreeve
