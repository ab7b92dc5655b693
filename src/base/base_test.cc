#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/ascii.h"
#include "base/keyed_hash.h"
#include "base/result.h"
#include "base/time.h"

namespace postreeve {
namespace {

TEST(Rfc3339, ReadsUtcOffsetsAndFractions) {
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-03-02T08:00:00.123Z")), "2026-03-02T08:00:00.123Z");
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-03-02T08:00:00+01:00")), "2026-03-02T07:00:00.000Z");
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-03-02 08:00:00.9999999-0330")), "2026-03-02T11:30:00.999Z");
}

TEST(Rfc3339, RefusesWhatIsNotAWholeTimestamp) {
  for (const char* text :
       {"", "2026-03-02", "2026-02-30T00:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T08:00:00",
        "2026-03-02T08:00:00Zx", "2026-03-02T08:00:00.Z", "1969-12-31T23:59:59Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

RC_GTEST_PROP(Rfc3339, ReadsBackWhatItWrote, ()) {
  const auto ms = *rc::gen::inRange<long>(0, 4'000'000'000'000L);
  const Timestamp time{Duration{ms}};
  RC_ASSERT(parse_rfc3339(format_rfc3339(time)) == time);
}

RC_GTEST_PROP(Rfc3339, NeverFailsOnAnyBytes, (const std::string& text)) {
  const auto parsed = parse_rfc3339(text);
  if (parsed) RC_ASSERT(parse_rfc3339(format_rfc3339(*parsed)) == parsed);
}

TEST(Seconds32, ClampsWhatDoesNotFit) {
  EXPECT_EQ(to_seconds32(Timestamp{Duration{-5}}), 0U);
  EXPECT_EQ(to_seconds32(Timestamp{std::chrono::seconds{5'000'000'000LL}}), 0xffffffffU);
  EXPECT_EQ(from_seconds32(7), Timestamp{std::chrono::seconds{7}});
}

TEST(KeyedHash, DependsOnKeyAndTextOnly) {
  HashKey key;
  HashKey other;
  other.bytes[0] = 1;
  EXPECT_EQ(keyed_hash(key, "a@x.example"), keyed_hash(key, "a@x.example"));
  EXPECT_NE(keyed_hash(key, "a@x.example"), keyed_hash(key, "b@x.example"));
  EXPECT_NE(keyed_hash(key, "a@x.example"), keyed_hash(other, "a@x.example"));
}

TEST(KeyedHash, IsSipHash24With128Bits) {
  // Test vector of the SipHash reference implementation (vectors_sip128), key 00..0f, empty input.
  HashKey key;
  for (unsigned char i = 0; i < 16; ++i) key.bytes[i] = i;
  EXPECT_EQ(keyed_hash(key, "").low, 0xe6a825ba047f81a3ULL);
  EXPECT_EQ(keyed_hash(key, "").high, 0x930255c71472f66dULL);
}

TEST(Ascii, TrimsAndFoldsOnlyAscii) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(to_lower("ÄA@X"), "Äa@x");
  EXPECT_TRUE(equals_ignoring_case("Return-Path", "return-path"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
}

TEST(Result, CarriesAValueOrAnError) {
  const auto half = [](int n) -> Result<int> {
    if (n % 2 != 0) return fail(ErrorCode::kInvalidInput, "an odd number");
    return n / 2;
  };
  EXPECT_EQ(*half(4), 2);
  ASSERT_FALSE(half(3));
  EXPECT_EQ(half(3).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace postreeve
