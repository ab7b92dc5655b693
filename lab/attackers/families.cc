#include "lab/attackers/families.h"

namespace postreeve::lab {

std::span<const Family> all_families() noexcept {
  static constexpr std::array kFamilies{
      Family{"loud_burst", Victims::kPeople, 1, 1, plan_loud_burst},
      Family{"botnet", Victims::kPeople, 1, 4, plan_botnet},
      Family{"credential_test", Victims::kPeople, 1, 1, plan_credential_test},
      Family{"phished", Victims::kPeople, 1, 1, plan_phished},
      Family{"rented_cloud", Victims::kPeople, 1, 2, plan_rented_cloud},
      Family{"low_and_slow", Victims::kPeople, 1, 1, plan_low_and_slow},
      Family{"webmail", Victims::kPeople, 1, 1, plan_webmail},
      Family{"guessed_password", Victims::kPeople, 1, 1, plan_guessed_password},
      Family{"spraying", Victims::kPeople, 1, 5, plan_spraying},
      Family{"campaign", Victims::kPeople, 3, 10, plan_campaign},
      Family{"lateral", Victims::kColleagues, 1, 1, plan_lateral},
      Family{"malware", Victims::kDesktops, 1, 1, plan_malware},
      Family{"sleeping", Victims::kSleepers, 1, 1, plan_sleeping},
      Family{"forged_sender", Victims::kPeople, 1, 1, plan_forged_sender},
      Family{"fraud", Victims::kColleagues, 1, 1, plan_fraud},
      Family{"many_recipients", Victims::kPeople, 1, 1, plan_many_recipients},
      Family{"snowshoe", Victims::kPeople, 6, 20, plan_snowshoe},
      Family{"thread_replies", Victims::kPeople, 1, 1, plan_thread_replies},
      Family{"newsletter_list", Victims::kBulk, 1, 1, plan_newsletter_list},
      Family{"leaked_application", Victims::kApplications, 1, 1, plan_leaked_application},
      Family{"quiet_logins", Victims::kPeople, 1, 1, plan_quiet_logins},
      Family{"reading_only", Victims::kPeople, 1, 1, plan_reading_only},
      Family{"ipv6_rotation", Victims::kPeople, 1, 1, plan_ipv6_rotation},
      Family{"local_only", Victims::kColleagues, 1, 1, plan_local_only},
      Family{"adaptive", Victims::kDesktops, 1, 4, plan_adaptive},
  };
  return kFamilies;
}

}  // namespace postreeve::lab
