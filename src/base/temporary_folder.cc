#include "base/temporary_folder.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace postreeve {

TemporaryFolder::TemporaryFolder(std::string_view purpose) {
  std::error_code ignored;
  const std::filesystem::path place = std::filesystem::temp_directory_path(ignored);
  std::string name = (place / fmt::format("postreeve-{}-XXXXXX", purpose)).string();
  if (::mkdtemp(name.data()) != nullptr) path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace postreeve
