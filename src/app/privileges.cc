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

Result<void> give_directory(const std::filesystem::path& directory, const passwd& user) {
  std::error_code failure;
  if (!std::filesystem::create_directories(directory, failure) && failure)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", directory.string(), failure.message()));
  if (::chown(directory.c_str(), user.pw_uid, user.pw_gid) != 0) return refused(directory.string());
  return {};
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
  for (const std::string& file : {serving.state_path, serving.control_socket}) {
    if (const auto given = give_directory(std::filesystem::path(file).parent_path(), *user); !given)
      return given;
  }
  if (::initgroups(user->pw_name, user->pw_gid) != 0 || ::setgid(user->pw_gid) != 0 ||
      ::setuid(user->pw_uid) != 0)
    return refused(fmt::format("cannot become '{}'", serving.user));
  return {};
}

}  // namespace postreeve
