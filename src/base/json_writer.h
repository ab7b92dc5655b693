// Writes JSON into a buffer as it goes: nothing is built in memory first, and numbers look as people write
// them. Texts may be any bytes: what is no UTF-8 becomes U+FFFD.
#pragma once

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

namespace postreeve {

class JsonWriter {
 public:
  enum class Style : std::uint8_t {
    kLine,    // no white space
    kIndent,  // two spaces a level
  };

  // The buffer must outlive the writer.
  explicit JsonWriter(fmt::memory_buffer& out, Style style = Style::kLine) : out_(out), style_(style) {}

  // Nothing is checked: the caller closes what it opened, and gives each member of an object a key. At
  // most 63 levels.
  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::uint64_t value);
  // With at most two digits behind the point: 7.25, 3.5, 12.
  JsonWriter& decimal(double value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();

 private:
  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);
  void before_value();
  void new_line();
  void write(std::string_view bytes) { out_.append(bytes); }

  fmt::memory_buffer& out_;
  Style style_;
  unsigned depth_ = 0;
  std::uint64_t has_items_ = 0;  // a bit a level
  bool after_key_ = false;
};

}  // namespace postreeve
