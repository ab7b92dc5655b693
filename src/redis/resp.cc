#include "redis/resp.h"

#include <algorithm>
#include <utility>

#include "base/number.h"

namespace postreeve {
namespace {

enum class Outcome : std::uint8_t { kWhole, kMore, kWrong };

// A line of a number or a short text: no length in it is longer.
constexpr std::size_t kMostLine = 64UL * 1024;

// One pass over what has come; a reply that is not whole is read again when more of it has.
class Parser {
 public:
  explicit Parser(std::string_view input) : input_(input) {}

  [[nodiscard]] std::size_t at() const { return at_; }

  // NOLINTNEXTLINE(misc-no-recursion): no deeper than kMostDepth
  Outcome value(RespValue& value, int depth) {
    if (depth > RespReader::kMostDepth) return Outcome::kWrong;
    std::string_view line;
    if (const Outcome outcome = this->line(line); outcome != Outcome::kWhole) return outcome;
    const char type = line.empty() ? '\0' : line.front();
    line.remove_prefix(std::min<std::size_t>(line.size(), 1));
    switch (type) {
      case '+':
        return text(value, RespValue::Kind::kStatus, line);
      case '-':
        return text(value, RespValue::Kind::kError, line);
      case ':':
        value.kind = RespValue::Kind::kInteger;
        return read_number(line, value.integer) ? Outcome::kWhole : Outcome::kWrong;
      case '$':
        return bytes(value, line);
      case '*':
        return array(value, line, depth);
      default:
        return Outcome::kWrong;
    }
  }

 private:
  // Up to the next CRLF, without it.
  Outcome line(std::string_view& line) {
    const std::size_t end = input_.find('\n', at_);
    if (end == std::string_view::npos)
      return input_.size() - at_ > kMostLine ? Outcome::kWrong : Outcome::kMore;
    if (end == at_ || input_[end - 1] != '\r' || end - at_ > kMostLine) return Outcome::kWrong;
    line = input_.substr(at_, end - 1 - at_);
    at_ = end + 1;
    return Outcome::kWhole;
  }

  static Outcome text(RespValue& value, RespValue::Kind kind, std::string_view line) {
    value.kind = kind;
    value.text = line;
    return Outcome::kWhole;
  }

  // A length, or -1 for nil, which ends the value.
  static bool length(std::string_view line, std::int64_t& length) {
    return read_number(line, length) && length >= -1;
  }

  Outcome bytes(RespValue& value, std::string_view line) {
    std::int64_t size = 0;
    if (!length(line, size)) return Outcome::kWrong;
    if (size < 0) return Outcome::kWhole;
    const auto wanted = static_cast<std::uint64_t>(size);
    const std::size_t left = input_.size() - at_;
    if (left < 2 || left - 2 < wanted) return Outcome::kMore;
    value.kind = RespValue::Kind::kBytes;
    value.text = input_.substr(at_, wanted);
    at_ += wanted;
    if (input_.substr(at_, 2) != "\r\n") return Outcome::kWrong;
    at_ += 2;
    return Outcome::kWhole;
  }

  // NOLINTNEXTLINE(misc-no-recursion): no deeper than kMostDepth
  Outcome array(RespValue& value, std::string_view line, int depth) {
    std::int64_t size = 0;
    if (!length(line, size)) return Outcome::kWrong;
    if (size < 0) return Outcome::kWhole;
    value.kind = RespValue::Kind::kArray;
    for (std::int64_t i = 0; i < size; ++i) {
      const Outcome outcome = this->value(value.items.emplace_back(), depth + 1);
      if (outcome != Outcome::kWhole) return outcome;
    }
    return Outcome::kWhole;
  }

  std::string_view input_;
  std::size_t at_ = 0;
};

template <typename Parts>
void append(std::string& wire, const Parts& parts) {
  wire += '*';
  wire += std::to_string(parts.size());
  wire += "\r\n";
  for (const std::string_view part : parts) {
    wire += '$';
    wire += std::to_string(part.size());
    wire += "\r\n";
    wire += part;
    wire += "\r\n";
  }
}

}  // namespace

std::int64_t RespValue::number() const noexcept {
  if (kind == Kind::kInteger) return integer;
  std::int64_t number = 0;
  return read_number(text, number) ? number : 0;
}

void append_command(std::string& wire, std::initializer_list<std::string_view> parts) {
  append(wire, parts);
}

void append_command(std::string& wire, const std::vector<std::string_view>& parts) {
  append(wire, parts);
}

Result<std::optional<RespValue>> RespReader::next() {
  const std::string_view waiting = std::string_view(input_).substr(begin_);
  if (waiting.empty()) return std::nullopt;
  Parser parser(waiting);
  RespValue value;
  const Outcome outcome = parser.value(value, 0);
  if (outcome == Outcome::kWrong) return fail(ErrorCode::kCorrupt, "this is not how Redis answers");
  if (outcome == Outcome::kMore) {
    if (waiting.size() > most_bytes_) return fail(ErrorCode::kLimitExceeded, "an answer is too long");
    return std::nullopt;
  }
  begin_ += parser.at();
  if (begin_ == input_.size()) {
    input_.clear();
    begin_ = 0;
  }
  return value;
}

}  // namespace postreeve
