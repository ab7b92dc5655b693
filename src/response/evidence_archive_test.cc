#include "response/evidence_archive.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/response_testing.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;

class EvidenceArchive : public ::testing::Test {
 protected:
  EvidenceArchive() {
    std::string name = (std::filesystem::temp_directory_path() / "postreeve-evidence-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    folder = name;
  }
  ~EvidenceArchive() override { std::filesystem::remove_all(folder); }

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

TEST_F(EvidenceArchive, IsOpenedByTarAndItsChecksumsAreRight) {
  ASSERT_TRUE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  const std::string output = output_of(
      "cd " + folder.string() + " && tar xzf incident.tar.gz && sha256sum --check MANIFEST.sha256 2>&1");
  EXPECT_EQ(output, "story.txt: OK\nmessages/4jX8.eml: OK\nempty: OK\n");
}

TEST_F(EvidenceArchive, HasTheSameBytesWhenItIsMadeAgain) {
  ASSERT_TRUE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  const std::string first = bytes_of(path());
  ASSERT_TRUE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  EXPECT_EQ(bytes_of(path()), first);
}

TEST_F(EvidenceArchive, IsReadableByItsOwnerOnlyAndLeavesNothingBeside) {
  ASSERT_TRUE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  EXPECT_EQ(std::filesystem::status(path()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST_F(EvidenceArchive, SaysWhyItCannotBeWritten) {
  const auto written = write_evidence_archive("/proc/none/incident.tar.gz", kFiles, kSundayAtThree);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(written.error().detail, HasSubstr("No such file or directory"));
}

TEST_F(EvidenceArchive, LeavesTheOldOneAloneWhereItCannotWrite) {
  ASSERT_TRUE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  const std::string before = bytes_of(path());
  std::filesystem::create_symlink("/dev/full", path() + ".part");
  EXPECT_FALSE(write_evidence_archive(path(), kFiles, kSundayAtThree));
  EXPECT_EQ(bytes_of(path()), before);
}

TEST_F(EvidenceArchive, RefusesNamesThatLeadOutOfIt) {
  for (const std::string name : {"", "/etc/passwd", "../x", "a/../../x", "a\nb", "a b"}) {
    const auto written = write_evidence_archive(path(), {{.name = name, .content = ""}}, kSundayAtThree);
    ASSERT_FALSE(written) << name;
    EXPECT_EQ(written.error().code, ErrorCode::kInvalidInput);
  }
}

}  // namespace
}  // namespace postreeve
