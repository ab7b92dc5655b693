// Whether a text was made by a random generator and not by a person.
#pragma once

#include <string_view>

namespace postreeve {

// True when a word of five letters or more has a run of consonants, a mix of cases, or digits
// among letters of both cases that words of languages in Latin script do not have ("ZYaeD",
// "x7kwQp").
// Total; at most 64 bytes are looked at. Texts in other scripts are never odd.
[[nodiscard]] bool looks_random(std::string_view text) noexcept;

}  // namespace postreeve
