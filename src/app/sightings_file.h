// What the gates saw just before a stop, beside the state until the next start: logs tell of the same mail
// when that is over. A killed process leaves none; what it saw within the last second counts twice then.
#pragma once

#include <string>

#include "base/result.h"
#include "guard/guard.h"

namespace postreeve {

// Called when nobody asks the guard any more. At most 3 MiB. kUnavailable: the system says no.
[[nodiscard]] Result<void> save_sightings(const Guard& guard, const std::string& file);

// Takes the file over and removes it, before anybody asks the guard; no file is no error. kCorrupt: it is
// none of this version, and gone, too. kUnavailable: it cannot be removed, and nothing was taken over.
[[nodiscard]] Result<void> take_sightings(Guard& guard, const std::string& file);

}  // namespace postreeve
