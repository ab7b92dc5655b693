#include "base/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace postreeve {
namespace {

TEST(TemporaryFolder, IsThereAndIsGoneWithAllInIt) {
  std::filesystem::path path;
  {
    const TemporaryFolder folder("test");
    path = folder.path();
    ASSERT_TRUE(std::filesystem::is_directory(path));
    EXPECT_TRUE(path.filename().string().starts_with("postreeve-test-"));
    std::ofstream(path / "file") << "x";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryFolder, IsAnotherOneEachTime) {
  const TemporaryFolder one("test");
  const TemporaryFolder other("test");
  EXPECT_NE(one.path(), other.path());
}

}  // namespace
}  // namespace postreeve
