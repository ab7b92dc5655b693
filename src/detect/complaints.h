// What counts as a complaint among the reports of a feedback loop.
#pragma once

#include <string_view>

namespace postreeve {

// Whether a report of this type (RFC 5965 7.3, in any case; empty: not said) complains: not those
// that take a complaint back, leave a list, or tell of a signature that does not fit.
[[nodiscard]] bool is_complaint(std::string_view feedback_type) noexcept;

// Whether it complains of fraud or a virus.
[[nodiscard]] bool is_grave_complaint(std::string_view feedback_type) noexcept;

}  // namespace postreeve
