#include "lab/people/personas.h"

#include <array>

namespace postreeve::lab {

std::span<const Persona> all_personas() noexcept {
  static constexpr std::array kPersonas{
      Persona{"office", 0.24, true, make_office},          Persona{"consumer", 0.24, false, make_consumer},
      Persona{"phone", 0.08, false, make_phone},           Persona{"traveller", 0.03, true, make_traveller},
      Persona{"newsletter", 0.015, true, make_newsletter}, Persona{"web_shop", 0.015, true, make_web_shop},
      Persona{"scanner", 0.02, true, make_scanner},
  };
  return kPersonas;
}

}  // namespace postreeve::lab
