// The table of take-over families. A family is one small file; declare its planner
// here and give it a row in families.cc.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "lab/attackers/plan.h"

namespace postreeve::lab {

// Whose accounts the family takes.
enum class Victims : std::uint8_t { kPeople, kColleagues, kDesktops, kBulk, kApplications, kSleepers };

struct Family {
  std::string_view name;
  Victims victims;
  std::uint32_t fewest;  // accounts that one crew takes
  std::uint32_t most;
  Plan (*plan)(Brief& brief);
};

[[nodiscard]] std::span<const Family> all_families() noexcept;

using Planner = Plan(Brief& brief);

Planner plan_adaptive, plan_botnet, plan_campaign, plan_credential_test, plan_forged_sender, plan_fraud,
    plan_guessed_password, plan_ipv6_rotation, plan_lateral, plan_leaked_application, plan_local_only,
    plan_loud_burst, plan_low_and_slow, plan_malware, plan_many_recipients, plan_newsletter_list,
    plan_phished, plan_quiet_logins, plan_reading_only, plan_rented_cloud, plan_sleeping, plan_snowshoe,
    plan_spraying, plan_thread_replies, plan_webmail;

}  // namespace postreeve::lab
