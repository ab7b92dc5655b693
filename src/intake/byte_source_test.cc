#include "intake/byte_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "intake/test_files.h"

namespace postreeve {
namespace {

struct ReadAll {
  std::string bytes;
  std::optional<Error> fault;
  std::uint64_t on_disk = 0;
};

ReadAll read_all(const std::string& path, std::size_t step) {
  ReadAll all;
  auto source = open_byte_source(path);
  if (!source) return {{}, source.error(), 0};
  std::string buffer(step, '\0');
  while (true) {
    const auto got = (*source)->read(buffer);
    if (!got) all.fault = got.error();
    if (!got || *got == 0) break;
    all.bytes.append(buffer, 0, *got);
  }
  all.on_disk = (*source)->bytes_on_disk();
  return all;
}

// Text that does not compress to nothing.
std::string long_text() {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "line " + std::to_string(i * 7919 % 104'729) + "\n";
  return text;
}

TEST(ByteSource, ReadsPlainGzipAndZstdWhateverTheirNames) {
  const TestFolder folder;
  const auto text = long_text();
  for (const auto& bytes : {text, gzipped(text), zstd_compressed(text)}) {
    for (const std::size_t step : {1000U, 100'000U}) {
      const auto all = read_all(folder.write("mail.log", bytes), step);
      EXPECT_FALSE(all.fault);
      EXPECT_EQ(all.bytes, text);
      EXPECT_EQ(all.on_disk, bytes.size());
    }
  }
}

TEST(ByteSource, ReadsMembersAndFramesOneBehindTheOther) {
  const TestFolder folder;
  EXPECT_EQ(read_all(folder.write("a", gzipped("one\n") + gzipped("") + gzipped("two\n")), 100).bytes,
            "one\ntwo\n");
  EXPECT_EQ(read_all(folder.write("b", zstd_compressed("one\n") + zstd_compressed("two\n")), 100).bytes,
            "one\ntwo\n");
  const auto padded = read_all(folder.write("c", gzipped("one\n") + std::string(512, '\0')), 100);
  EXPECT_EQ(padded.bytes, "one\n");
  EXPECT_FALSE(padded.fault);
}

TEST(ByteSource, HandsOutWhatCameBeforeACut) {
  const TestFolder folder;
  const auto text = long_text();
  for (const auto& bytes : {gzipped(text), zstd_compressed(text)}) {
    const auto all = read_all(folder.write("cut", bytes.substr(0, bytes.size() / 2)), 4096);
    ASSERT_TRUE(all.fault);
    EXPECT_EQ(all.fault->code, ErrorCode::kCorrupt);
    EXPECT_GT(all.bytes.size(), text.size() / 4);
    EXPECT_TRUE(text.starts_with(all.bytes));
  }
}

TEST(ByteSource, SaysWhenCompressedDataIsBroken) {
  const TestFolder folder;
  const auto text = long_text();
  for (auto bytes : {gzipped(text), zstd_compressed(text)}) {
    for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 64; ++i)
      bytes[i] = static_cast<char>(~bytes[i]);
    const auto all = read_all(folder.write("broken", bytes), 4096);
    ASSERT_TRUE(all.fault);
    EXPECT_EQ(all.fault->code, ErrorCode::kCorrupt);
  }
}

TEST(ByteSource, CanBeEmpty) {
  const TestFolder folder;
  const auto all = read_all(folder.write("empty", ""), 100);
  EXPECT_FALSE(all.fault);
  EXPECT_EQ(all.bytes, "");
}

TEST(ByteSource, SaysWhyItCannotBeOpened) {
  const TestFolder folder;
  EXPECT_EQ(open_byte_source(folder.path() + "/none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(open_byte_source(folder.write("file", "x") + "/below").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(open_byte_source(folder.path()).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(file_facts(folder.path()).error().code, ErrorCode::kInvalidInput);
  const auto xz = open_byte_source(folder.write("x.xz", std::string_view("\xfd"
                                                                         "7zXZ\0\0",
                                                                         7)));
  EXPECT_EQ(xz.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(xz.error().detail.find("xz"), std::string::npos);
}

TEST(ByteSource, SaysThatPermissionIsMissing) {
  EXPECT_EQ(file_error(EACCES).code, ErrorCode::kUnavailable);
  const TestFolder folder;
  const auto path = folder.write("secret", "x");
  ::chmod(folder.path().c_str(), 0755);
  ::chmod(path.c_str(), 0);
  // root may read everything: be nobody meanwhile.
  constexpr uid_t kNobody = 65'534;
  const bool is_root = ::geteuid() == 0;
  ASSERT_TRUE(!is_root || ::seteuid(kNobody) == 0);
  const auto source = open_byte_source(path);
  ASSERT_TRUE(!is_root || ::seteuid(0) == 0);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace postreeve
