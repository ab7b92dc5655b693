#include "gate/login_query.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace postreeve {
namespace {

// Captured from Dovecot 2.3.19.
constexpr std::string_view kDovecotReport =
    R"({"device_id":"","login":"Alice@Example.TEST","protocol":"smtp","pwhash":"0c98","remote":"127.0.0.1",)"
    R"("session_id":"","success":true,"policy_reject":false,"tls":false})";

TEST(LoginQuery, ReadsWhatDovecotReports) {
  const auto query = read_login_query(kDovecotReport, "");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->login.account.text(), "alice@example.test");
  EXPECT_EQ(query->login.session.client_address, IpAddress::parse("127.0.0.1"));
  EXPECT_EQ(query->login.session.service, Service::kSmtp);
  EXPECT_TRUE(query->login.success);
  EXPECT_NE(query->login.password_hash, 0U);
  EXPECT_FALSE(query->policy_reject);
}

TEST(LoginQuery, ReadsWhatWeakforcedsClientsSend) {
  const auto query = read_login_query(
      R"({"login":"joe","remote":"2001:503:ba3e::2:30","pwhash":"cc04","attrs":{"a":["b"]},"device_id":"",)"
      R"("protocol":"","tls":false,"success":false,"t":12.5})",
      "x.example");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->login.account.text(), "joe@x.example");
  EXPECT_FALSE(query->login.success);
  EXPECT_EQ(query->login.reason, LoginFailure::kBadPassword);
}

TEST(LoginQuery, TakesATextForTruthAtItsWord) {
  EXPECT_TRUE(read_login_query(R"({"login":"joe","success":"true"})", "")->login.success);
  EXPECT_FALSE(read_login_query(R"({"login":"joe","success":"false"})", "")->login.success);
}

TEST(LoginQuery, AnEmptyLoginIsNobody) {
  const auto query = read_login_query(R"({"login":"","remote":"192.0.2.7","pwhash":"033c"})", "x.example");
  ASSERT_TRUE(query);
  EXPECT_TRUE(query->login.account.empty());
}

TEST(LoginQuery, OneHashIsOneHashHoweverItIsWritten) {
  const auto hash = [](std::string_view text) {
    return read_login_query(R"({"login":"a","pwhash":")" + std::string(text) + "\"}", "")
        ->login.password_hash;
  };
  EXPECT_EQ(hash("0c98"), hash("0C98"));
  EXPECT_NE(hash("0c98"), hash("0c99"));
  EXPECT_NE(hash("0000"), 0U);
  EXPECT_NE(hash(std::string(64, 'a') + "b"), hash(std::string(64, 'a') + "c"));
  EXPECT_EQ(hash(""), 0U);
}

TEST(LoginQuery, AHashThatDoesNotKnowThePasswordIsNone) {
  for (const char* fields : {R"("mech":"SCRAM-SHA-256")", R"("attrs":{"mech":"cram-md5"})"}) {
    const auto query = read_login_query(R"({"login":"a","pwhash":"03b9",)" + std::string(fields) + "}", "");
    EXPECT_EQ(query->login.password_hash, 0U) << fields;
  }
  EXPECT_NE(read_login_query(R"({"login":"a","pwhash":"03b9","mech":"PLAIN"})", "")->login.password_hash, 0U);
}

TEST(LoginQuery, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "the body is no JSON object"},
      {"[]", "the body is no JSON object"},
      {"{", "the body is no JSON object"},
      {R"({"login":"a"} x)", "the body is no JSON object"},
      {"{}", "field 'login' is missing"},
      {R"({"login":1})", "field 'login' is no text"},
      {R"({"login":"a","remote":"here"})", "field 'remote' is no address"},
      {R"({"login":"a","remote":7})", "field 'remote' is no text"},
      {R"({"login":"a","pwhash":{}})", "field 'pwhash' is no text"},
      {R"({"login":"a","success":"yes"})", "field 'success' is not true or false"},
      {R"({"login":"a","policy_reject":0})", "field 'policy_reject' is not true or false"},
      {std::string(100'000, '['), "the body is no JSON object"},
  };
  for (const auto& [body, what] : cases) {
    const auto query = read_login_query(body, "");
    ASSERT_FALSE(query) << body.substr(0, 50);
    EXPECT_EQ(query.error().detail, what);
  }
}

TEST(ListQuery, ReadsNetworksAndLogins) {
  const auto address = read_list_query(R"({"ip":"192.0.2.7","expire_secs":10,"reason":"why"})", "");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->network->to_string(), "192.0.2.7");
  EXPECT_EQ(address->expire_seconds, 10U);
  EXPECT_EQ(address->reason, "why");
  EXPECT_EQ(read_list_query(R"({"netmask":"192.0.2.7/24"})", "")->network->to_string(), "192.0.2.0/24");
  EXPECT_EQ(read_list_query(R"({"netmask":"2001:503:ba3e::/64"})", "")->network->to_string(),
            "2001:503:ba3e::/64");
  EXPECT_EQ(read_list_query(R"({"login":"Joe"})", "x.example")->account.text(), "joe@x.example");
}

TEST(ListQuery, RefusesWhatIsNone) {
  for (const char* body :
       {"{}", R"({"ip":"x"})", R"({"netmask":"192.0.2.0/33"})", R"({"netmask":"192.0.2.0/"})",
        R"({"netmask":"192.0.2.0/-1"})", R"({"netmask":"::/129"})", R"({"login":"<>"})",
        R"({"ip":"192.0.2.7","expire_secs":0})", R"({"ip":"192.0.2.7","expire_secs":-5})",
        R"({"ip":"192.0.2.7","expire_secs":1e99})", R"({"ip":"192.0.2.7","reason":5})"})
    EXPECT_FALSE(read_list_query(body, "")) << body;
}

TEST(LoginQuery, AnyTextIsReadOrRefused) {
  rc::check([](const std::string& noise, std::uint16_t place) {
    (void)read_login_query(noise, "x.example");
    std::string body(kDovecotReport);
    body.insert(place % body.size(), noise);
    (void)read_login_query(body, "x.example");
    (void)read_list_query(body, "x.example");
  });
}

}  // namespace
}  // namespace postreeve
