#include "response/mail_keeper.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/ascii.h"

namespace postreeve {
namespace {

std::unexpected<Error> cannot_write(const std::string& path) {
  const int why = errno;
  return fail(ErrorCode::kUnavailable,
              fmt::format("{} cannot be written: {}", path, std::generic_category().message(why)));
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Whole or not at all.
Result<void> write_file(const std::string& path, std::string_view bytes) {
  const std::string unfinished = path + ".part";
  const int file = open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return cannot_write(path);
  const bool is_written = write_all(file, bytes) && fsync(file) == 0;
  if (close(file) != 0 || !is_written || rename(unfinished.c_str(), path.c_str()) != 0)
    return cannot_write(path);
  return {};
}

Result<void> flush_folder(const std::string& path) {
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return cannot_write(path);
  const bool is_flushed = fsync(folder) == 0;
  close(folder);
  return is_flushed ? Result<void>{} : Result<void>(cannot_write(path));
}

}  // namespace

Result<void> keep_mail(const std::string& folder, IncidentId incident, const std::string& queue_id,
                       const PreservedMail& mail) {
  const bool is_name =
      !queue_id.empty() && std::ranges::all_of(queue_id, [](char c) { return is_alnum(c) || c == '-'; });
  if (!is_name) return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is no queue ID", queue_id));
  const std::string below = fmt::format("{}/{}", folder, incident.to_string());
  for (const std::string& path : {folder, below}) {
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return cannot_write(path);
  }
  const std::string stem = fmt::format("{}/{}", below, queue_id);
  if (const auto written = write_file(stem + ".json", mail.envelope + '\n'); !written) return written;
  if (const auto written = write_file(stem + ".eml", mail.content); !written) return written;
  return flush_folder(below);
}

}  // namespace postreeve
