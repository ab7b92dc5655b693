#include "lab/people/personas.h"

#include <array>

namespace postreeve::lab {

std::span<const Persona> all_personas() noexcept {
  static constexpr std::array kPersonas{
      Persona{"office", 0.22, true, make_office},
      Persona{"consumer", 0.22, false, make_consumer},
      Persona{"academic", 0.08, true, make_academic},
      Persona{"phone", 0.08, false, make_phone},
      Persona{"webmail_user", 0.07, false, make_webmail_user},
      Persona{"outreach", 0.02, true, make_outreach},
      Persona{"traveller", 0.03, true, make_traveller},
      Persona{"vpn_hopper", 0.02, true, make_vpn_hopper},
      Persona{"new_office", 0.02, true, make_new_office},
      Persona{"new_laptop", 0.02, true, make_new_laptop},
      Persona{"new_home_provider", 0.02, false, make_new_home_provider},
      Persona{"newsletter", 0.01, true, make_newsletter},
      Persona{"web_shop", 0.015, true, make_web_shop},
      Persona{"shop_canary", 0.005, true, make_shop_canary},
      Persona{"scanner", 0.02, true, make_scanner},
      Persona{"mail_merge", 0.015, true, make_mail_merge},
      Persona{"first_after_year", 0.03, false, make_first_after_year},
      Persona{"bouncing_relay", 0.004, true, make_bouncing_relay},
      Persona{"cloud_sender", 0.01, true, make_cloud_sender},
      Persona{"role_mailbox", 0.01, true, make_role_mailbox},
      Persona{"list_server", 0.004, true, make_list_server},
      Persona{"ticket_system", 0.006, true, make_ticket_system},
      Persona{"exchange", 0.002, true, make_exchange},
      Persona{"delegate", 0.015, true, make_delegate},
      Persona{"bcc_archive", 0.01, true, make_bcc_archive},
      Persona{"school_circular", 0.008, true, make_school_circular},
      Persona{"migration", 0.015, true, make_migration},
      Persona{"password_change", 0.015, true, make_password_change},
      Persona{"ipv6_privacy", 0.02, false, make_ipv6_privacy},
      Persona{"cloud_client", 0.02, false, make_cloud_client},
      Persona{"former_employee", 0.02, true, make_former_employee},
      Persona{"new_shop", 0.003, true, make_new_shop},
      Persona{"new_newsletter", 0.003, true, make_new_newsletter},
  };
  return kPersonas;
}

}  // namespace postreeve::lab
