#include "lab/attackers/families.h"

namespace postreeve::lab {

std::span<const Family> all_families() noexcept {
  static constexpr std::array kFamilies{
      Family{"loud_burst", Victims::kPeople, 1, 1, plan_loud_burst},
      Family{"botnet", Victims::kPeople, 1, 1, plan_botnet},
      Family{"credential_test", Victims::kPeople, 1, 1, plan_credential_test},
      Family{"low_and_slow", Victims::kPeople, 1, 1, plan_low_and_slow},
      Family{"webmail", Victims::kPeople, 1, 1, plan_webmail},
      Family{"guessed_password", Victims::kPeople, 1, 1, plan_guessed_password},
  };
  return kFamilies;
}

}  // namespace postreeve::lab
