// Texts from outside as people may safely read them in a mail, a chat or a ticket.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace postreeve {

// One line of valid UTF-8, cut at a character to `most_bytes`. Without controls, and without characters that
// are not seen but change what is seen: marks and overrides of writing direction, zero widths, line and
// paragraph separators, tags.
[[nodiscard]] std::string outside_text(std::string_view text, std::size_t most_bytes = 500);

// As one word of a command line that somebody copies into a shell: "anna@x.example", "'o'\''hara'".
[[nodiscard]] std::string shell_word(std::string_view text);

// As the inside of a JSON string, without its quotes.
[[nodiscard]] std::string json_escaped(std::string_view text);

}  // namespace postreeve
