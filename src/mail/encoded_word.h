// Header texts as people see them: RFC 2047 encoded-words decoded to UTF-8.
//
// Pure; any thread; time and memory linear in the input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace postreeve {

// How many bytes at the start of `text` have the form of an encoded-word
// ("=?utf-8?Q?caf=C3=A9?="), whatever its charset; 0 when they do not.
[[nodiscard]] std::size_t encoded_word_length(std::string_view text) noexcept;

// Decodes the encoded-words of an unstructured header or a phrase, wherever they stand (senders put
// them into quotes too); white space between two of them is dropped (RFC 2047 6.2). Knows UTF-8, US-ASCII,
// ISO-8859-1 and windows-1252 (the two read alike, as browsers do) in B and Q; others stay as written. Always
// valid UTF-8: U+FFFD for what is not, a space for a control character. At most three times as long as
// `text`.
[[nodiscard]] std::string decode_header_text(std::string_view text);

}  // namespace postreeve
