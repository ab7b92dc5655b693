// The people at the hoster who look at incidents.
#pragma once

#include "lab/world.h"

namespace postreeve::lab {

// Somebody who, some hours after an incident was opened, says what it was: confirms and sets a new
// password, or dismisses. Idle unless incidents are reported (WorldOptions::staff).
void employ_staff(World& world);

}  // namespace postreeve::lab
