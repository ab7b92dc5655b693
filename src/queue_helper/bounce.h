// Which message a bounce is about.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace postreeve {

inline constexpr std::size_t kMostBounceOriginals = 8;

// The queue IDs and Message-IDs (in <>) that a bounce names as what came back: Postfix's X-Postfix-Queue-ID
// in the report, References in the header, Message-ID of the message returned in it. None for what is no
// report of a mail server. Whoever made the bounce can write anything: ask this only of mail the own server
// made.
[[nodiscard]] std::vector<std::string> originals_of_bounce(std::string_view content);

}  // namespace postreeve
