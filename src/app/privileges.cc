#include "app/privileges.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

namespace postreeve {
namespace {

std::unexpected<Error> refused(const std::string& what) {
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

// The folder that `file` lies in.
std::filesystem::path folder_of(const std::string& file) {
  return std::filesystem::absolute(file).parent_path();
}

// A folder that is there is somebody's, /run perhaps: only what is made here is given away.
Result<void> make_folder(const std::filesystem::path& folder, const passwd& user) {
  std::error_code failure;
  if (std::filesystem::exists(folder, failure)) return {};
  if (const Result<void> above = make_folder(folder.parent_path(), user); !above) return above;
  if (!std::filesystem::create_directory(folder, failure) && failure)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", folder.string(), failure.message()));
  if (::chown(folder.c_str(), user.pw_uid, user.pw_gid) != 0) return refused(folder.string());
  return {};
}

// Requires that the process has become `user`.
Result<void> check_that_files_can_be_made(const std::filesystem::path& folder, const std::string& user) {
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return {};
  return refused(
      fmt::format("'{}' ([guard] user) cannot make files in {}; choose a folder of its own in [state] "
                  "path and [control] socket, or `chown {} {}`",
                  user, folder.string(), user, folder.string()));
}

}  // namespace

Result<void> become_user(const Serving& serving) {
  if (serving.user.empty()) return {};
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* user = nullptr;
  ::getpwnam_r(serving.user.c_str(), &entry, buffer.data(), buffer.size(), &user);
  if (user == nullptr)
    return fail(ErrorCode::kUnavailable,
                fmt::format("there is no system user '{}' ([guard] user)", serving.user));
  if (::geteuid() == user->pw_uid) return {};
  const std::array folders{folder_of(serving.state_path), folder_of(serving.control_socket)};
  for (const auto& folder : folders) {
    if (const Result<void> made = make_folder(folder, *user); !made) return made;
  }
  if (::initgroups(user->pw_name, user->pw_gid) != 0 || ::setgid(user->pw_gid) != 0 ||
      ::setuid(user->pw_uid) != 0)
    return refused(fmt::format("cannot become '{}'", serving.user));
  for (const auto& folder : folders) {
    if (const Result<void> checked = check_that_files_can_be_made(folder, serving.user); !checked)
      return checked;
  }
  return {};
}

}  // namespace postreeve
