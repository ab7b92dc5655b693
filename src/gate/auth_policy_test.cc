#include "gate/auth_policy.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/login_testing.h"
#include "gate/weakforced_json.h"
#include "http/http_testing.h"

namespace postreeve {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// As Dovecot 2.3.19 sends it, byte by byte (captured).
std::string dovecot_request(std::string_view command, std::string_view body) {
  return "POST /?command=" + std::string(command) +
         " HTTP/1.1\r\nHost: 127.0.0.1:2593\r\nDate: Sat, 21 Nov 2026 23:53:25 GMT\r\nUser-Agent: "
         "dovecot/auth-policy-client\r\nContent-Length: " +
         std::to_string(body.size()) +
         "\r\nConnection: Keep-Alive\r\nContent-Type: application/json\r\nX-Guard-Key: labsecret\r\n\r\n" +
         std::string(body);
}
constexpr std::string_view kAllowBody =
    R"({"device_id":"","login":"alice@example.test","protocol":"imap","pwhash":"0c98","remote":"192.0.2.7",)"
    R"("session_id":"sh82E9JgY75/AAcB","tls":false})";
std::string report_body(bool success, int password) {
  return R"({"device_id":"","login":"alice@example.test","protocol":"imap","pwhash":")" +
         std::to_string(password) + R"(","remote":"192.0.2.7","session_id":"x","success":)" +
         (success ? "true" : "false") + R"(,"policy_reject":false,"tls":false})";
}

class AuthPolicyTest : public testing::Test {
 protected:
  std::string ask(std::string_view request) { return client.ask(request); }
  std::string post(std::string_view command, std::string_view body) {
    return std::string(body_of(ask(http_request("POST", "/?command=" + std::string(command), body,
                                                "Authorization: Basic Zm9vOnN1cGVy\r\n"))));
  }
  std::string get(std::string_view command) {
    return std::string(body_of(ask(http_request("GET", "/?command=" + std::string(command), "",
                                                "Authorization: Basic Zm9vOnN1cGVy\r\n"))));
  }

  TestLogins logins;
  TestLists lists;
  LoginThrottle throttle{{}, HashKey{{2}}};
  LoginDesk desk{logins.guard(), throttle, {}};
  std::vector<int> told;
  HttpTestServer server{
      [this](HttpRequest request, HttpReply reply) { policy->answer(std::move(request), std::move(reply)); }};
  // After the server, so that its threads end before the server's context.
  std::unique_ptr<AuthPolicy> policy = std::make_unique<AuthPolicy>(
      desk, lists.lists(),
      AuthPolicyOptions{
          .default_domain = "x.example", .user = "", .password = "super", .api_key = "labsecret"},
      [this](const LoginQuery&, const LoginAnswer& answer) { told.push_back(answer.would); });
  HttpTestClient client{server.port};
};

TEST_F(AuthPolicyTest, AnswersDovecotOnOneConnection) {
  for (int i = 0; i < 2; ++i) {
    const std::string response = ask(dovecot_request("allow", kAllowBody));
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(response, HasSubstr("Content-Type: application/json\r\n"));
    EXPECT_EQ(body_of(response), R"({"status":0,"msg":"","r_attrs":{}})");
  }
  EXPECT_EQ(body_of(ask(dovecot_request("report", report_body(true, 1)))), R"({"status":"ok"})");
  ASSERT_EQ(logins.judged.size(), 1U);
  EXPECT_TRUE(logins.judged[0].success);
  EXPECT_EQ(logins.judged[0].session.service, Service::kImap);
  EXPECT_EQ(told.size(), 2U);
}

TEST_F(AuthPolicyTest, RefusesAfterGuesses) {
  for (int i = 0; i < 10; ++i) ask(dovecot_request("report", report_body(false, 1000 + i)));
  EXPECT_EQ(body_of(ask(dovecot_request("allow", kAllowBody))),
            R"({"status":-1,"msg":"Too many failed logins; try again later",)"
            R"("r_attrs":{"rule":"throttle: account"}})");
  logins.mode = Mode::kObserve;
  EXPECT_THAT(post("allow", kAllowBody), StartsWith(R"({"status":0,"msg":"",)"));
  EXPECT_EQ(told, (std::vector<int>{-1, -1}));
}

