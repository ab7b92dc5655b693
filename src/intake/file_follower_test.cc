#include "intake/file_follower.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "intake/test_files.h"

namespace postreeve {
namespace {

namespace fs = std::filesystem;

constexpr Timestamp kNow{std::chrono::hours{24 * 365 * 50}};

class FileFollowing : public testing::Test {
 protected:
  void start(bool from_beginning = false, const std::optional<FollowedSoFar>& so_far = {}) {
    follower.emplace(path, so_far, from_beginning,
                     [this](const std::string& sentence) { notices.push_back(sentence); });
  }
  void append(std::string_view bytes) const { append_to(path, bytes); }
  static void append_to(const std::string& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary | std::ios::app) << bytes;
  }
  std::vector<std::string> lines(Timestamp now = kNow) {
    std::vector<std::string> texts;
    for (bool has_more = true; has_more;) {
      LineBatch batch;
      has_more = follower->read(batch, now);
      for (const auto& line : batch.lines()) {
        texts.push_back(std::string(batch.text(line)) + (line.is_cut ? "..." : ""));
        last = line.at;
      }
    }
    return texts;
  }
  [[nodiscard]] FollowedSoFar so_far() const {
    return {follower->generations(), follower->position(), Timestamp{}};
  }

  using Lines = std::vector<std::string>;
  TestFolder folder;
  std::string path = folder.path() + "/mail.log";
  std::optional<FileFollower> follower;
  std::vector<std::string> notices;
  FilePosition last;
};

TEST_F(FileFollowing, BeginsAtTheEndOfAFileThatIsThere) {
  append("old\n");
  start();
  append("new\n");
  EXPECT_EQ(lines(), Lines{"new"});
}

TEST_F(FileFollowing, DropsTheRestOfALineThatItBeganInside) {
  append("old\nhalf");
  start();
  append(" of it\nnew\n");
  EXPECT_EQ(lines(), Lines{"new"});
}

TEST_F(FileFollowing, BeginsAtTheBeginningWhenAsked) {
  append("old\n");
  start(true);
  EXPECT_EQ(lines(), Lines{"old"});
}

TEST_F(FileFollowing, ReadsAFileThatComesLaterFromItsBeginning) {
  start();
  EXPECT_EQ(lines(), Lines{});
  EXPECT_EQ(follower->state(), FollowState::kMissing);
  append("first\n");
  EXPECT_EQ(lines(), Lines{"first"});
  EXPECT_EQ(follower->state(), FollowState::kFollowing);
  EXPECT_EQ(notices.size(), 2U);
}

TEST_F(FileFollowing, WaitsForTheRestOfALine) {
  append("");
  start();
  append("one\ntw");
  EXPECT_EQ(lines(), Lines{"one"});
  append("o\r\nthree");
  EXPECT_EQ(lines(), Lines{"two"});
  EXPECT_EQ(follower->position(), (FilePosition{1, 9}));
}

TEST_F(FileFollowing, CutsLinesThatAreTooLong) {
  append("");
  start();
  append(std::string(300'000, 'x') + "\nshort\n");
  const auto got = lines();
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].size(), 64U * 1024 + 3);
  EXPECT_EQ(got[1], "short");
}

TEST_F(FileFollowing, PassesOverTheHoleOfAFileCutOffUnderItsWriter) {
  append("");
  start();
  append(std::string(200'000, '\0') + "after the hole\n");
  EXPECT_EQ(lines(), Lines{"after the hole"});
}

TEST_F(FileFollowing, HandsOnBytesThatAreNoText) {
  append("");
  start();
  append(std::string_view("\x80\xff\x01\x00\x02 x\n", 8));
  EXPECT_EQ(lines().size(), 1U);
}

TEST_F(FileFollowing, ReadsARenamedFileToItsEndAndThenTheNewOne) {
  append("");
  start();
  append("one\n");
  EXPECT_EQ(lines(), Lines{"one"});
  fs::rename(path, path + ".1");
  append_to(path + ".1", "two\n");
  append("");  // logrotate makes the file; programs still write to the old one
  EXPECT_EQ(lines(), Lines{"two"});
  append_to(path + ".1", "three\n");
  append("four\n");
  EXPECT_EQ(lines(), (Lines{"three", "four"}));
  EXPECT_EQ(last.generation, 2U);
}

TEST_F(FileFollowing, ReadsWhatLateWritersAppendToTheOldFile) {
  append("");
  start();
  append("one\n");
  lines();
  fs::rename(path, path + ".1");
  append("two\n");
  EXPECT_EQ(lines(), Lines{"two"});
  append_to(path + ".1", "late\n");
  EXPECT_EQ(lines(), Lines{"late"});
  append_to(path + ".1", "too late\n");
  lines(kNow + std::chrono::minutes{1});
  append_to(path + ".1", "nobody looks\n");
  EXPECT_EQ(lines(kNow + std::chrono::minutes{2}), Lines{});
}

TEST_F(FileFollowing, GoesOnWhileTheOldFileIsCompressed) {
  append("");
  start();
  append("one\n");
  lines();
  append("two\n");
  fs::rename(path, path + ".1");
  folder.write("mail.log.1.gz", gzipped("one\ntwo\n"));
  fs::remove(path + ".1");
  append("three\n");
  EXPECT_EQ(lines(), (Lines{"two", "three"}));
}

TEST_F(FileFollowing, ReadsAFileCutOffFromItsBeginning) {
  append("");
  start();
  append("one\ntwo\n");
  lines();
  fs::copy_file(path, path + ".1");
  fs::resize_file(path, 0);
  EXPECT_EQ(lines(), Lines{});
  append("three\n");
  EXPECT_EQ(lines(), Lines{"three"});
}

TEST_F(FileFollowing, TakesWhatItHadNotReadFromTheCopyOfAFileCutOff) {
  append("");
  start();
  append("one\nhal");
  lines();
  append("f\ntwo\n");
  fs::copy_file(path, path + ".1");
  fs::resize_file(path, 0);
  append("three\nthree and more than before\n");
  EXPECT_EQ(lines(), (Lines{"half", "two", "three", "three and more than before"}));
}

TEST_F(FileFollowing, SeesThatAFileWasCutOffThoughItHasGrownBeyond) {
  append("");
  start();
  append("one\n");
  lines();
  fs::resize_file(path, 0);
  append("a line that is longer than all before\n");
  EXPECT_EQ(lines(), Lines{"a line that is longer than all before"});
}

// Root reads everything: whoever follows is somebody else then.
class AsNobody {
 public:
  AsNobody() {
    if (::getuid() == 0) done_ = ::seteuid(65534);
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (::getuid() == 0) done_ = ::seteuid(0);
  }

 private:
  int done_ = 0;
};

TEST_F(FileFollowing, SaysOnceThatAFileCannotBeReadAndLosesNothing) {
  fs::permissions(folder.path(), fs::perms::all);
  append("");
  {
    const AsNobody nobody;
    start();
  }
  append("one\n");
  fs::rename(path, path + ".1");
  append("two\n");
  fs::permissions(path, fs::perms::none);  // `postfix logrotate` leaves 0600
  {
    const AsNobody nobody;
    EXPECT_EQ(lines(), Lines{"one"});
    EXPECT_EQ(lines(), Lines{});
  }
  EXPECT_EQ(follower->state(), FollowState::kUnreadable);
  EXPECT_EQ(notices.size(), 1U);
  fs::permissions(path, fs::perms::all);
  append("three\n");
  {
    const AsNobody nobody;
    EXPECT_EQ(lines(), (Lines{"two", "three"}));
  }
  EXPECT_EQ(follower->state(), FollowState::kFollowing);
  EXPECT_EQ(notices.size(), 2U);
}

TEST_F(FileFollowing, GoesOnWhereItLeftOff) {
  append("");
  start();
  append("one\ntwo\nthr");
  lines();
  const auto before = so_far();
  append("ee\nfour\n");
  start(false, before);
  EXPECT_EQ(lines(), (Lines{"three", "four"}));
}

TEST_F(FileFollowing, GoesOnInAFileThatWasNotThereAtTheStart) {
  append("one\n");
  start(true);
  EXPECT_EQ(lines(), Lines{"one"});
  const FollowedSoFar before = so_far();
  fs::rename(path, folder.path() + "/elsewhere");  // its disk is not mounted yet
  start(true, before);
  EXPECT_EQ(lines(), Lines{});
  EXPECT_FALSE(follower->has_begun());  // so that what is known of it is kept
  EXPECT_EQ(notices.size(), 1U);        // that it is not there
  fs::rename(folder.path() + "/elsewhere", path);
  append("two\n");
  EXPECT_EQ(lines(), Lines{"two"});
}

TEST_F(FileFollowing, GoesOnInARotatedFileThenInTheNewOne) {
  append("");
  start();
  append("one\n");
  lines();
  const auto before = so_far();
  append("two\n");
  fs::rename(path, path + "-20261122");
  append("three\n");
  start(false, before);
  EXPECT_EQ(lines(), (Lines{"two", "three"}));
}

TEST_F(FileFollowing, GoesOnInCompressedFilesThatWereRotatedUnseen) {
  append("");
  start();
  append("one\n");
  lines();
  const auto before = so_far();
  fs::remove(path);
  folder.write_at("mail.log.2.gz", gzipped("one\ntwo\n"), "2026-11-20T00:00:00Z");
  folder.write_at("mail.log.1", "three\n", "2026-11-21T00:00:00Z");
  append("four\n");
  start(false, before);
  EXPECT_EQ(lines(), (Lines{"two", "three", "four"}));
}

TEST_F(FileFollowing, GoesOnInTheCopyOfAFileCutOffMeanwhile) {
  append("");
  start();
  append("one\n");
  lines();
  const auto before = so_far();
  append("two\n");
  fs::copy_file(path, path + ".1");
  fs::resize_file(path, 0);
  append("three\n");
  start(false, before);
  EXPECT_EQ(lines(), (Lines{"two", "three"}));
}

TEST_F(FileFollowing, SaysWhenAnEarlierFileIsGone) {
  append("");
  start();
  append("one\n");
  lines();
  const auto before = so_far();
  fs::remove(path);
  append("two\n");
  start(false, before);
  EXPECT_EQ(lines(), Lines{"two"});
  EXPECT_EQ(notices.size(), 1U);
}

TEST_F(FileFollowing, KnowsTheNamesOfRotatedFiles) {
  for (const auto* name : {"mail.log.1", "mail.log.2.gz", "mail.log-20261122", "mail.log.20261122-000802.gz"})
    EXPECT_TRUE(is_rotated_name(name, "mail.log")) << name;
  for (const auto* name : {"mail.log", "mail.log.bak", "mail.log.", "mail.logs.1", "other.1"})
    EXPECT_FALSE(is_rotated_name(name, "mail.log")) << name;
}

}  // namespace
}  // namespace postreeve
