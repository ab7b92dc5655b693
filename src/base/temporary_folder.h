// A folder for a while.
#pragma once

#include <filesystem>
#include <string_view>

namespace postreeve {

// Made in the system's place for temporary files, readable by us alone; gone with the object, with all in it.
class TemporaryFolder {
 public:
  // `purpose` is in its name: "check".
  explicit TemporaryFolder(std::string_view purpose);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  // Empty where none can be made.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace postreeve
