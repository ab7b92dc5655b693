#include "queue_helper/trusted_path.h"

#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace postreeve {
namespace {

std::unexpected<Error> untrusted(std::string_view part, std::string_view why) {
  return fail(ErrorCode::kInvalidInput, fmt::format("'{}' {}", part, why));
}

Result<void> check_part(const std::string& part, bool is_last) {
  struct stat status{};
  if (lstat(part.c_str(), &status) != 0) return untrusted(part, "is not there");
  if (S_ISLNK(status.st_mode)) return untrusted(part, "is a symbolic link; give the path itself");
  if (status.st_uid != 0 && status.st_uid != geteuid()) return untrusted(part, "is not root's");
  const bool others_write = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  const bool is_like_tmp = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0 && !is_last;
  if (others_write && !is_like_tmp) return untrusted(part, "can be written by others than root");
  return {};
}

}  // namespace

Result<void> check_trusted_path(const std::string& path) {
  if (!path.starts_with('/') || path.find('\0') != std::string::npos || path.size() > 4000)
    return untrusted(path, "is no absolute path");
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at + 1), path.size());
    const std::string_view name = std::string_view(path).substr(at + 1, end - at - 1);
    if (name == "." || name == "..") return untrusted(path, "has dots in it");
    const Result<void> checked = check_part(end == 0 ? "/" : path.substr(0, end), end == path.size());
    if (!checked) return checked;
    at = end;
  }
  return check_part("/", false);
}

}  // namespace postreeve
