#include "finding/explain.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

Prefix network(std::string_view text) {
  return *Prefix::parse(text);
}

// Any argument that a detector could give, but for texts from outside.
Argument any_number_or_place() {
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      return std::monostate{};
    case 1:
      return *rc::gen::arbitrary<std::int64_t>();
    case 2:
      return *rc::gen::arbitrary<double>();
    case 3:
      return Duration{*rc::gen::arbitrary<std::int32_t>()};
    case 4:
      return CountryCode::unpack(*rc::gen::arbitrary<std::uint16_t>());
    default:
      return Prefix::of(IpAddress(*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()),
                        *rc::gen::inRange(0, 129));
  }
}

Evidence with_arguments(Reason reason, auto make) {
  return make_evidence(reason, 1, {make(), make(), make(), make()});
}

RC_GTEST_PROP(Explain, LeavesNoBraceWhateverTheArguments, ()) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const std::string said = explain(with_arguments(static_cast<Reason>(i), any_number_or_place));
    RC_ASSERT(said.find_first_of("{}") == std::string::npos);
    RC_ASSERT(!said.empty());
  }
}

RC_GTEST_PROP(Explain, LetsNoControlCharacterThrough, (const std::string& hostile)) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const std::string said =
        explain(with_arguments(static_cast<Reason>(i), [&]() -> Argument { return ShortText(hostile); }));
    RC_ASSERT(std::ranges::none_of(said, is_control));
  }
}

TEST(Explain, ReplacesWhatWouldDriveATerminal) {
  const Evidence evidence = make_evidence(Reason::kCanaryHit, 8, {ShortText("\x1b[2Ja\r\nb\x7f@x.example")});
  EXPECT_EQ(
      explain(evidence),
      "wrote to \"?[2Ja??b?@x.example\", an address only thieves write to when they test a stolen login");
}

TEST(Explain, DoesNotTakeBracesFromOutsideForPlaces) {
  const Evidence evidence = make_evidence(Reason::kSpam, 1, {ShortText("{0}"), ShortText("{9:x}{")});
  EXPECT_EQ(explain(evidence), "\"{0}\" takes a message for spam (\"{9:x}{\")");
}

TEST(Explain, SaysWhatTheOriginWas) {
  EXPECT_EQ(explain(make_evidence(
                Reason::kNewCountry, 5,
                {network("198.51.100.0/24"), CountryCode::of("VN"), std::int64_t{2}, Duration{143 * 24h}})),
            "first use ever from Vietnam (198.51.100.0/24); until now 2 networks in 4 months");
  EXPECT_EQ(
      explain(make_evidence(Reason::kNewProvider, 5,
                            {network("2001:db8::/48"), CountryCode{}, std::int64_t{1}, Duration{2min}})),
      "first use ever from this provider in an unknown country (2001:db8::/48); until now 1 networks in "
      "2 minutes");
}

TEST(Explain, SaysUnknownForWhatADetectorDidNotGive) {
  EXPECT_EQ(explain(make_evidence(Reason::kMessagesThisDay, 5, {std::int64_t{40}})),
            "40 messages within a day; usual are unknown");
  EXPECT_EQ(explain(make_evidence(Reason::kSpam, 1, {ShortText(""), ShortText("x")})),
            "nothing takes a message for spam (\"x\")");
}

TEST(Explain, GivesOneDigitBehindThePointToSmallNumbersOnly) {
  const std::pair<double, std::string> rows[] = {{0.44, "0.4"}, {3.0, "3"},   {3.01, "3"},
                                                 {9.5, "9.5"},  {10.4, "10"}, {812.0, "812"}};
  for (const auto& [number, words] : rows) {
    EXPECT_EQ(explain(make_evidence(Reason::kMessagesThisDay, 5, {std::int64_t{40}, number})),
              "40 messages within a day; usual are " + words);
  }
}

TEST(InWords, TakesTheLargestUnitThatGivesTwo) {
  const std::pair<Duration, std::string> rows[] = {
      {0s, "0 seconds"},      {999ms, "0 seconds"},  {1s, "a second"},
      {1999ms, "a second"},   {59s, "59 seconds"},   {60s, "a minute"},
      {119s, "a minute"},     {2min, "2 minutes"},   {119min, "119 minutes"},
      {2h, "2 hours"},        {47h, "47 hours"},     {48h, "2 days"},
      {13 * 24h, "13 days"},  {14 * 24h, "2 weeks"}, {59 * 24h, "8 weeks"},
      {60 * 24h, "2 months"}, {-5min, "0 seconds"},  {24h * 365 * 3, "36 months"}};
  for (const auto& [duration, words] : rows) EXPECT_EQ(in_words(duration), words);
}

RC_GTEST_PROP(InWords, NeverPromisesMoreThanThereWas, (std::int64_t any)) {
  const Duration duration{any % (1LL << 45)};
  const std::string words = in_words(duration);
  RC_ASSERT(!words.empty());
  RC_ASSERT(words.front() != '-');
}

}  // namespace
}  // namespace postreeve
