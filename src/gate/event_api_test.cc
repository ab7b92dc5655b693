#include "gate/event_api.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

#include "guard/guard_testing.h"
#include "http/http_testing.h"
#include "store/sqlite_connection.h"

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
  // Its threads, and the ledger's, which may still be giving an answer, end before the server's context.
  ~EventApiTest() override {
    api.reset();
    database.reset();
  }
  EventGuard guard() {
    return {.note = [this](Event event) -> Result<void> {
              if (is_broken) throw std::runtime_error("a fault of ours");
              if (std::holds_alternative<Judgement>(event) && !settled) return settled;
              const std::scoped_lock lock(mutex);
              noted.push_back(std::move(event));
              return {};
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
                  if (keeps_answers) {
                    const std::scoped_lock lock(mutex);
                    kept.push_back([answer, done = std::move(done)]() mutable { done(answer); });
                    return;
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

  // Told again as after a restart: nothing but the ledger remembers.
  void restart() {
    api.reset();
    api =
        std::make_unique<EventApi>(guard(), verify, EventApiOptions{}, &answers, [] { return Timestamp{}; });
  }

  TemporaryDirectory directory;
  std::unique_ptr<LedgerDatabase> database = *LedgerDatabase::open({.path = directory.file("state.db")});
  AnswerBook answers{*database};
  std::mutex mutex;
  std::vector<Event> noted;
  std::vector<Event> judged;
  bool answers_later = false;
  std::atomic<bool> keeps_answers = false;  // until the test gives them
  std::vector<std::move_only_function<void()>> kept;
  bool is_broken = false;
  Result<void> settled;
  HttpTestServer server{
      [this](HttpRequest request, HttpReply reply) { api->answer(std::move(request), std::move(reply)); },
      {.body_bytes = 4UL * 1024 * 1024}};
  std::unique_ptr<EventApi> api =
      std::make_unique<EventApi>(guard(), verify, EventApiOptions{}, &answers, [] { return Timestamp{}; });
  HttpTestClient client{server.port};
};

TEST_F(EventApiTest, TakesJsonLines) {
  const std::string response =
      post("/v1/events", message(1, "") + "\n" + message(2, R"("b@y.example")") + "\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 202 Accepted\r\n"));
  EXPECT_EQ(body_of(response), R"({"accepted":2,"ignored":0,"refused":0,"errors":[]})");
  EXPECT_EQ(noted.size(), 2U);
}

TEST_F(EventApiTest, AnswersAFaultOfOursWith500AndGoesOn) {
  is_broken = true;
  EXPECT_THAT(post("/v1/events", message(1, "")), StartsWith("HTTP/1.1 500 "));
  is_broken = false;
  EXPECT_THAT(post("/v1/events", message(1, "")), StartsWith("HTTP/1.1 202 "));
}

TEST_F(EventApiTest, TakesAnArray) {
  const std::string response =
      post("/v1/events", "[" + message(1, "") + "," + message(2, "") + "]",
           "Content-Type: application/json; charset=utf-8\r\nAuthorization: Bearer webmail\r\n");
  EXPECT_THAT(body_of(response), HasSubstr(R"("accepted":2,)"));
}

TEST_F(EventApiTest, ABatchThatWaitsForTheLedgerIsAnsweredWhenTheApiIsGone) {
  keeps_answers = true;
  std::string response;
  std::jthread asking(
      [&] { response = post("/v1/events?wait=1", message(1, R"("good@y.example","bad@y.example")")); });
  const auto is_asked = [&] {
    const std::scoped_lock lock(mutex);
    return !kept.empty();
  };
  while (!is_asked()) std::this_thread::yield();
  api.reset();  // as after a stop that did not wait so long
  keeps_answers = false;
  kept.front()();
  asking.join();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(response, HasSubstr(R"("action":"defer")"));
  EXPECT_EQ(judged.size(), 3U);
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

TEST_F(EventApiTest, SaysWhyAJudgementChangesNothing) {
  for (const auto& [code, status] :
       {std::pair(ErrorCode::kConflict, "409"), std::pair(ErrorCode::kNotFound, "400"),
        std::pair(ErrorCode::kUnavailable, "503")}) {
    settled = fail(code, "so it is already");
    const std::string response = post("/v1/events", kJudgement, kStaff);
    EXPECT_THAT(response, StartsWith("HTTP/1.1 " + std::string(status)));
    EXPECT_THAT(body_of(response),
                HasSubstr(R"({"accepted":0,"ignored":0,"refused":1,"errors":[{"line":1,)"));
    EXPECT_THAT(body_of(response), HasSubstr(R"("what":"so it is already")"));
  }
  settled = {};
  EXPECT_THAT(post("/v1/events", kJudgement, kStaff), StartsWith("HTTP/1.1 202 "));
  EXPECT_EQ(std::get<Judgement>(noted.at(0)).person, "staff");
}

TEST_F(EventApiTest, AsksForNoJudgement) {
  const std::string response = post("/v1/events?wait=1", kJudgement, kStaff);
  EXPECT_THAT(response, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(response, HasSubstr("leave out wait=1"));
  EXPECT_TRUE(judged.empty());
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

constexpr std::string_view kFirstBatch = "Idempotency-Key: batch-1\r\nAuthorization: Bearer webmail\r\n";

TEST_F(EventApiTest, CountsABatchWithAKeyOnce) {
  const std::string first = post("/v1/events", message(1, ""), kFirstBatch);
  EXPECT_THAT(first, StartsWith("HTTP/1.1 202 "));
  EXPECT_EQ(body_of(post("/v1/events", message(1, ""), kFirstBatch)), body_of(first));
  restart();
  const std::string again = post("/v1/events", message(1, ""), kFirstBatch);
  EXPECT_THAT(again, StartsWith("HTTP/1.1 202 "));
  EXPECT_EQ(body_of(again), body_of(first));
  EXPECT_EQ(noted.size(), 1U);
  post("/v1/events", message(1, ""));
  EXPECT_EQ(noted.size(), 2U);
}

TEST_F(EventApiTest, AnswersAnAskedBatchAgainWithItsVerdicts) {
  answers_later = true;
  const std::string asked = message(1, R"("bad@y.example")");
  const std::string first = post("/v1/events?wait=1", asked, kFirstBatch);
  EXPECT_THAT(body_of(first), HasSubstr(R"("action":"defer")"));
  EXPECT_EQ(body_of(post("/v1/events?wait=1", asked, kFirstBatch)), body_of(first));
  EXPECT_EQ(judged.size(), 2U);
  // Telling is another request than asking.
  EXPECT_THAT(post("/v1/events", asked, kFirstBatch), StartsWith("HTTP/1.1 422 "));
}

TEST_F(EventApiTest, TakesAKeyForOneBatchOfOneToken) {
  post("/v1/events", message(1, ""), kFirstBatch);
  EXPECT_THAT(post("/v1/events", message(2, ""), kFirstBatch), StartsWith("HTTP/1.1 422 "));
  EXPECT_THAT(post("/v1/events", kJudgement, "Idempotency-Key: batch-1\r\nAuthorization: Bearer staff\r\n"),
              StartsWith("HTTP/1.1 202 "));
  EXPECT_EQ(noted.size(), 2U);
  const std::string long_key = "Idempotency-Key: " + std::string(201, 'k') + "\r\n" + std::string(kWebmail);
  EXPECT_THAT(post("/v1/events", message(3, ""), long_key), StartsWith("HTTP/1.1 400 "));
}

TEST_F(EventApiTest, LetsARefusedBatchBeToldAgain) {
  EXPECT_THAT(post("/v1/events", "{}", kFirstBatch), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(post("/v1/events", message(1, ""), kFirstBatch), StartsWith("HTTP/1.1 202 "));
}

TEST_F(EventApiTest, DoesNotGuessWhenTheLedgerIsSilent) {
  auto file = SqliteConnection::open(directory.file("state.db"), SqliteConnection::Access::kReadWrite,
                                     std::chrono::seconds{5});
  ASSERT_TRUE(file && file->run("DROP TABLE given_answer"));
  EXPECT_THAT(post("/v1/events", message(1, ""), kFirstBatch), StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(noted.empty());
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
