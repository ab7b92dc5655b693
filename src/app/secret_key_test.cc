#include "app/secret_key.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace postreeve {
namespace {

namespace fs = std::filesystem;

struct Directory {
  Directory() : path(fs::temp_directory_path() / fs::path("secret_key_test." + std::to_string(::getpid()))) {
    fs::create_directories(path);
  }
  ~Directory() { fs::remove_all(path); }
  fs::path path;
};

TEST(SecretKey, IsMadeOnceAndStaysTheSame) {
  const Directory directory;
  const std::string file = directory.path / "key";
  const Result<HashKey> made = load_or_make_key(file);
  const Result<HashKey> read = load_or_make_key(file);
  ASSERT_TRUE(made && read);
  EXPECT_EQ(made->bytes, read->bytes);
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(SecretKey, IsAnotherOneInAnotherFile) {
  const Directory directory;
  EXPECT_NE(load_or_make_key(directory.path / "a")->bytes, load_or_make_key(directory.path / "b")->bytes);
}

TEST(SecretKey, IsNotTakenFromAFileThatIsNone) {
  const Directory directory;
  const std::string file = directory.path / "key";
  std::ofstream(file) << "short";
  fs::permissions(file, fs::perms::owner_read);
  const Result<HashKey> key = load_or_make_key(file);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::kCorrupt);
}

TEST(SecretKey, IsNotTakenFromAFileThatOthersRead) {
  const Directory directory;
  const std::string file = directory.path / "key";
  ASSERT_TRUE(load_or_make_key(file));
  fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
  EXPECT_EQ(load_or_make_key(file).error().code, ErrorCode::kUnavailable);
}

TEST(SecretKey, IsNotMadeWhereItMustBe) {
  const Directory directory;
  const std::string file = directory.path / "key";
  EXPECT_EQ(load_key(file).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(file));
}

TEST(SecretKey, IsTheSameInACopyAndReplacesNone) {
  const Directory directory;
  const std::string file = directory.path / "key";
  const std::string copy = directory.path / "copy";
  const Result<HashKey> made = load_or_make_key(file);
  ASSERT_TRUE(copy_key(file, copy));
  EXPECT_EQ(load_key(copy)->bytes, made->bytes);
  EXPECT_EQ(fs::status(copy).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_FALSE(copy_key(file, copy));
}

TEST(SecretKey, SaysWhereItCannotBeMade) {
  const Result<HashKey> key = load_or_make_key("/nowhere/key");
  ASSERT_FALSE(key);
  EXPECT_NE(key.error().detail.find("/nowhere/key"), std::string::npos);
}

}  // namespace
}  // namespace postreeve
