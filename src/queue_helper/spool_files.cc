#include "queue_helper/spool_files.h"

#include <algorithm>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace postreeve {

Result<SpoolFile> read_spool_file(const std::string& path, std::size_t most_bytes) {
  const auto gone = [&path] { return fail(ErrorCode::kNotFound, fmt::format("{} cannot be read", path)); };
  const int file = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file < 0) return gone();
  SpoolFile read_file;
  struct stat status{};
  ssize_t got = -1;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
    read_file.is_executable = (status.st_mode & S_IXUSR) != 0;
    const std::size_t size = std::min(static_cast<std::size_t>(status.st_size), most_bytes);
    read_file.bytes.resize(size + 1);  // one more shows whether it is longer
    std::size_t filled = 0;
    while (filled < read_file.bytes.size() &&
           (got = ::read(file, read_file.bytes.data() + filled, read_file.bytes.size() - filled)) > 0)
      filled += static_cast<std::size_t>(got);
    read_file.is_whole = got == 0 && filled <= size;
    read_file.bytes.resize(std::min(filled, size));
  }
  close(file);
  if (got < 0) return gone();
  return read_file;
}

void walk_spool(const std::string& folder,
                const std::function<void(const std::string& path, const std::string& name)>& see) {
  namespace fs = std::filesystem;
  constexpr int kMostDepth = 3;
  std::error_code failure;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, failure);
  const fs::recursive_directory_iterator end;
  while (!failure && entry != end) {
    if (entry.depth() >= kMostDepth) entry.disable_recursion_pending();
    std::error_code gone;
    if (!fs::is_directory(entry->symlink_status(gone)) && !gone)
      see(entry->path().string(), entry->path().filename().string());
    entry.increment(failure);
  }
}

}  // namespace postreeve
