// Texts of the trace: JSON strings out and in.
#pragma once

#include <string>
#include <string_view>

namespace postreeve {

// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 (RFC 3629) become
// U+FFFD, so that what is written is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

// What is between the quotes of a JSON string, escapes decoded; escapes that mean nothing
// (lone surrogates, which some writers make of bytes that are not UTF-8) become U+FFFD.
[[nodiscard]] std::string decode_json_string(std::string_view escaped);

// The beginning of `text`, at most `bytes` long, never ending inside a UTF-8 sequence.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t bytes) noexcept;

}  // namespace postreeve
