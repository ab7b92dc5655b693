#include "gate/policy_request.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

namespace fs = std::filesystem;

const std::string kRecipientAsked =
    "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\nclient_address=198.51.100.7\n"
    "client_name=unknown\nsender=alice@example.test\nrecipient=a b@ok.test\nrecipient_count=0\nqueue_id=\n"
    "instance=2f6c.6b0230b3.bb3a2.0\nsize=12345\nsasl_username=alice@example.test\npolicy_context=rcpt\n\n";

TEST(PolicyRequest, IsReadWhereItLies) {
  EXPECT_EQ(policy_request_size(kRecipientAsked), kRecipientAsked.size());
  const Result<PolicyRequest> request = parse_policy_request(kRecipientAsked);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->stage(), PolicyStage::kRecipient);
  EXPECT_EQ(request->client_address, "198.51.100.7");
  EXPECT_EQ(request->recipient, "a b@ok.test");
  EXPECT_EQ(request->queue_id, "");
  EXPECT_EQ(request->policy_context, "rcpt");
  EXPECT_EQ(request->sasl_username.data(),
            kRecipientAsked.data() + kRecipientAsked.find("alice@example.test\npol"));
}

TEST(PolicyRequest, TakesTheFirstOfTwoValuesAndIgnoresNamesItDoesNotKnow) {
  const Result<PolicyRequest> request = parse_policy_request(
      "x_subject=hello\nrequest=smtpd_access_policy\nsasl_username=alice\nsasl_username=bob\nsender==x=\n\n");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->sasl_username, "alice");
  EXPECT_EQ(request->sender, "=x=");
}

TEST(PolicyRequest, TakesAnEmptyFirstValueForAValue) {
  const Result<PolicyRequest> request =
      parse_policy_request("request=smtpd_access_policy\nsasl_username=\nsasl_username=victim\n\n");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->sasl_username, "");
}

TEST(PolicyRequest, EndsAtTheFirstEmptyLineHoweverLinesEnd) {
  struct Case {
    const char* says;
    std::string input;
    std::size_t size;
  };
  for (const Case& c : std::vector<Case>{{"LF", "a=b\n\nrest\n\n", 5},
                                         {"CRLF", "a=b\r\n\r\nrest\n\n", 7},
                                         {"LF, then CRLF", "a=b\n\r\nrest", 6},
                                         {"LF, then CRLF, then LF", "a=b\n\r\n\nrest", 6},
                                         {"an empty line first", "\na=b\n\n", 1},
                                         {"an empty CRLF line first", "\r\na=b\n\n", 2},
                                         {"no end", "a=b\nc=d\n", 0},
                                         {"half an end", "a=b\r\n\r", 0},
                                         {"carriage returns inside", "a=\r\rb\n\n", 7}}) {
    EXPECT_EQ(policy_request_size(c.input), c.size) << c.says;
  }
  const Result<PolicyRequest> request =
      parse_policy_request("request=smtpd_access_policy\r\nsender=a@b.test\r\n\r\n");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->sender, "a@b.test");
}

TEST(PolicyRequest, RefusesWhatIsNone) {
  std::string many = "request=smtpd_access_policy\n";
  for (std::size_t i = 0; i < kMostPolicyLines; ++i) many += "x=y\n";
  for (const std::string& text :
       {std::string("request=junk\n\n"), std::string("sender=a@b.test\n\n"),
        std::string("GET / HTTP/1.0\n\n"), std::string("request=smtpd_access_policy\nsender\n\n"),
        std::string(), many + "\n"}) {
    EXPECT_FALSE(parse_policy_request(text)) << text;
  }
}

TEST(PolicyRequest, KnowsTheStagesThatCount) {
  PolicyRequest request;
  for (const char* state : {"CONNECT", "EHLO", "HELO", "MAIL", "VRFY", "ETRN", "", "rcpt", "RCPT2"}) {
    request.protocol_state = state;
    EXPECT_EQ(request.stage(), PolicyStage::kOther) << state;
  }
  request.protocol_state = "DATA";
  EXPECT_EQ(request.stage(), PolicyStage::kData);
  request.protocol_state = "END-OF-MESSAGE";
  EXPECT_EQ(request.stage(), PolicyStage::kEndOfMessage);
}

RC_GTEST_PROP(PolicyRequest, IsFoundTheSameHoweverItArrives, (const std::vector<std::uint8_t>& cuts)) {
  const std::string input = *rc::gen::element(kRecipientAsked, std::string("a=b\r\nc=d\r\n\r\nmore"));
  const std::size_t whole = policy_request_size(input);
  std::size_t searched = 0;
  std::size_t have = 0;
  for (const std::uint8_t cut : cuts) {
    have = std::min(input.size(), have + cut);
    const std::size_t size = policy_request_size(std::string_view(input).substr(0, have), searched);
    RC_ASSERT(size == (have >= whole ? whole : 0));
    if (size != 0) return;
    searched = have;
  }
}

RC_GTEST_PROP(PolicyRequest, AnyBytesAreSurvived, (const std::string& bytes)) {
  RC_ASSERT(policy_request_size(bytes) <= bytes.size());
  static_cast<void>(parse_policy_request(bytes));
  static_cast<void>(parse_policy_request("request=smtpd_access_policy\n" + bytes));
}

// Every request of a file that holds captured ones between other lines.
std::vector<std::string> requests_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(stream) << file;
  std::vector<std::string> requests;
  std::string request;
  for (std::string line; std::getline(stream, line);) {
    const bool is_attribute =
        line.find('=') != std::string::npos && !line.starts_with('#') && !line.starts_with('-');
    if (is_attribute) request += line + '\n';
    if (!is_attribute && !request.empty()) requests.push_back(std::exchange(request, {}) + '\n');
  }
  if (!request.empty()) requests.push_back(request + '\n');
  return requests;
}

TEST(PolicyRequestCorpus, IsUnderstood) {
  const char* folder = std::getenv("POSTREEVE_CORPUS");
  if (folder == nullptr || *folder == '\0')
    GTEST_SKIP() << "POSTREEVE_CORPUS is not set: real requests are not tested";
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(folder) / "policy-requests"))
    files.push_back(entry);
  const fs::path captures = fs::path(folder) / ".." / "captures" / "postfix";
  if (fs::is_directory(captures)) {
    for (const char* name : {"policy_allstages.txt", "policy_odd.txt", "policy_raw.txt"})
      files.push_back(captures / name);
  }
  std::size_t count = 0;
  std::set<std::string, std::less<>> states;
  for (const fs::path& file : files) {
    for (const std::string& text : requests_of(file)) {
      EXPECT_EQ(policy_request_size(text), text.size()) << file << "\n" << text;
      const Result<PolicyRequest> request = parse_policy_request(text);
      ASSERT_TRUE(request) << file << "\n" << text;
      states.emplace(request->protocol_state);
      ++count;
    }
  }
  EXPECT_GE(count, files.size() == 1 ? 1U : 100U);
  EXPECT_TRUE(states.contains("RCPT"));
}

}  // namespace
}  // namespace postreeve
