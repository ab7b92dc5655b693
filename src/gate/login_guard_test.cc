// The auth policy gate over the real guard, the real ledger and the real lists.
#include <filesystem>
#include <future>

#include <stdlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/familiar_places.h"
#include "gate/auth_policy.h"
#include "gate/event_api.h"
#include "gate/event_tokens.h"
#include "gate/login_desk.h"
#include "guard/guard.h"
#include "store/ledger/list_book.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class LoginGuardTest : public testing::Test {
 protected:
  LoginGuardTest() {
    std::string name = (std::filesystem::temp_directory_path() / "postreeve-gate-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    database_ = std::move(*LedgerDatabase::open({.path = (folder_ / "ledger.db").string()}));
    incidents_ = std::make_unique<IncidentBook>(*database_);
    book_ = std::make_unique<ListBook>(*database_);
    guard_ = std::make_unique<Guard>(
        Guard::Parts{accounts_, counters_, *incidents_, key_, [this] { return now_; }}, rules(),
        Mode::kEnforce);
    places_ = std::make_unique<FamiliarPlaces>(accounts_, key_);
    desk_ = std::make_unique<LoginDesk>(
        login_guard(
            *guard_,
            [this](const AccountId& account, const IpAddress& from) { return places_->knows(account, from); },
            Door::kAuthPolicy),
        throttle_, LoginDeskOptions{});
    policy_ = std::make_unique<AuthPolicy>(
        *desk_, login_lists(*book_, [this] { guard_->set_rules(rules()); }), AuthPolicyOptions{});
  }
  ~LoginGuardTest() override {
    policy_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::shared_ptr<const Rules> rules(Policy policy = {}) const {
    return std::make_shared<const Rules>(std::move(policy), std::make_shared<const Locator>(),
                                         book_->entries(std::nullopt, now_).value(),
                                         std::vector<AccountPolicy>{}, now_);
  }
  std::string ask(std::string_view command, std::string body) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/";
    request.query = {{"command", std::string(command)}};
    request.body = std::move(body);
    std::promise<std::string> answer;
    policy_->answer(std::move(request),
                    [&answer](const HttpResponse& response) { answer.set_value(response.body); });
    return answer.get_future().get();
  }
  static std::string login(bool success, int password, std::string_view from) {
    return R"({"login":"a@x.example","protocol":"imap","pwhash":")" + std::to_string(password) +
           R"(","remote":")" + std::string(from) + R"(","success":)" + (success ? "true}" : "false}");
  }

  std::filesystem::path folder_;
  HashKey key_{{9}};
  Timestamp now_ = *parse_rfc3339("2026-03-02T08:00:00Z");
  MemoryAccountStore accounts_;
  MemorySharedCounters counters_{1000};
  std::unique_ptr<LedgerDatabase> database_;
  std::unique_ptr<IncidentBook> incidents_;
  std::unique_ptr<ListBook> book_;
  std::unique_ptr<Guard> guard_;
  std::unique_ptr<FamiliarPlaces> places_;
  LoginThrottle throttle_{{}, key_};
  std::unique_ptr<LoginDesk> desk_;
  std::unique_ptr<AuthPolicy> policy_;
};

TEST_F(LoginGuardTest, AnEntryOfAListHoldsAtOnce) {
  EXPECT_THAT(ask("allow", login(false, 1, "192.0.2.7")), StartsWith(R"({"status":0,)"));
  EXPECT_EQ(ask("addBLEntry", R"({"netmask":"192.0.2.0/24","expire_secs":60,"reason":"r"})"),
            R"({"status":"ok"})");
  EXPECT_THAT(ask("allow", login(false, 1, "192.0.2.7")), HasSubstr(R"("rule":"block list")"));
  EXPECT_EQ(ask("delBLEntry", R"({"netmask":"192.0.2.0/24"})"), R"({"status":"ok"})");
  EXPECT_THAT(ask("allow", login(false, 1, "192.0.2.7")), StartsWith(R"({"status":0,)"));
}

TEST_F(LoginGuardTest, TheOwnersNetworkIsNotLockedWhereTheThiefsIs) {
  for (int day = 0; day < 3; ++day) {
    EXPECT_EQ(ask("report", login(true, 1, "198.51.100.7")), R"({"status":"ok"})");
    now_ += std::chrono::days(1);
  }
  for (int i = 0; i < 10; ++i) {
    ask("report", login(false, 100 + i, "198.51.100.7"));
    ask("report", login(false, 200 + i, "192.0.2.7"));
  }
  EXPECT_THAT(ask("allow", login(false, 1, "198.51.100.7")), StartsWith(R"({"status":0,)"));
  EXPECT_THAT(ask("allow", login(false, 1, "192.0.2.7")), StartsWith(R"({"status":-1,)"));
}

TEST_F(LoginGuardTest, AWebServerThatIsNamedLaterLocksNobodyFromThenOn) {
  for (int i = 0; i < 10; ++i) ask("report", login(false, i, "192.0.2.7"));
  EXPECT_THAT(ask("allow", login(false, 1, "192.0.2.7")), StartsWith(R"({"status":-1,)"));
  Policy policy;
  policy.webmail_networks = PrefixSet(std::vector{*Prefix::parse("192.0.2.7")});
  guard_->set_rules(rules(policy));
  for (int i = 0; i < 10; ++i) ask("report", login(false, 100 + i, "192.0.2.7"));
  EXPECT_THAT(ask("allow", login(false, 1, "192.0.2.7")), StartsWith(R"({"status":0,)"));
}

TEST_F(LoginGuardTest, TheEventApiTellsTheGuard) {
  const auto settle = [](const Judgement&) { return Result<void>{}; };
  EventApi api(event_guard(*guard_, settle), [](std::string_view) { return EventScope{"t", {"*"}, {}}; }, {});
  HttpRequest request;
  request.headers = {{"authorization", "Bearer x"}};
  request.query = {{"wait", "1"}};
  request.body =
      R"({"time":"2026-03-02T08:00:00Z","event":"submission","account":"a@x.example","queue_id":"Q","recipients":["b@y.example"]})";
  std::promise<std::string> answer;
  api.answer(std::move(request),
             [&answer](const HttpResponse& response) { answer.set_value(response.body); });
  EXPECT_THAT(answer.get_future().get(), HasSubstr(R"("verdicts":[{"line":1,"action":"accept")"));
  EXPECT_EQ(accounts_.size(), 1U);
}

TEST_F(LoginGuardTest, TokensOfTheLedgerSayWhatMayBeTold) {
  TokenBook book(*database_);
  const auto made = [&](std::string tenant) {
    return book
        .create({.name = "webmail",
                 .scope = {{"login"}, std::move(tenant)},
                 .author = "tester",
                 .created = now_,
                 .expires = std::nullopt})
        .value()
        .token;
  };
  const EventTokens tokens = event_tokens(
      book, [this] { return now_; },
      [](std::string_view tenant) {
        return tenant == "shop" ? std::vector<std::string>{"shop.example"} : std::vector<std::string>{};
      });
  ASSERT_TRUE(tokens(made("")));
  EXPECT_TRUE(tokens(made(""))->domains.empty());
  EXPECT_EQ(tokens(made("shop"))->domains, std::vector<std::string>{"shop.example"});
  EXPECT_EQ(tokens(made("shop"))->events, std::vector<std::string>{"login"});
  EXPECT_FALSE(tokens(made("gone")));
  EXPECT_FALSE(tokens("ptk_x"));
}

}  // namespace
}  // namespace postreeve
