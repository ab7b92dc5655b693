#include "response/evidence_action.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process/child.h"
#include "response/fake_queue_testing.h"
#include "store/ledger/clue_book.h"

namespace postreeve {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class EvidenceActionTest : public IncidentRoom {
 protected:
  EvidenceActionTest() {
    options.folder = queue.folder.file("kept");
    options.helper = queue.helper();
  }

  [[nodiscard]] Result<std::string> carry_out() {
    return EvidenceAction(options, *database, places).carry_out(task());
  }
  [[nodiscard]] std::string says() {
    const auto told = carry_out();
    return told ? *told : "failed: " + told.error().detail;
  }
  [[nodiscard]] std::string names_in_archive() const {
    return run_child({"tar", "tzf", options.folder + "/000000000000abcd-17.tar.gz"}, {})->output;
  }

  [[nodiscard]] std::string in_archive(const std::string& name) const {
    return run_child({"tar", "xzOf", options.folder + "/000000000000abcd-17.tar.gz", name}, {})->output;
  }

  EvidenceOptions options;
  AccountPlaces places;
};

TEST_F(EvidenceActionTest, KeepsWhatThereIsTimeForAndCountsTheRest) {
  queue.put_many(4);
  queue.set("hangs-m3");
  options.time_for_mail = std::chrono::milliseconds{1'500};
  EXPECT_THAT(says(), AllOf(HasSubstr("2 of them messages"), HasSubstr("; 2 more messages are not in it")));
  EXPECT_THAT(names_in_archive(), AllOf(HasSubstr("messages/m2.eml"), Not(HasSubstr("m3"))));
}

TEST_F(EvidenceActionTest, IsTriedAgainWhileTheHelperDoesNotAnswer) {
  queue.put_many(1);
  queue.set("down");
  EXPECT_EQ(carry_out().error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(fs::is_empty(options.folder));
}

TEST_F(EvidenceActionTest, IsTriedAgainWhenNotOneMessageCameInTime) {
  queue.put_many(2);
  queue.set("hangs-m1");
  options.time_for_mail = std::chrono::milliseconds{1'000};
  EXPECT_EQ(carry_out().error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(fs::is_empty(options.folder));
}

TEST_F(EvidenceActionTest, KeepsNoMoreThanItMayAndDoesNotAskForTheRest) {
  queue.put("m1");
  queue.put("m2", kThiefsAddress, "hold", 1'000'000'000);
  queue.put("m3");
  queue.put("m4");
  options.most_bytes = 100'000'000;
  options.most_messages = 2;
  EXPECT_THAT(says(), HasSubstr("2 of them messages; 2 more messages are not in it"));
  EXPECT_THAT(queue.take_asked(),
              AllOf(HasSubstr("show m3"), Not(HasSubstr("show m2")), Not(HasSubstr("show m4"))));
}

TEST_F(EvidenceActionTest, KeepsTheLogLinesOfWhatHasLeftTheQueueBeforeAndAfterARotation) {
  ClueBook clues(*database);
  clues.add(kIncident, {ClueKind::kQueueId, "4jGONE", ""}, {});
  ASSERT_TRUE(clues.flush());
  const std::string log = queue.folder.file("mail.log");
  std::ofstream(log + ".1") << "4jGONE: sasl_username=anna@shop.example\n4jELSE: to=<x@ok.test>\n";
  std::ofstream(log) << "4jGONE: to=<b@ok.test>, status=sent\n4jELSE: removed\n";
  options.log_files = {log};
  EXPECT_THAT(says(), HasSubstr("wrote the evidence"));
  EXPECT_EQ(in_archive("log-1.txt"),
            "4jGONE: sasl_username=anna@shop.example\n4jGONE: to=<b@ok.test>, status=sent\n");
}

TEST_F(EvidenceActionTest, ReportsToTheNetworksWhereTheStrangerWasSeenButNotToTheOwners) {
  ClueBook clues(*database);
  for (const std::string_view seen :
       {std::string_view("203.0.113.9"), std::string_view("203.0.113.10"), kOwnersAddress})
    clues.add(kIncident, {ClueKind::kAddress, std::string(seen), ""}, {});
  ASSERT_TRUE(clues.flush());
  options.reporter = {
      .organisation = "Hoster", .contact = "abuse@hoster.example", .domain = "hoster.example"};
  places = {.familiar = [](const AccountId&) { return std::vector{1U}; },
            .key_of =
                [](const IpAddress& address) {
                  return network_of(address).contains(*IpAddress::parse(kOwnersAddress)) ? 1U : 2U;
                }};
  EXPECT_THAT(says(), HasSubstr("wrote the evidence"));
  std::string sources;
  for (const char* name : {"reports/1-xarf.json", "reports/2-xarf.json", "reports/3-xarf.json"})
    sources += in_archive(name);
  EXPECT_THAT(sources, AllOf(HasSubstr("203.0.113.9"), HasSubstr("203.0.113.10"), HasSubstr(kThiefsAddress)));
  EXPECT_THAT(names_in_archive(), Not(HasSubstr("reports/4")));
}

TEST_F(EvidenceActionTest, LeavesTheModeOfAFolderAloneThatItDidNotMake) {
  (void)says();
  EXPECT_EQ(fs::status(options.folder).permissions(), fs::perms::owner_all);
  const fs::perms sites = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec;
  fs::permissions(options.folder, sites);
  (void)says();
  EXPECT_EQ(fs::status(options.folder).permissions(), sites);
}

TEST_F(EvidenceActionTest, IsKeptWithoutASignatureWhereTheCertificateIsGone) {
  options.certificate_file = queue.folder.file("abuse.pem");
  options.key_file = queue.folder.file("abuse.key");
  fs::create_directory(options.folder);
  const std::string signed_before = options.folder + "/000000000000abcd-17.tar.gz.MANIFEST.eml";
  std::ofstream(signed_before) << "of an earlier attempt";
  EXPECT_THAT(says(), AllOf(HasSubstr("wrote the evidence"), HasSubstr("; not signed: ")));
  EXPECT_FALSE(fs::exists(signed_before));
}

}  // namespace
}  // namespace postreeve
