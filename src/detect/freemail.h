// Providers where anybody gets a mailbox for nothing: where thieves try a stolen login, and
// where they let mail be forwarded to.
#pragma once

#include <string_view>

namespace postreeve {

// `domain` in any case. Not complete, and never will be.
[[nodiscard]] bool is_freemail(std::string_view domain) noexcept;

}  // namespace postreeve
