#include "base/field_archive.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "base/field_reader.h"
#include "base/field_writer.h"

namespace postreeve {
namespace {

constexpr BlobFormat kFirst{.name = "a thing", .letters = {'T', 'T'}, .version = 1};
constexpr BlobFormat kSecond{.name = "a thing", .letters = {'T', 'T'}, .version = 2};

struct Thing {
  std::int16_t number = 0;
  double real = 0;
  bool flag = false;
  std::vector<std::uint64_t> numbers;
  std::optional<std::uint8_t> perhaps;
  std::map<std::uint32_t, bool> marks;
  std::uint32_t added = 7;  // in version 2

  friend bool operator==(const Thing&, const Thing&) = default;
};

template <ConstOr<Thing> Self, typename Archive>
void fields(Self& thing, Archive& archive) {
  auto& [number, real, flag, numbers, perhaps, marks, added] = thing;
  archive(number, real, flag);
  archive.list(numbers, 3);
  archive(perhaps);
  archive.map(marks, 3);
  if (archive.version() >= 2) archive(added);
}

std::string written(const Thing& thing, const BlobFormat& format, std::uint8_t version = 0) {
  std::string bytes;
  FieldWriter writer(format, bytes, version);
  writer(thing);
  writer.finish();
  return bytes;
}

Result<Thing> read(std::string_view bytes, const BlobFormat& format) {
  Result<FieldReader> reader = FieldReader::open(format, bytes);
  if (!reader) return fail(reader.error());
  Thing thing;
  (*reader)(thing);
  if (const Result<void> done = reader->finish(); !done) return fail(done.error());
  return thing;
}

const Thing kFull{-5, 0.25, true, {1, 0, 1ULL << 63U}, 0, {{4, true}, {0, false}}, 9};

TEST(FieldArchive, ReadsWhatItWrote) {
  for (const Thing& thing : {Thing{}, kFull}) {
    const Result<Thing> again = read(written(thing, kSecond), kSecond);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_TRUE(*again == thing);
  }
}

TEST(FieldArchive, LeavesWhatAnOlderVersionDidNotKnowAsItWasMade) {
  const Result<Thing> again = read(written(kFull, kFirst), kSecond);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->added, 7U);
  EXPECT_EQ(again->number, -5);
}

TEST(FieldArchive, WritesAnOlderVersionForNeighboursThatKnowNoBetter) {
  EXPECT_EQ(written(kFull, kSecond, 1), written(kFull, kFirst));
  EXPECT_TRUE(read(written(kFull, kSecond, 1), kFirst));
}

TEST(FieldArchive, RefusesANewerVersion) {
  const Result<Thing> again = read(written(kFull, kSecond), kFirst);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kInvalidInput);
}

TEST(FieldArchive, RefusesMoreThanAListMayHold) {
  Thing thing;
  thing.numbers = {1, 2, 3, 4};
  const Result<Thing> again = read(written(thing, kSecond), kSecond);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(again.error().detail, "a thing: a list that is too long");
}

TEST(FieldArchive, WritesNoNumberThatIsNone) {
  Thing thing;
  thing.real = std::numeric_limits<double>::quiet_NaN();
  const Result<Thing> again = read(written(thing, kSecond), kSecond);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->real, 0);
}

}  // namespace
}  // namespace postreeve
