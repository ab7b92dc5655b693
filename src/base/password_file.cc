#include "base/password_file.h"

#include <fstream>

namespace postreeve {
namespace {

constexpr std::size_t kMostPasswordBytes = 4'000;

}  // namespace

Result<std::string> read_password(const std::string& path) {
  if (path.empty()) return std::string{};
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (!file || !std::getline(file, line))
    return fail(ErrorCode::kUnavailable, "the password file " + path + " cannot be read, or is empty");
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty() || line.size() > kMostPasswordBytes || line.contains('\0'))
    return fail(ErrorCode::kUnavailable, "the first line of " + path + " is no password");
  return line;
}

}  // namespace postreeve
