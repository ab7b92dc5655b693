// Peoples a world: tenants with their offices, accounts, a person for each.
#pragma once

#include "lab/people/person.h"
#include "lab/world.h"

namespace postreeve::lab {

// Fills world.accounts() and tenants(); actor n is the person of account n.
void populate(World& world);

[[nodiscard]] inline Person& person_of(World& world, std::uint32_t account) {
  return static_cast<Person&>(world.actor(account));
}

}  // namespace postreeve::lab
