// Finds what somebody meant who mistyped a word: settings, verbs, options.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace postreeve {

// How many letters must be put in, left out, changed or swapped with their neighbour to turn one word
// into the other (Damerau-Levenshtein, optimal string alignment). Cost: the product of the lengths.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// Returns the known word nearest to `word` when it is near enough to be a slip (a third of its letters,
// at least one, or a word that begins with it); empty otherwise. The first of equally near words wins.
[[nodiscard]] std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

// "; did you mean 'slowed'?", or empty when nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace postreeve