TEST_F(AuthPolicyTest, AsksForASecret) {
  const auto status = [&](std::string_view fields) {
    return ask(http_request("GET", "/?command=ping", "", fields)).substr(9, 3);
  };
  EXPECT_EQ(status(""), "401");
  EXPECT_EQ(status("X-Guard-Key: labsecre\r\n"), "401");
  EXPECT_EQ(status("X-Guard-Key: labsecret\r\n"), "200");
  EXPECT_EQ(status("Authorization: Basic Zm9vOnN1cGVy\r\n"), "200");
  EXPECT_EQ(status("Authorization: Basic YmFyOnN1cGVy\r\n"), "200");
  EXPECT_EQ(status("Authorization: Basic Zm9vOndyb25n\r\n"), "401");
  EXPECT_EQ(body_of(ask(http_request("GET", "/?command=ping"))),
            R"({"status":"failure","reason":"Unauthorized"})");
}

TEST_F(AuthPolicyTest, AnswersAFaultOfOursWith500AndGoesOn) {
  lists.is_broken = true;
  const auto block = [this] {
    return ask(http_request("POST", "/?command=addBLEntry",
                            R"({"ip":"192.168.72.14","expire_secs":10,"reason":"x"})",
                            "X-Guard-Key: labsecret\r\n"));
  };
  EXPECT_THAT(block(), StartsWith("HTTP/1.1 500 "));
  lists.is_broken = false;
  EXPECT_THAT(block(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(AuthPolicyTest, PingsByGetAndPost) {
  EXPECT_EQ(get("ping"), R"({"status":"ok"})");
  EXPECT_EQ(post("ping", ""), R"({"status":"ok"})");
}

TEST_F(AuthPolicyTest, KeepsListsForWeakforcedsClients) {
  EXPECT_EQ(post("addBLEntry", R"({"ip":"192.168.72.14","expire_secs":10,"reason":"test blacklist"})"),
            R"({"status":"ok"})");
  EXPECT_EQ(post("addBLEntry", R"({"netmask":"2001:503:ba3e::/64","expire_secs":3600,"reason":"net"})"),
            R"({"status":"ok"})");
  EXPECT_EQ(post("addBLEntry", R"({"login":"goodie","expire_secs":10,"reason":"who"})"),
            R"({"status":"ok"})");
  EXPECT_EQ(post("addWLEntry", R"({"ip":"192.0.2.1","expire_secs":10,"reason":"us"})"), R"({"status":"ok"})");
  EXPECT_EQ(lists.changes, 4);
  const ListEntry& entry = lists.entries.at({ListName::kBlock, "goodie@x.example"});
  EXPECT_EQ(entry.comment, "who");
  EXPECT_EQ(entry.expires, logins.now + std::chrono::seconds(10));
  EXPECT_EQ(
      get("getBL"),
      R"({"bl_entries":[{"ip":"192.168.72.14/32","expiration":"2026-Mar-02 08:00:10","reason":"test blacklist"},)"
      R"({"ip":"2001:503:ba3e::/64","expiration":"2026-Mar-02 09:00:00","reason":"net"},)"
      R"({"login":"goodie@x.example","expiration":"2026-Mar-02 08:00:10","reason":"who"}]})");
  EXPECT_THAT(get("getWL"), HasSubstr(R"({"wl_entries":[{"ip":"192.0.2.1/32",)"));
  EXPECT_EQ(post("delBLEntry", R"({"ip":"192.168.72.14"})"), R"({"status":"ok"})");
  EXPECT_EQ(post("delBLEntry", R"({"ip":"192.168.72.14"})"), R"({"status":"ok"})");
  EXPECT_EQ(post("delWLEntry", R"({"ip":"192.0.2.1"})"), R"({"status":"ok"})");
  EXPECT_EQ(lists.entries.size(), 2U);
}

TEST_F(AuthPolicyTest, ResetsWhatWasCountedAndListed) {
  for (int i = 0; i < 10; ++i) ask(dovecot_request("report", report_body(false, 1000 + i)));
  post("addBLEntry", R"({"login":"alice@example.test","expire_secs":10,"reason":"x"})");
  EXPECT_EQ(post("reset", R"({"login":"alice@example.test"})"), R"({"status":"ok"})");
  EXPECT_THAT(post("allow", kAllowBody), StartsWith(R"({"status":0,)"));
  EXPECT_TRUE(lists.entries.empty());
  EXPECT_EQ(post("reset", R"({"login":"alice@example.test","ip":"192.0.2.7"})"), R"({"status":"ok"})");
  EXPECT_EQ(post("reset", R"({"ip":"192.0.2.7"})"), R"({"status":"ok"})");
}

TEST_F(AuthPolicyTest, TellsWhatIsKnown) {
  for (int i = 0; i < 3; ++i) ask(dovecot_request("report", report_body(false, 1000 + i)));
  post("addBLEntry", R"({"netmask":"192.0.2.0/24","expire_secs":10,"reason":"why"})");
  EXPECT_EQ(post("getDBStats", R"({"ip":"192.0.2.7","login":"alice@example.test"})"),
            R"({"ip_login":"192.0.2.7:alice@example.test","whitelisted":false,"wl_reason":"","wl_expire":"",)"
            R"("blacklisted":true,"bl_reason":"why","bl_expire":"2026-Mar-02 08:00:10","stats":{"lastHour":)"
            R"({"wrongPasswords":3,"failingAccounts":1,"accountsLoggedIn":0}}})");
  EXPECT_THAT(post("getDBStats", R"({"login":"bob"})"), StartsWith(R"({"login":"bob@x.example",)"));
  post("allow", kAllowBody);
  EXPECT_THAT(get("stats"), HasSubstr(R"("reports":3,"allows":1,"denieds":0,)"));
}

struct Refused {
  const char* what;
  std::string method;
  std::string target;
  std::string body;
  unsigned status;
};

TEST_F(AuthPolicyTest, WhatAClientGetsWrongIsNeverOurFault) {
  const std::vector<Refused> cases = {
      {"no JSON", "POST", "/?command=allow", "login=a", 400},
      {"no body", "POST", "/?command=report", "", 400},
      {"no login", "POST", "/?command=allow", R"({"remote":"192.0.2.7"})", 400},
      {"no address", "POST", "/?command=report", R"({"login":"a","remote":"x"})", 400},
      {"success as some text", "POST", "/?command=report", R"({"login":"a","success":"yes"})", 400},
      {"not UTF-8", "POST", "/?command=allow", "{\"login\":\"\xff\"}", 400},
      {"an entry without an end", "POST", "/?command=addBLEntry", R"({"ip":"192.0.2.7","reason":""})", 400},
      {"an entry for both", "POST", "/?command=addBLEntry",
       R"({"ip":"192.0.2.7","login":"a","expire_secs":10,"reason":""})", 400},
      {"a reset of nothing", "POST", "/?command=reset", "{}", 400},
      {"stats of nothing", "POST", "/?command=getDBStats", "[]", 400},
      {"no command", "POST", "/", "", 404},
      {"an unknown command", "POST", "/?command=syncDBs", "{}", 404},
      {"another path", "POST", "/x?command=ping", "", 404},
      {"a question by GET", "GET", "/?command=allow", "", 405},
      {"another method", "DELETE", "/?command=ping", "", 405},
  };
  for (const Refused& one : cases) {
    const std::string response =
        ask(http_request(one.method, one.target, one.body, "X-Guard-Key: labsecret\r\n"));
    EXPECT_THAT(response, StartsWith("HTTP/1.1 " + std::to_string(one.status))) << one.what;
    EXPECT_THAT(response, HasSubstr(R"({"status":"failure","reason":)")) << one.what;
    EXPECT_THAT(response, HasSubstr("Connection: keep-alive")) << one.what;
  }
}

TEST_F(AuthPolicyTest, SaysWhenTheLedgerCannotWrite) {
  lists.disk_is_full = true;
  EXPECT_THAT(post("addBLEntry", R"({"ip":"192.0.2.7","expire_secs":10,"reason":"x"})"),
              HasSubstr("the disk is full"));
}

TEST(WeakforcedTime, IsWrittenAsThere) {
  EXPECT_EQ(weakforced_time(parse_rfc3339("2002-01-01T10:00:01Z")), "2002-Jan-01 10:00:01");
  EXPECT_EQ(weakforced_time(std::nullopt), "9999-Dec-31 23:59:59");
}

}  // namespace
}  // namespace postreeve
