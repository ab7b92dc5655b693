// What an account whose own habits say little yet borrows from its tenant and from all accounts of the
// server.
#pragma once

#include "detect/scene.h"

namespace postreeve {

// How much a country speaks against an account of whose habits nothing is known.
struct Foreignness {
  double nats = 0;
  CountrySnapshot country;  // without the account itself
};

// Of a young account (profile/familiarity.h) off its established places, and of a stranger's place: there it
// counts as far as confidence() is missing (origin_novelty.cc). Nothing at other places.
[[nodiscard]] Foreignness foreignness_of(const Scene& scene);

// How much those who are at home in the event's network speak for the owner: nats of 0 or more.
struct AtHome {
  double by_colleagues = 0;
  int colleagues = 0;
  double by_others = 0;  // of other tenants
};
[[nodiscard]] AtHome at_home(const Scene& scene);

}  // namespace postreeve
