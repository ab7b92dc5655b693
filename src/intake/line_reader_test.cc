#include "intake/line_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace postreeve {
namespace {

// Bytes from memory in pieces, then perhaps a fault.
class MemorySource final : public ByteSource {
 public:
  MemorySource(std::string bytes, std::size_t piece, std::optional<Error> fault = {})
      : bytes_(std::move(bytes)), piece_(piece), fault_(std::move(fault)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t size = std::min({buffer.size(), piece_, bytes_.size() - at_});
    if (size == 0 && fault_) return fail(*fault_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), size, buffer.begin());
    at_ += size;
    return size;
  }
  std::uint64_t bytes_on_disk() const noexcept override { return at_; }

 private:
  std::string bytes_;
  std::size_t piece_;
  std::optional<Error> fault_;
  std::size_t at_ = 0;
};

struct Lines {
  std::vector<std::string> texts;
  std::vector<std::size_t> cut;  // indices
  std::optional<Error> fault;
};

Lines read_lines(std::unique_ptr<ByteSource> source, LineLimits limits) {
  Lines lines;
  LineReader reader(std::move(source), limits);
  LineBlock block;
  while (true) {
    const auto more = reader.next(block);
    if (!more) lines.fault = more.error();
    if (!more || !*more) return lines;
    EXPECT_FALSE(block.text().empty());
    for_each_line(block.text(), limits.line_bytes, [&lines](Line line) {
      if (line.is_cut) lines.cut.push_back(lines.texts.size());
      lines.texts.emplace_back(line.text);
    });
  }
}

Lines lines_of(std::string text, LineLimits limits = {}) {
  return read_lines(std::make_unique<MemorySource>(std::move(text), 1000), limits);
}

using Texts = std::vector<std::string>;

TEST(LineReader, EndsLinesWithAnyBreakOrTheFile) {
  EXPECT_EQ(lines_of("a\nb\r\n\nc").texts, (Texts{"a", "b", "", "c"}));
  EXPECT_EQ(lines_of("a\n").texts, (Texts{"a"}));
  EXPECT_EQ(lines_of("\n").texts, (Texts{""}));
  EXPECT_EQ(lines_of("").texts, Texts{});
}

TEST(LineReader, DropsAByteOrderMark) {
  EXPECT_EQ(lines_of("\xef\xbb\xbf"
                     "a\nb")
                .texts,
            (Texts{"a", "b"}));
  EXPECT_EQ(lines_of("\xef\xbb\xbf").texts, Texts{});
}

TEST(LineReader, KeepsNuls) {
  const std::string text = std::string("a\0b", 3);
  EXPECT_EQ(lines_of(text + "\n" + text).texts, (Texts{text, text}));
}

TEST(LineReader, CutsLinesThatAreTooLongAndGoesOnBehindThem) {
  const std::string longest(64 * 1024, 'x');
  const auto lines =
      lines_of("a\n" + longest + "\n" + std::string(500'000, 'y') + "\nb\n" + std::string(70'000, 'z'));
  EXPECT_EQ(lines.texts,
            (Texts{"a", longest, std::string(64 * 1024, 'y'), "b", std::string(64 * 1024, 'z')}));
  EXPECT_EQ(lines.cut, (std::vector<std::size_t>{2, 4}));
}

TEST(LineReader, HandsOutLinesLongerThanABlock) {
  const std::string longer(100'000, 'x');
  const auto lines = lines_of("a\n" + longer + "\nb\n", {1000, 200'000});
  EXPECT_EQ(lines.texts, (Texts{"a", longer, "b"}));
  EXPECT_TRUE(lines.cut.empty());
}

TEST(LineReader, HandsOutWholeLinesBeforeAFaultAndNoHalfOne) {
  const Error fault{ErrorCode::kCorrupt, "cut off"};
  const auto lines = read_lines(std::make_unique<MemorySource>("a\nb\nhalf", 3, fault), {});
  EXPECT_EQ(lines.texts, (Texts{"a", "b"}));
  ASSERT_TRUE(lines.fault);
  EXPECT_EQ(lines.fault->detail, "cut off");
  EXPECT_TRUE(read_lines(std::make_unique<MemorySource>("half", 3, fault), {}).fault);
}

TEST(LineReader, RefusesBinaryFiles) {
  std::string binary;
  for (int i = 0; i < 10'000; ++i) binary += static_cast<char>(i * 7919 % 251);
  const auto lines = lines_of(binary);
  ASSERT_TRUE(lines.fault);
  EXPECT_EQ(lines.fault->code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(lines.texts.empty());
  EXPECT_FALSE(looks_binary("Nov 22 00:08:02 mx postfix/smtpd[77]: caf\xe9 \x1b[0m\n"));
}

// However blocks and pieces fall, the lines are those of the text.
RC_GTEST_PROP(LineReader, FindsTheSameLinesInAnyPieces, ()) {
  const auto expected =
      *rc::gen::container<Texts>(rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab\r \t"))));
  std::string text;
  for (const auto& line : expected) text += line + "|\n";  // the bar keeps a CR in the line
  const auto limits = LineLimits{*rc::gen::inRange<std::size_t>(1, 50), 1000};
  const auto piece = *rc::gen::inRange<std::size_t>(1, 60);
  auto lines = read_lines(std::make_unique<MemorySource>(text, piece), limits);
  for (auto& line : lines.texts) line.pop_back();
  RC_ASSERT(lines.texts == expected);
}

}  // namespace
}  // namespace postreeve
