#include "profile/record_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/field_writer.h"
#include "profile/record_testing.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;

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
  EXPECT_EQ(bytes.substr(0, 3), std::string("PR\x03"));
  EXPECT_NE(bytes.find(std::string("\x04\x03\x02\x01")), std::string::npos);
}

// A young account as version 1 wrote it, byte by byte: formats that were written once are read for ever.
constexpr std::string_view kOfVersion1 =
    "505201ab050000001700000022500122000000be225022500101180000002250ef225001011b0000002350235001fb01"
    "1c0000002350235001011000000039030000000f030000ec0300006b04000000f800f1a46958a6a66958a6a669010004"
    "0054010000002250017d02000000235023500202040000000f235023500101f4454400002350235002020000f4010000"
    "002250225001017d0300000022502250010105000000df2350235001010400000023502350f701010200000023502350"
    "02023d01000000235023500101709413fd3f9413fd3fafce9d403f94133d4094133d4094137d4028277a3f0000004000"
    "00803f333c3ba669000030410000e0401e411be7132d00010100000000000000fc23505e01b22500003e1f0000ff1100"
    "009a0f0000c18e20000000f1a469104aa569bf48c6a5693c3ba66958a6a6690304030200008022000000070200000045"
    "443883cc73874b";

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

TEST(RecordCodec, ReadsWhatVersion1Wrote) {
  const std::string bytes = bytes_of(kOfVersion1);
  const Result<AccountRecord> record = decode_record(bytes);
  ASSERT_TRUE(record) << record.error().detail;
  EXPECT_EQ(record->profile.first_seen, 0x69a4f100U);
  EXPECT_GT(record->profile.networks.size(), 1U);
  EXPECT_EQ(record->standing.ordered, 0U);
  EXPECT_EQ(encode_record(*record, 1).size(), bytes.size());
  EXPECT_TRUE(*decode_record(encode_record(*record, 1)) == *record);
  EXPECT_TRUE(*decode_record(encode_record(*record)) == *record);
}

TEST(RecordCodec, WritesForNeighboursThatReadVersion1Only) {
  AccountRecord record = grown_record(1, 60);
  record.standing = {.since = 9, .until = 0, .incident = {7}, .level = Level::kSuspended, .ordered = 9};
  const std::string older = encode_record(record, 1);
  EXPECT_LE(encode_record(record).size(), older.size() + 5);
  ASSERT_TRUE(decode_record(older, 1));
  EXPECT_TRUE(*decode_record(older, 1) == record);
  EXPECT_EQ(decode_record(older)->standing.ordered, 0U);
  EXPECT_EQ(decode_record(encode_record(record))->standing.ordered, 9U);
  EXPECT_EQ(decode_record(encode_record(record), 1).error().code, ErrorCode::kInvalidInput);
}

// Bytes with a right checksum around any body.
std::string sealed(std::string_view body, std::uint8_t version) {
  std::string bytes;
  FieldWriter writer({.name = "", .letters = {'P', 'R'}, .version = version}, bytes);
  bytes += body;
  writer.finish();
  return bytes;
}

// Until version 3 recipients lay in a hash table.
TEST(RecordCodec, WritesRecipientsForNeighboursThatReadVersion2Only) {
  for (const std::uint32_t count : {0U, 1U, 14U, 15U, 20U, 100U, 449U, 561U, 896U, 900U}) {
    AccountRecord record;
    for (std::uint32_t i = 0; i < count; ++i) learn_recipient(record.profile, i * 0x9e37'79b9);
    const Result<AccountRecord> read = decode_record(encode_record(record, 2), 2);
    ASSERT_TRUE(read) << count << ": " << read.error().detail;
    EXPECT_TRUE(*read == record) << count;
  }
}

// Why the record's bytes are refused with one part of them changed; "" when they are not.
std::string refusal(const std::string& bytes, std::string_view part, std::string_view by) {
  std::string body = bytes.substr(3, bytes.size() - 7);
  const std::size_t place = body.find(part);
  if (place == std::string::npos) return "the part is not there";
  body.replace(place, part.size(), by);
  const Result<AccountRecord> read = decode_record(sealed(body, static_cast<std::uint8_t>(bytes[2])));
  return read ? std::string() : read.error().detail;
}

TEST(RecordCodec, RefusesTablesThatNoVersionWrote) {
  using namespace std::string_view_literals;
  AccountRecord record;
  for (std::uint32_t i = 1; i <= 15; ++i) learn_recipient(record.profile, i << 27);
  const auto first = "\0\0\0\x08"sv;
  const auto second = "\0\0\0\x10"sv;

  const std::string hashed = encode_record(record, 2);
  const auto size_and_count = "\x14\0\0\0\x0f\0\0\0"sv;
  EXPECT_EQ(refusal(hashed, size_and_count, size_and_count), "");
  EXPECT_THAT(refusal(hashed, size_and_count, "\x15\0\0\0\x0f\0\0\0"sv), HasSubstr("no known size"));
  EXPECT_THAT(refusal(hashed, size_and_count, "\x14\0\0\0\x0e\0\0\0"sv), HasSubstr("do not fit"));
  EXPECT_THAT(refusal(hashed, first, second), HasSubstr("do not fit"));

  const std::string sorted = encode_record(record);
  const auto count = "\x0f\0\0\0"sv;
  EXPECT_EQ(refusal(sorted, count, count), "");
  for (const auto many : {"\x81\x03\0\0"sv, "\xff\xff\xff\xff"sv})
    EXPECT_THAT(refusal(sorted, count, many), HasSubstr("more recipients than"));
  EXPECT_THAT(refusal(sorted, first, second), HasSubstr("do not fit"));
  EXPECT_THAT(refusal(sorted, first, "\0\0\0\x78"sv), HasSubstr("do not fit"));
}

// As many recipients as a number can say, in filters that end at once.
TEST(RecordCodec, TrustsNoNumberOfRecipients) {
  const Result<AccountRecord> read = decode_record(sealed("\x06\xff\xff\xff\xff", 3));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
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
