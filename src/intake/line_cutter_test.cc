#include "intake/line_cutter.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "intake/reread_index.h"

namespace postreeve {
namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t kMost = 8;

std::string with_place(const LineBatch& batch, const LineBatch::Entry& line) {
  return std::to_string(line.at.offset) + " " + std::string(batch.text(line)) + (line.is_cut ? "..." : "");
}

// Feeds the text in pieces of the given sizes, then the rest.
Lines cut(const std::string& text, const std::vector<std::size_t>& sizes) {
  LineCutter cutter(kMost);
  cutter.restart({1, 0});
  LineBatch batch;
  std::size_t at = 0;
  for (const auto size : sizes) {
    const auto piece = text.substr(at, size);
    cutter.feed(piece, batch);
    at += piece.size();
  }
  cutter.feed(text.substr(at), batch);
  cutter.finish(batch);
  Lines lines;
  for (const auto& line : batch.lines()) lines.push_back(with_place(batch, line));
  return lines;
}

TEST(LineCutter, SaysWhereLinesBegin) {
  EXPECT_EQ(cut("one\n\ntwo\r\nlast", {}), (Lines{"0 one", "4 ", "5 two", "10 last"}));
}

TEST(LineCutter, CutsWhatIsTooLong) {
  EXPECT_EQ(cut("12345678\n123456789\n1", {}), (Lines{"0 12345678", "9 12345678...", "19 1"}));
}

TEST(LineCutter, DropsTheRestOfALineItBeganInside) {
  LineCutter cutter;
  cutter.restart({1, 5}, true);
  LineBatch batch;
  cutter.feed("rest\nline\n", batch);
  ASSERT_EQ(batch.lines().size(), 1U);
  EXPECT_EQ(with_place(batch, batch.lines()[0]), "10 line");
}

RC_GTEST_PROP(LineCutter, GivesTheSameLinesHoweverTheBytesCome, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '\n', '\r', '\0', 'c'));
  const auto sizes = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 7));
  RC_ASSERT(cut(text, sizes) == cut(text, {}));
}

TEST(RereadIndex, GivesTheLatestPlaceBeforeALine) {
  RereadIndex index;
  const Timestamp start{std::chrono::hours{1}};
  for (std::uint64_t i = 0; i < 100; ++i) index.note(1 + i * 10, {1, i * 100'000}, i * 100'000, start);
  EXPECT_EQ(index.place_of(35, start, 1ULL << 40), (FilePosition{1, 300'000}));
  EXPECT_EQ(index.place_of(41, start, 1ULL << 40), (FilePosition{1, 400'000}));
}

TEST(RereadIndex, GoesNoFurtherBackThanAllowed) {
  RereadIndex index;
  const Timestamp start{std::chrono::hours{1}};
  for (std::uint64_t i = 0; i < 100; ++i) index.note(1 + i * 10, {1, i * 100'000}, i * 100'000, start);
  EXPECT_EQ(index.place_of(1, start, 1'000'000), (FilePosition{1, 8'900'000}));
}

TEST(RereadIndex, StaysSmall) {
  RereadIndex index;
  const Timestamp start{std::chrono::hours{1}};
  for (std::uint64_t i = 0; i < 100'000; ++i) index.note(1 + i, {1, i * 100'000}, i * 100'000, start);
  const auto place = index.place_of(50'000, start, ~0ULL);
  EXPECT_LE(place.offset, 49'999ULL * 100'000);
  EXPECT_GE(place.offset, 49'900ULL * 100'000);
}

}  // namespace
}  // namespace postreeve
