// What stays the same of a subject when a campaign sends it a thousand times.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace postreeve {

inline constexpr std::size_t kMostTemplateBytes = 128;

// Writes the template of a decoded subject: words in lower case, one '#' for each token with a
// digit in it or of random letters, nothing else. Returns its length, at most
// kMostTemplateBytes; 0 for a subject that says too little to be recognized by (fewer than three
// words or twelve letters) and for replies and forwards, which several people share by nature.
// Requires room for kMostTemplateBytes. Total, no allocation.
[[nodiscard]] std::size_t write_subject_template(std::string_view subject, std::span<char> out) noexcept;

}  // namespace postreeve
