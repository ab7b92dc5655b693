// What a destination's refusal is about, by its words.
#pragma once

#include <string_view>

#include "mail/enhanced_status.h"

namespace postreeve {

// Whether a refusal blames the address that our server sends from ("your IP", "on our block list", "blocked
// using ..."), so that it would have met any account's mail. False where it speaks of the recipient (x.1.x,
// x.2.x), a link or the content. Words of large receivers and of common block lists. Linear.
[[nodiscard]] bool blames_our_address(const EnhancedStatus& dsn, std::string_view reply) noexcept;

}  // namespace postreeve
