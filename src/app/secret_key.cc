#include "app/secret_key.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace postreeve {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::string_view kPurpose = "postreeve names in learned state";
using Secret = std::array<unsigned char, kSecretBytes>;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

std::unexpected<Error> unavailable(const std::string& file, int error) {
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", file, std::generic_category().message(error)));
}

HashKey key_of(const Secret& secret) {
  HashKey key;
  crypto_generichash(key.bytes.data(), key.bytes.size(),
                     reinterpret_cast<const unsigned char*>(kPurpose.data()), kPurpose.size(), secret.data(),
                     secret.size());
  return key;
}

Result<Secret> read_secret(const std::string& file, int descriptor) {
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0) return unavailable(file, errno);
  if ((facts.st_mode & 077U) != 0)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: others may read it; chmod 600 it", file));
  Secret secret{};
  const ssize_t got = ::read(descriptor, secret.data(), secret.size());
  if (got != static_cast<ssize_t>(secret.size()) || facts.st_size != static_cast<off_t>(secret.size()))
    return fail(ErrorCode::kCorrupt, fmt::format("{}: no key of 32 bytes; restore it from a backup", file));
  return secret;
}

Result<void> write_secret(const std::string& file, const Secret& secret) {
  const File made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (made.get() < 0) return unavailable(file, errno);
  const bool written =
      ::write(made.get(), secret.data(), secret.size()) == static_cast<ssize_t>(secret.size());
  if (!written || ::fsync(made.get()) != 0) {
    const int error = errno;
    ::unlink(file.c_str());
    return unavailable(file, error);
  }
  return {};
}

Result<HashKey> make_key(const std::string& file) {
  Secret secret{};
  randombytes_buf(secret.data(), secret.size());
  if (const Result<void> written = write_secret(file, secret); !written) return fail(written.error());
  return key_of(secret);
}

// kNotFound when there is none.
Result<Secret> load_secret(const std::string& file) {
  if (sodium_init() < 0) return fail(ErrorCode::kUnavailable, "libsodium found no randomness");
  const File opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() >= 0) return read_secret(file, opened.get());
  if (errno == ENOENT) return fail(ErrorCode::kNotFound, fmt::format("{}: there is no key", file));
  return unavailable(file, errno);
}

}  // namespace

Result<HashKey> load_key(const std::string& file) {
  const Result<Secret> secret = load_secret(file);
  if (!secret) return fail(secret.error());
  return key_of(*secret);
}

Result<HashKey> load_or_make_key(const std::string& file) {
  Result<HashKey> key = load_key(file);
  return !key && key.error().code == ErrorCode::kNotFound ? make_key(file) : key;
}

Result<void> copy_key(const std::string& from, const std::string& to) {
  const Result<Secret> secret = load_secret(from);
  if (!secret) return fail(secret.error());
  return write_secret(to, *secret);
}

}  // namespace postreeve
