#include "base/whole_file.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace postreeve {
namespace {

// A name that is not on the disk may be lost with all that it names. Where folders cannot be read or flushed
// there is nothing more to do.
int sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  const int problem = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  return problem == EINVAL ? 0 : problem;
}

}  // namespace

WholeFile::WholeFile(std::string path, mode_t mode)
    : path_(std::move(path)),
      part_(path_ + ".part"),
      descriptor_(::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)),
      problem_(descriptor_ < 0 ? errno : 0) {}

WholeFile::~WholeFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(part_.c_str());
}

std::unexpected<Error> WholeFile::failure(int problem) const {
  return fail(ErrorCode::kUnavailable,
              fmt::format("{} cannot be written: {}", path_, std::generic_category().message(problem)));
}

Result<void> WholeFile::write(std::string_view bytes) const {
  if (descriptor_ < 0) return failure(problem_);
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure(errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> WholeFile::finish() {
  if (descriptor_ < 0) return failure(problem_);
  int problem = ::fsync(descriptor_) == 0 ? 0 : errno;
  if (::close(std::exchange(descriptor_, -1)) != 0 && problem == 0) problem = errno;
  if (problem == 0 && ::rename(part_.c_str(), path_.c_str()) != 0) problem = errno;
  if (problem != 0) {
    ::unlink(part_.c_str());
    return failure(problem);
  }
  problem = sync_folder_of(path_);
  return problem == 0 ? Result<void>{} : Result<void>(failure(problem));
}

Result<void> write_whole_file(const std::string& path, std::string_view bytes, mode_t mode) {
  WholeFile file(path, mode);
  if (const Result<void> written = file.write(bytes); !written) return written;
  return file.finish();
}

}  // namespace postreeve
