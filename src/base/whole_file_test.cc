#include "base/whole_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace postreeve {
namespace {

namespace fs = std::filesystem;

class WholeFileTest : public ::testing::Test {
 protected:
  WholeFileTest() {
    std::string name = (fs::temp_directory_path() / "postreeve-whole-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    folder = name;
  }
  ~WholeFileTest() override { fs::remove_all(folder); }

  [[nodiscard]] std::string path() const { return (folder / "kept").string(); }
  [[nodiscard]] std::string content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(folder), {}); }

  fs::path folder;
};

TEST_F(WholeFileTest, IsThereWhenItIsFinishedAndNotBefore) {
  WholeFile file(path());
  ASSERT_TRUE(file.write("all of it"));
  EXPECT_FALSE(fs::exists(path()));
  ASSERT_TRUE(file.finish());
  EXPECT_EQ(content(), "all of it");
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(files(), 1);
}

TEST_F(WholeFileTest, LeavesNothingWhenItIsGivenUp) {
  ASSERT_TRUE(write_whole_file(path(), "old"));
  {
    EXPECT_TRUE(WholeFile(path()).write("half of"));
  }
  EXPECT_EQ(content(), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(WholeFileTest, TakesThePlaceOfWhatACrashLeft) {
  std::ofstream(path() + ".part") << "much longer than what comes now";
  ASSERT_TRUE(write_whole_file(path(), "new"));
  EXPECT_EQ(content(), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(WholeFileTest, FollowsNoLinkAndSaysWhyItCannotBeWritten) {
  fs::create_symlink(folder / "elsewhere", path() + ".part");
  const Result<void> written = write_whole_file(path(), "new");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(written.error().detail, path() + " cannot be written: Too many levels of symbolic links");
  EXPECT_FALSE(fs::exists(folder / "elsewhere"));
}

TEST_F(WholeFileTest, SaysSoWhereAFolderStandsInItsPlace) {
  fs::create_directories(folder / "kept/full");
  const Result<void> written = write_whole_file(path(), "new");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().detail, path() + " cannot be written: Is a directory");
  EXPECT_EQ(files(), 1);
}

}  // namespace
}  // namespace postreeve
