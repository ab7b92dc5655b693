#include "response/webhook_target.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <boost/json/parse.hpp>

#include "response/response_testing.h"
#include "store/ledger/ledger_testing.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Task suspended() {
  Task task = task_of(changed(Level::kHeld, Level::kSuspended), "hook", Direction::kCarryOut);
  task.id = 17;
  return task;
}

WebhookTarget target(const std::string& format, const std::string& template_file = {}) {
  ActionSettings settings("hook");
  settings.set("format", format);
  if (!template_file.empty()) settings.set("template_file", template_file);
  auto made = WebhookTarget::make(settings, "https://hooks.example/services/secret");
  if (!made) throw std::runtime_error(made.error().detail);
  return *std::move(made);
}

TEST(Webhook, IsSignedOverTimeIdAndBody) {
  // printf '1772334000.abcd-17.{}' | openssl dgst -sha256 -hmac whsec
  EXPECT_EQ(webhook_signature("whsec", kSundayAtThree, "abcd-17", "{}"),
            "t=1772334000,v1=5b75326663c5fc604001fff348df5325dc52347d3bf415bf60240c4f716ff620");
}

TEST(Webhook, TellsTheChangeAsJson) {
  const auto body = boost::json::parse(target("postreeve").body_of(suspended(), {}));
  EXPECT_EQ(body.at("id").as_string(), "000000000000abcd-17");
  EXPECT_EQ(body.at("account").as_string(), "anna@shop.example");
  EXPECT_EQ(body.at("after").as_string(), "suspended");
  EXPECT_EQ(body.at("recipients").to_number<int>(), 41);
  EXPECT_FALSE(body.at("observed").as_bool());
  EXPECT_EQ(body.at("evidence").at(0).at("says").as_string(), "first login ever from Vietnam");
}

TEST(Webhook, GivesAChatNoMarkupOfAStranger) {
  Task task = suspended();
  task.reason = "<!channel> & <http://evil.example|click>";
  const std::string body = target("slack").body_of(task, {});
  EXPECT_THAT(body, HasSubstr("&lt;!channel&gt; &amp; &lt;http"));
  EXPECT_THAT(body, HasSubstr("[Postreeve #000000000000abcd] anna@shop.example is suspended"));
}

class WebhookTemplate : public ::testing::Test {
 protected:
  std::string write_file(const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name)) << text;
    return folder.file(name);
  }
  LedgerFolder folder;
};

RC_GTEST_FIXTURE_PROP(WebhookTemplate, IsJsonWhateverIsPutIn, ()) {
  const std::string file = write_file("zammad.json",
                                      R"({"title": "{{headline}}", "article": {"body": "{{story}}"},
                                          "note": "{{reason}}", "why": [{{#evidence}}"{{says}}",{{/evidence}}""]})");
  Task task = suspended();
  task.reason = *hostile_bytes();
  task.evidence[0].says = *hostile_bytes();
  const auto body = boost::json::parse(target("template", file).body_of(task, {}));
  RC_ASSERT(std::string_view(body.at("article").at("body").as_string()).contains("What got out"));
}

TEST_F(WebhookTemplate, IsRefusedWhenNoJsonComesOut) {
  ActionSettings settings("hook");
  settings.set("format", "template");
  for (const std::string wrong : {"{", "{\"a\": {{headline}}}", "{{#open}}", ""}) {
    settings.set("template_file", write_file("t.json", wrong));
    const auto made = WebhookTarget::make(settings, "https://x.example/");
    ASSERT_FALSE(made) << wrong;
    EXPECT_THAT(made.error().detail, HasSubstr("template_file"));
  }
}

RC_GTEST_PROP(Webhook, BearsHostileTexts, ()) {
  Task task = suspended();
  task.reason = *hostile_bytes();
  task.client = *hostile_bytes();
  task.evidence[0].detector = *hostile_bytes();
  static_cast<void>(boost::json::parse(target("postreeve").body_of(task, {})));
  static_cast<void>(boost::json::parse(target("slack").body_of(task, {})));
}

TEST(Webhook, ShowsNeitherPathNorPassword) {
  EXPECT_EQ(target("slack").place(), "https://hooks.example");
  ActionSettings settings("hook");
  for (const std::string wrong : {"ftp://a.example/secret", "not a url secret", "https://u:secret@a.example/",
                                  "https://a.example/\r\nX: secret", ""}) {
    settings.set("url", wrong);
    const auto url = read_url(settings, "url");
    ASSERT_FALSE(url) << wrong;
    EXPECT_THAT(url.error().detail, Not(HasSubstr("secret")));
  }
}

TEST(Webhook, TakesNoHeaderThatWouldBeTwo) {
  ActionSettings settings("hook");
  for (const std::string wrong : {"X: a\r\nY: b", "no colon", ": x", "X:", "X y: z"}) {
    settings.set("headers", std::vector<std::string>{wrong});
    EXPECT_FALSE(WebhookTarget::make(settings, "https://x.example/")) << wrong;
  }
}

}  // namespace
}  // namespace postreeve
