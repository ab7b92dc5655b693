// Puts evidence into words a mailbox owner understands.
#pragma once

#include <string>

#include "finding/evidence.h"

namespace postreeve {

// Returns one plain sentence without a full stop: "first use ever from Vietnam (198.51.100.0/24);
// seen from 2 countries in 143 days". Control characters from outside are replaced.
[[nodiscard]] std::string explain(const Evidence& evidence);

// "14 minutes", "2 days"; the largest unit that gives at least 2, rounded down.
[[nodiscard]] std::string in_words(Duration duration);

}  // namespace postreeve
