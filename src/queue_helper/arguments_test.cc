#include "queue_helper/arguments.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>

#include "queue_helper/postfix_queue.h"
#include "queue_helper/relay.h"
#include "queue_helper/trusted_path.h"

namespace postreeve {
namespace {

Result<HelperRequest> read(std::vector<std::string> arguments) {
  return read_helper_arguments(arguments);
}

std::string complaint(std::vector<std::string> arguments) {
  const auto request = read(std::move(arguments));
  return request ? "none" : request.error().detail;
}

TEST(HelperArguments, NameServerVerbAndAccount) {
  const auto request = read({"--server", "exim", "--config", "/etc/exim4/x", "delete", "--account", "ANNA",
                             "--default-domain", "shop.example", "--bounces"});
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(request->server, ServerKind::kExim);
  EXPECT_EQ(request->verb, HelperVerb::kDelete);
  EXPECT_EQ(request->configuration, "/etc/exim4/x");
  EXPECT_EQ(request->account, "anna@shop.example");
  EXPECT_TRUE(request->with_bounces);
}

TEST(HelperArguments, WantAnAccountForAllThatChangesOrShowsMail) {
  EXPECT_EQ(complaint({"list"}), "none");
  EXPECT_EQ(complaint({"hold"}), "--account is missing");
  EXPECT_EQ(complaint({"release"}), "--account is missing");
  EXPECT_EQ(complaint({"delete"}), "--account is missing");
  EXPECT_EQ(complaint({"show", "4jccfS4pwcz1bY5m"}), "--account is missing");
  EXPECT_EQ(complaint({"hold", "--account", ""}), "the value of --account is empty");
  EXPECT_EQ(complaint({"hold", "--account", "<>"}), "--account is no login");
  EXPECT_EQ(complaint({"hold", "--account", "anna\nbob"}), "--account is no login");
}

TEST(HelperArguments, LeaveNoRoomForAnythingElse) {
  EXPECT_EQ(complaint({}), "there is no verb");
  EXPECT_EQ(complaint({"purge"}), "'purge' is no verb");
  EXPECT_EQ(complaint({"list", "--program", "/tmp/x"}), "'--program' is no option");
  EXPECT_EQ(complaint({"list", "--account"}), "--account wants a value");
  EXPECT_EQ(complaint({"--server", "qmail", "list"}), "--server is postfix or exim");
  EXPECT_EQ(complaint({"hold", "--account", "a", "4jccfS4pwcz1bY5m"}), "queue IDs come on standard input");
  EXPECT_EQ(complaint({"show", "--account", "a"}), "which message?");
  EXPECT_EQ(complaint({"show", "--account", "a", "X", "Y"}), "one queue ID is enough");
}

TEST(RelayedRequest, GivesArgumentsAndInputAsTheyWere) {
  const std::vector<std::string> arguments{"list", "--account", "a\nb"};
  const std::string text = relayed_request(arguments, "4jcc\n\n");
  const auto request = read_relayed_request(text);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->arguments, arguments);
  EXPECT_EQ(request->input, "4jcc\n\n");
}

TEST(RelayedRequest, IsRefusedWhenItHasNoEnd) {
  for (const char* text : {"", "list", "list --account\n"}) EXPECT_FALSE(read_relayed_request(text)) << text;
  EXPECT_FALSE(read_relayed_request(std::string(100, '\0')));
}

TEST(PostfixSeconds, AreReadAsMainCfHasThem) {
  EXPECT_EQ(read_postfix_seconds("5d"), 432'000);
  EXPECT_EQ(read_postfix_seconds("36h"), 129'600);
  EXPECT_EQ(read_postfix_seconds("0"), 0);
  EXPECT_EQ(read_postfix_seconds(" 10m\n"), 600);
  for (const char* text : {"", "d", "-1", "5x", "99999999999d"})
    EXPECT_EQ(read_postfix_seconds(text), std::nullopt) << text;
}

class TrustedPath : public ::testing::Test {
 protected:
  TrustedPath() {
    std::string name = "/tmp/pr-trust-XXXXXX";
    folder_ = mkdtemp(name.data());
    std::ofstream(folder_ / "main.cf") << "x";
  }
  ~TrustedPath() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] bool is_trusted(const std::string& name) const {
    return check_trusted_path((folder_ / name).string()).has_value();
  }
  std::filesystem::path folder_;
};

TEST_F(TrustedPath, IsOnlyWhatNobodyElseCanChange) {
  EXPECT_TRUE(is_trusted("main.cf"));
  EXPECT_FALSE(is_trusted("other.cf"));
  std::filesystem::permissions(folder_ / "main.cf", std::filesystem::perms(0666));
  EXPECT_FALSE(is_trusted("main.cf"));
  std::filesystem::permissions(folder_ / "main.cf", std::filesystem::perms(0644));
  std::filesystem::permissions(folder_, std::filesystem::perms(0777));
  EXPECT_FALSE(is_trusted("main.cf"));
}

TEST_F(TrustedPath, IsNoLinkAndHasNoDots) {
  std::filesystem::create_symlink(folder_ / "main.cf", folder_ / "link");
  EXPECT_FALSE(is_trusted("link"));
  EXPECT_FALSE(is_trusted("../main.cf"));
  EXPECT_FALSE(check_trusted_path("etc/postfix"));
  EXPECT_FALSE(check_trusted_path("/tmp")) << "a folder where everybody may write";
}

}  // namespace
}  // namespace postreeve
