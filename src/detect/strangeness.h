// How strange a stranger's place is for this very account.
#pragma once

#include "detect/scene.h"

namespace postreeve {

// 0: somewhere the owner might well be (an account that is at new places all the time, the owner's own
// client, a profile that is still young); 1: nothing speaks for the owner. Between, how much less is
// remarkable there than at a usual place. Of a young account up to half, by what it borrows from others
// (borrowed.h). 0 at established places.
[[nodiscard]] float strangeness_of(const Scene& scene);

// `usual` at a usual place, `strange` at an entirely strange one.
[[nodiscard]] inline double by_strangeness(const Scene& scene, double usual, double strange) noexcept {
  return usual + static_cast<double>(scene.strangeness) * (strange - usual);
}

}  // namespace postreeve
