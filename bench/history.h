// The same month as a Postfix log and as a trace.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/lives.h"

namespace postreeve::bench {

// The acts of `accounts` lives over `days` days, in the order of time.
[[nodiscard]] std::vector<Act> live(std::vector<Life>& lives, std::uint32_t days);
[[nodiscard]] std::vector<Life> make_lives(std::uint64_t accounts);

using WriteLine = std::function<void(std::string_view line)>;

// Seven lines for a message with one recipient, one more for each further recipient, lines of
// messages that overlap in time interleaved. Stamps as in RFC 3164. Mailboxes opened are not in it.
void write_postfix_log(const std::vector<Life>& lives, const std::vector<Act>& acts, const WriteLine& write);

// A login, a submission and its deliveries for each message, a login for each mailbox opened.
void write_trace(const std::vector<Life>& lives, const std::vector<Act>& acts, const WriteLine& write);

}  // namespace postreeve::bench
