// Who has a trait, as it lies in Redis behind its mark.
#pragma once

#include <string>
#include <string_view>

#include "store/trait_entry.h"

namespace postreeve {

[[nodiscard]] std::string encode_trait(const TraitEntry& entry);
// An entry that cannot be read is empty: what was counted is no reason to stop.
[[nodiscard]] TraitEntry decode_trait(std::string_view bytes);

}  // namespace postreeve
