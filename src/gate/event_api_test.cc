#include "gate/event_api.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

#include "http/http_testing.h"

namespace postreeve {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kWebmail = "Authorization: Bearer webmail\r\n";
constexpr std::string_view kStaff = "Authorization: Bearer staff\r\n";

std::string message(int number, std::string_view recipients) {
  return R"({"time":"2026-03-02T08:00:00Z","event":"submission","account":"a@x.example","queue_id":"Q)" +
         std::to_string(number) + R"(","recipients":[)" + std::string(recipients) + "]}";
}
constexpr std::string_view kJudgement =
    R"({"time":"2026-03-02T08:00:00Z","event":"judgement","account":"a@x.example","confirmed":true})";

class EventApiTest : public testing::Test {
 protected:
  EventGuard guard() {
    return {.note =
                [this](Event event) {
                  const std::scoped_lock lock(mutex);
                  noted.push_back(std::move(event));
                },
            .judge =
                [this](Event event, Guard::Done done) {
                  Answer answer;
                  const auto* asked = std::get_if<Recipient>(&event);
                  if (asked != nullptr && asked->recipient == "bad@y.example") {
                    answer.action = answer.would = Action::kDefer;
                    answer.reply = Reply::kSlowed;
                    answer.reason = "too many";
                    answer.level = Level::kSlowed;
                  }
                  {
                    const std::scoped_lock lock(mutex);
                    judged.push_back(std::move(event));
                  }
                  if (!answers_later) {
                    done(answer);
                    return;
                  }
                  boost::asio::post(server.elsewhere,
                                    [answer, done = std::move(done)]() mutable { done(answer); });
                }};
  }
  static std::optional<EventScope> verify(std::string_view secret) {
    if (secret == "webmail") return EventScope{"webmail", {"login", "submission"}, {}};
    if (secret == "staff") return EventScope{"staff", {"judgement"}, {"x.example"}};
    return std::nullopt;
  }
  std::string post(std::string_view target, std::string_view body, std::string_view fields = kWebmail) {
    return client.ask(http_request("POST", target, body, fields));
  }

  std::mutex mutex;
  std::vector<Event> noted;
  std::vector<Event> judged;
  bool answers_later = false;
  HttpTestServer server{
      [this](HttpRequest request, HttpReply reply) { api->answer(std::move(request), std::move(reply)); },
      {.body_bytes = 4UL * 1024 * 1024}};
  // After the server, so that its threads end before the server's context.
  std::unique_ptr<EventApi> api = std::make_unique<EventApi>(guard(), verify, EventApiOptions{});
  HttpTestClient client{server.port};
};

TEST_F(EventApiTest, TakesJsonLines) {
  const std::string response =
      post("/v1/events", message(1, "") + "\n" + message(2, R"("b@y.example")") + "\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 202 Accepted\r\n"));
  EXPECT_EQ(body_of(response), R"({"accepted":2,"ignored":0,"refused":0,"errors":[]})");
  EXPECT_EQ(noted.size(), 2U);
}

TEST_F(EventApiTest, TakesAnArray) {
  const std::string response =
      post("/v1/events", "[" + message(1, "") + "," + message(2, "") + "]",
           "Content-Type: application/json; charset=utf-8\r\nAuthorization: Bearer webmail\r\n");
  EXPECT_THAT(body_of(response), HasSubstr(R"("accepted":2,)"));
}

TEST_F(EventApiTest, AsksForAToken) {
  for (const char* fields : {"", "Authorization: Bearer wrong\r\n", "Authorization: Basic Zm9vOmE=\r\n"}) {
    const std::string response = post("/v1/events", message(1, ""), fields);
    EXPECT_THAT(response, StartsWith("HTTP/1.1 401 "));
    EXPECT_THAT(response, HasSubstr("WWW-Authenticate: Bearer"));
  }
  EXPECT_TRUE(noted.empty());
}

TEST_F(EventApiTest, AWebmailCannotJudge) {
  const std::string response = post("/v1/events", message(1, "") + "\n" + std::string(kJudgement));
  EXPECT_THAT(response, StartsWith("HTTP/1.1 202 "));
  EXPECT_THAT(
      body_of(response),
      HasSubstr(
          R"("errors":[{"line":2,"status":403,"what":"the token does not allow events 'judgement'"}])"));
  EXPECT_EQ(noted.size(), 1U);
  EXPECT_THAT(post("/v1/events", kJudgement), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(post("/v1/events", kJudgement, kStaff), StartsWith("HTTP/1.1 202 "));
}

TEST_F(EventApiTest, SaysWhichLinesAreWrong) {
  EXPECT_THAT(post("/v1/events", "{}\n"), StartsWith("HTTP/1.1 400 "));
  const std::string response = post("/v1/events", "\nx\n" + message(1, ""));
  EXPECT_THAT(response, StartsWith("HTTP/1.1 202 "));
  EXPECT_THAT(body_of(response), HasSubstr(R"({"line":2,"status":400,"what":"it is not a JSON object"})"));
}

TEST_F(EventApiTest, TellsAHundredErrorsAndCountsAll) {
  std::string body;
  for (int i = 0; i < 500; ++i) body += "x\n";
  const std::string response = post("/v1/events", body + message(1, ""));
  EXPECT_THAT(body_of(response), HasSubstr(R"("refused":500,)"));
  EXPECT_EQ(std::ranges::count(body_of(response), '{'), 101);
}

TEST_F(EventApiTest, BoundsWhatIsTakenAtOnce) {
  std::string body;
  for (int i = 0; i < 10'001; ++i) body += "{}\n";
  EXPECT_THAT(post("/v1/events", body), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(post("/v1/events?wait=1", body.substr(0, 303)), StartsWith("HTTP/1.1 413 "));
  std::string many;
  for (int i = 0; i < 1001; ++i) many += R"("r@y.example",)";
  many.pop_back();
  EXPECT_THAT(post("/v1/events?wait=1", message(1, many)), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(post("/v1/events", "[{}"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(post("/v1/events", "{}", "Content-Type: text/xml\r\nAuthorization: Bearer webmail\r\n"),
              StartsWith("HTTP/1.1 415 "));
  EXPECT_TRUE(noted.empty());
}

TEST_F(EventApiTest, AWebmailAsksBeforeItSends) {
  for (const bool later : {false, true}) {
    answers_later = later;
    judged.clear();
    const std::string response = post("/v1/events?wait=1", message(1, R"("good@y.example","bad@y.example")") +
                                                               "\n" + message(2, R"("c@y.example")"));
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(
        body_of(response),
        R"({"accepted":2,"ignored":0,"refused":0,"errors":[],"verdicts":[)"
        R"({"line":1,"action":"defer","would":"defer","reply":")" +
            std::string(to_text(Reply::kSlowed)) +
            R"(","reason":"too many","standing":"slowed"},)"
            R"({"line":2,"action":"accept","would":"accept","reply":"","reason":"","standing":"clear"}]})");
    ASSERT_EQ(judged.size(), 5U);
    EXPECT_EQ(std::get<Recipient>(judged[0]).transaction, "Q1");
    EXPECT_EQ(std::get<Submission>(judged[2]).recipient_count, 2U);
  }
}

TEST_F(EventApiTest, AnswersAThousandStepsWithoutNesting) {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += R"("r@y.example",)";
  many.pop_back();
  EXPECT_THAT(post("/v1/events?wait=1", message(1, many)), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(judged.size(), 1001U);
}

}  // namespace
}  // namespace postreeve
