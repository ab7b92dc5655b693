// Numbers in texts.
#pragma once

#include <charconv>
#include <string_view>
#include <system_error>

namespace postreeve {

// Whether all of `text` is one number, in decimal, that `number` can hold.
template <typename Number>
[[nodiscard]] bool read_number(std::string_view text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace postreeve
