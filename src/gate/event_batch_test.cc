#include "gate/event_batch.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace postreeve {
namespace {

std::vector<std::pair<std::uint32_t, std::string>> split(std::string_view body, std::size_t most = 100) {
  std::vector<std::pair<std::uint32_t, std::string>> pieces;
  const auto texts = split_events(body, most);
  if (!texts) return {{0, texts.error().detail}};
  for (const EventText& one : *texts) pieces.emplace_back(one.line, one.text);
  return pieces;
}
using Pieces = std::vector<std::pair<std::uint32_t, std::string>>;

TEST(SplitEvents, TakesLines) {
  EXPECT_EQ(split("{1}\n\n {2} \r\n{3}"), (Pieces{{1, "{1}"}, {3, "{2}"}, {4, "{3}"}}));
  EXPECT_EQ(split(""), Pieces{});
  EXPECT_EQ(split("\n \n"), Pieces{});
}

TEST(SplitEvents, TakesAnArray) {
  EXPECT_EQ(split(R"( [ {"a":"],}\"[","b":[1,{"c":2}]} ,
                        {"d":1} ] )"),
            (Pieces{{1, R"({"a":"],}\"[","b":[1,{"c":2}]})"}, {2, R"({"d":1})"}}));
  EXPECT_EQ(split("[]"), Pieces{});
  EXPECT_EQ(split("[ ]"), Pieces{});
  EXPECT_EQ(split("[1,,2]"), (Pieces{{1, "1"}, {2, ""}, {3, "2"}}));
}

TEST(SplitEvents, RefusesHalfAnArrayAndTooMany) {
  const Pieces half = {{0, "the array does not end"}};
  EXPECT_EQ(split("["), half);
  EXPECT_EQ(split("[{\"a\":\"]"), half);
  EXPECT_EQ(split("[{},"), half);
  EXPECT_EQ(split("[\"\\"), half);
  EXPECT_EQ(split("[{}] x"), (Pieces{{0, "something follows the array"}}));
  EXPECT_EQ(split("[1,2,3]", 2), (Pieces{{0, "more than 2 events at once"}}));
  EXPECT_EQ(split("1\n2\n3", 2), (Pieces{{0, "more than 2 events at once"}}));
  EXPECT_EQ(split("1\n2\n", 2).size(), 2U);
}

constexpr std::string_view kLogin =
    R"({"time":"2026-03-02T08:00:00Z","event":"login","account":"a@x.example","result":"failure"})";
constexpr std::string_view kJudgement =
    R"({"time":"2026-03-02T08:00:00Z","event":"judgement","account":"a@x.example","confirmed":true})";
constexpr std::string_view kMessage =
    R"({"time":"2026-03-02T08:00:00Z","event":"submission","account":"a@x.example","queue_id":"Q1"})";
constexpr std::string_view kDelivery =
    R"({"time":"2026-03-02T08:00:00Z","event":"delivery","queue_id":"Q1","status":"sent"})";

EventBatch read(EventReader& reader, const EventScope& scope, std::string_view body) {
  return reader.read(*split_events(body, 100), scope);
}

TEST(EventReader, TakesWhatTheTokenAllows) {
  EventReader reader("");
  const EventScope webmail{"webmail", {"login", "submission"}, {}};
  const EventBatch batch = read(reader, webmail,
                                std::string(kLogin) + '\n' + std::string(kJudgement) + "\n{\n" +
                                    R"({"time":"2026-03-02T08:00:00Z","event":"new"})");
  ASSERT_EQ(batch.taken.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Login>(batch.taken[0].event));
  EXPECT_EQ(batch.ignored, 1U);
  ASSERT_EQ(batch.refused.size(), 2U);
  EXPECT_EQ(batch.refused[0].line, 2U);
  EXPECT_EQ(batch.refused[0].status, 403U);
  EXPECT_EQ(batch.refused[1].line, 3U);
  EXPECT_EQ(batch.refused[1].status, 400U);
  EXPECT_EQ(batch.refused[1].what, "it is not a JSON object");
}

TEST(EventReader, ATokenWithoutKindsAllowsNothing) {
  EventReader reader("");
  EXPECT_TRUE(read(reader, {"t", {}, {}}, kLogin).taken.empty());
}

TEST(EventReader, AStarAllowsEveryKind) {
  EventReader reader("");
  EXPECT_EQ(read(reader, {"t", {"*"}, {}}, kJudgement).taken.size(), 1U);
}

TEST(EventReader, ATokenOfATenantSpeaksOfItsAccountsOnly) {
  EventReader reader("");
  const std::vector<std::string> kinds = {"login", "submission", "delivery"};
  EXPECT_EQ(read(reader, {"t", kinds, {"x.example"}}, kLogin).taken.size(), 1U);
  const EventBatch others = read(reader, {"t", kinds, {"y.example"}}, kLogin);
  ASSERT_EQ(others.refused.size(), 1U);
  EXPECT_EQ(others.refused[0].status, 403U);
}

TEST(EventReader, FindsTheAccountOfADeliveryAcrossRequests) {
  EventReader reader("");
  const EventScope all{"t", {"submission", "delivery"}, {}};
  EXPECT_EQ(read(reader, all, kDelivery).ignored, 1U);
  EXPECT_EQ(read(reader, all, kMessage).taken.size(), 1U);
  const EventBatch batch = read(reader, all, kDelivery);
  ASSERT_EQ(batch.taken.size(), 1U);
  EXPECT_EQ(account_of(batch.taken[0].event).text(), "a@x.example");
  // Of one tenant's token the queue ID alone is not enough: it could be another tenant's.
  EXPECT_EQ(read(reader, {"t", {"delivery"}, {"x.example"}}, kDelivery).ignored, 1U);
}

TEST(EventReader, AnyBytesAreReadOrRefused) {
  rc::check([](const std::string& noise, std::uint16_t place, bool is_array) {
    std::string body = is_array ? "[" + std::string(kLogin) + "," + std::string(kMessage) + "]"
                                : std::string(kLogin) + "\n" + std::string(kMessage);
    body.insert(place % body.size(), noise);
    EventReader reader("x.example");
    const auto texts = split_events(body, 10);
    if (!texts) return;
    RC_ASSERT(texts->size() <= 10U);
    const EventBatch batch = reader.read(*texts, {"t", {"login", "submission"}, {}});
    RC_ASSERT(batch.taken.size() + batch.ignored + batch.refused.size() == texts->size());
  });
}

}  // namespace
}  // namespace postreeve
