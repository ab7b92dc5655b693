// What a young account borrows from its tenant and from all accounts of the server.
#pragma once

#include "detect/scene.h"

namespace postreeve {

// How much a country speaks against an account that has no habits yet.
struct Foreignness {
  double nats = 0;
  CountrySnapshot country;  // without the account itself
};

// Of a young account (profile/familiarity.h) off its established places; nothing of others.
[[nodiscard]] Foreignness foreignness_of(const Scene& scene);

// How much those who are at home in the event's network speak for the owner: nats of 0 or more.
struct AtHome {
  double by_colleagues = 0;
  int colleagues = 0;
  double by_others = 0;  // of other tenants
};
[[nodiscard]] AtHome at_home(const Scene& scene);

}  // namespace postreeve
