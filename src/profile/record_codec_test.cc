#include "profile/record_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/field_writer.h"
#include "profile/record_testing.h"

namespace postreeve {
namespace {

void expect_same_after_a_round(const AccountRecord& record) {
  const std::string bytes = encode_record(record);
  const Result<AccountRecord> again = decode_record(bytes);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(*again == record);
  EXPECT_EQ(encode_record(*again), bytes);
}

TEST(RecordCodec, KeepsAnEmptyRecordInFewBytes) {
  expect_same_after_a_round({});
  EXPECT_LE(encode_record({}).size(), 48U);
}

TEST(RecordCodec, WritesTheSameBytesOnEveryMachine) {
  AccountRecord record;
  record.dismissed = 0x01020304;
  const std::string bytes = encode_record(record);
  EXPECT_EQ(bytes.substr(0, 3), std::string("PR\x01"));
  EXPECT_NE(bytes.find(std::string("\x04\x03\x02\x01")), std::string::npos);
}

TEST(RecordCodec, KeepsEveryRecordThatGrewByLearning) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    expect_same_after_a_round(grown_record(seed, static_cast<int>(seed * seed)));
  }
}

TEST(RecordCodec, TakesLessThanMemoryForAnAccountOfAMonth) {
  const AccountRecord record = grown_record(1, 60);
  EXPECT_LT(encode_record(record).size(), memory_bytes(record));
}

RC_GTEST_PROP(RecordCodec, KeepsEveryRecordWhateverIsInIt, (std::uint64_t seed)) {
  const AccountRecord record = random_record(seed);
  const std::string bytes = encode_record(record);
  const Result<AccountRecord> again = decode_record(bytes);
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == record);
  RC_ASSERT(encode_record(*again) == bytes);
}

RC_GTEST_PROP(RecordCodec, RefusesBytesThatWereChanged, (std::uint64_t seed)) {
  std::string bytes = encode_record(random_record(seed));
  const std::size_t place = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[place] = static_cast<char>(bytes[place] ^ *rc::gen::inRange(1, 256));
  RC_ASSERT(!decode_record(bytes));
}

TEST(RecordCodec, RefusesBytesThatAreCutOff) {
  const std::string bytes = encode_record(grown_record(3, 20));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Result<AccountRecord> read = decode_record(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
}

// Bytes with a right checksum around any body.
std::string sealed(std::string_view body, std::uint8_t version) {
  std::string bytes;
  FieldWriter writer({.name = "", .letters = {'P', 'R'}, .version = version}, bytes);
  bytes += body;
  writer.finish();
  return bytes;
}

TEST(RecordCodec, SaysThatANewerVersionWroteIt) {
  const Result<AccountRecord> read = decode_record(sealed("", kRecordFormat + 1));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(read.error().detail.find("newer"), std::string::npos) << read.error().detail;
}

RC_GTEST_PROP(RecordCodec, ReadsNoRubbishAndTrustsNoLength, (const std::string& body)) {
  const std::string bytes = sealed(body, kRecordFormat);
  const Result<AccountRecord> read = decode_record(bytes);
  if (read) RC_ASSERT(encode_record(*read) == bytes);
}

RC_GTEST_PROP(RecordCodec, IsSafeWithBodiesThatAreSlightlyWrong, (std::uint64_t seed)) {
  std::string bytes = encode_record(random_record(seed));
  std::string body = bytes.substr(3, bytes.size() - 7);
  for (int i = 0; i < 3; ++i) {
    const std::size_t place = *rc::gen::inRange<std::size_t>(0, body.size());
    body[place] = static_cast<char>(*rc::gen::inRange(0, 256));
  }
  bytes = sealed(body, kRecordFormat);
  Result<AccountRecord> read = decode_record(bytes);
  if (!read) return;
  RC_ASSERT(encode_record(*read) == bytes);
  // Whatever it holds, it can be used.
  learn_recipient(read->profile, 77);
  RC_ASSERT(read->profile.known_recipients.contains(77));
  stranger_of(*read).note_transaction(5);
  read->recent.add({.step = 1, .time = 1});
}

}  // namespace
}  // namespace postreeve
