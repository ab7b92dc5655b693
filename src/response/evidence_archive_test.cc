#include "response/evidence_archive.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/response_testing.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;

class EvidenceArchiveTest : public ::testing::Test {
 protected:
  EvidenceArchiveTest() {
    std::string name = (std::filesystem::temp_directory_path() / "postreeve-evidence-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    folder = name;
  }
  ~EvidenceArchiveTest() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] std::string path() const { return (folder / "incident.tar.gz").string(); }

  std::filesystem::path folder;
};

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What a program that reads such files for decades says.
std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string output;
  std::array<char, 4096> piece{};
  while (pipe && std::fgets(piece.data(), piece.size(), pipe.get()) != nullptr) output += piece.data();
  return output;
}

const std::vector<EvidenceFile> kFiles{{.name = "story.txt", .content = "anna's account\n"},
                                       {.name = "messages/4jX8.eml", .content = std::string(100'000, 'x')},
                                       {.name = "empty", .content = ""}};

Result<void> write_evidence_archive(const std::string& path, const std::vector<EvidenceFile>& files,
                                    Timestamp time) {
  EvidenceArchive archive(path, time);
  for (const EvidenceFile& file : files) {
    if (const Result<void> added = archive.add(file); !added) return added;
  }
  return archive.finish();
}

TEST_F(EvidenceArchiveTest, IsOpenedByTarAndItsChecksumsAreRight) {
  ASSERT_TRUE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  const std::string output = output_of(
      "cd " + folder.string() + " && tar xzf incident.tar.gz && sha256sum --check MANIFEST.sha256 2>&1");
  EXPECT_EQ(output, "story.txt: OK\nmessages/4jX8.eml: OK\nempty: OK\n");
}

TEST_F(EvidenceArchiveTest, HasTheSameBytesWhenItIsMadeAgain) {
  ASSERT_TRUE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  const std::string first = bytes_of(path());
  ASSERT_TRUE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  EXPECT_EQ(bytes_of(path()), first);
}

TEST_F(EvidenceArchiveTest, IsReadableByItsOwnerOnlyAndLeavesNothingBeside) {
  ASSERT_TRUE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  EXPECT_EQ(std::filesystem::status(path()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST_F(EvidenceArchiveTest, SaysWhyItCannotBeWritten) {
  const auto written = write_evidence_archive("/proc/none/incident.tar.gz", kFiles, kSundayAtThree);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(written.error().detail, HasSubstr("No such file or directory"));
}

TEST_F(EvidenceArchiveTest, LeavesTheOldOneAloneWhereItCannotWrite) {
  ASSERT_TRUE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  const std::string before = bytes_of(path());
  std::filesystem::create_symlink("/dev/full", path() + ".part");
  EXPECT_FALSE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  EXPECT_EQ(bytes_of(path()), before);
}

TEST_F(EvidenceArchiveTest, LeavesNothingBehindWhenItIsGivenUp) {
  {
    EvidenceArchive archive(path(), kSundayAtThree);
    ASSERT_TRUE(archive.add(kFiles[1]));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(EvidenceArchiveTest, RefusesNamesThatLeadOutOfIt) {
  for (const std::string name : {"", "/etc/passwd", "../x", "a/../../x", "a\nb", "a b"}) {
    const auto written = write_evidence_archive(path(), {{.name = name, .content = ""}}, kSundayAtThree);
    ASSERT_FALSE(written) << name;
    EXPECT_EQ(written.error().code, ErrorCode::kInvalidInput);
  }
}

}  // namespace
}  // namespace postreeve
