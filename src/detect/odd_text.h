// Whether a text was made by a random generator and not by a person.
#pragma once

#include <string_view>

namespace postreeve {

// True when the text's longest words have letter pairs, a mix of cases, or digits among
// letters that words of languages in Latin script do not have ("ZYaeD", "xk7Qwp").
// Total; at most 64 bytes are looked at. Texts in other scripts are never odd.
[[nodiscard]] bool looks_random(std::string_view text) noexcept;

}  // namespace postreeve
