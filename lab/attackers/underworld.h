// Chooses victims and lets the attacks loose, beside the noise of everyday guessing.
#pragma once

#include "lab/world.h"

namespace postreeve::lab {

// Plans options().attacks take-overs over the families, and the noise. Call after populate().
void unleash(World& world);

}  // namespace postreeve::lab
