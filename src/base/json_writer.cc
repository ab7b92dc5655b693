#include "base/json_writer.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/printable.h"

namespace postreeve {
namespace {

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

// RFC 8259 7: what must be escaped.
void escape(fmt::memory_buffer& out, char c) {
  switch (c) {
    case '"':
      return out.append(std::string_view("\\\""));
    case '\\':
      return out.append(std::string_view("\\\\"));
    case '\n':
      return out.append(std::string_view("\\n"));
    case '\r':
      return out.append(std::string_view("\\r"));
    case '\t':
      return out.append(std::string_view("\\t"));
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}",
                     static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
}

void write_text(fmt::memory_buffer& out, std::string_view value) {
  while (!value.empty()) {
    std::size_t plain = 0;
    while (plain < value.size() && is_plain(value[plain])) ++plain;
    out.append(value.substr(0, plain));
    value.remove_prefix(plain);
    if (value.empty()) return;
    const std::size_t length = utf8_length(value);
    if (length > 1) {
      out.append(value.substr(0, length));
    } else if (length == 1) {
      escape(out, value.front());
    } else {
      out.append(std::string_view("\\ufffd"));
    }
    value.remove_prefix(std::max<std::size_t>(1, length));
  }
}

}  // namespace

void JsonWriter::new_line() {
  if (style_ == Style::kLine) return;
  out_.push_back('\n');
  for (unsigned i = 0; i < depth_; ++i) write("  ");
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ == 0) return;
  const std::uint64_t bit = 1ULL << depth_;
  if ((has_items_ & bit) != 0) out_.push_back(',');
  has_items_ |= bit;
  new_line();
}

JsonWriter& JsonWriter::begin(char bracket) {
  before_value();
  out_.push_back(bracket);
  ++depth_;
  has_items_ &= ~(1ULL << depth_);
  return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
  const bool had_items = (has_items_ & (1ULL << depth_)) != 0;
  --depth_;
  if (had_items) new_line();
  out_.push_back(bracket);
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  before_value();
  out_.push_back('"');
  write(name);
  write(style_ == Style::kLine ? "\":" : "\": ");
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  before_value();
  out_.push_back('"');
  write_text(out_, value);
  out_.push_back('"');
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  before_value();
  const fmt::format_int digits(value);
  out_.append(digits.data(), digits.data() + digits.size());
  return *this;
}

JsonWriter& JsonWriter::decimal(double value) {
  if (!std::isfinite(value)) return null();
  before_value();
  const auto hundredths = std::llround(std::clamp(value, -1e15, 1e15) * 100);
  if (hundredths < 0) out_.push_back('-');
  const auto size = static_cast<std::uint64_t>(hundredths < 0 ? -hundredths : hundredths);
  const fmt::format_int whole(size / 100);
  out_.append(whole.data(), whole.data() + whole.size());
  const auto rest = static_cast<unsigned>(size % 100);
  if (rest == 0) return *this;
  out_.push_back('.');
  out_.push_back(static_cast<char>('0' + rest / 10));
  if (rest % 10 != 0) out_.push_back(static_cast<char>('0' + rest % 10));
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  before_value();
  write(value ? "true" : "false");
  return *this;
}

JsonWriter& JsonWriter::null() {
  before_value();
  write("null");
  return *this;
}

}  // namespace postreeve
