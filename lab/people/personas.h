// The table of honest people. A persona is one small file; declare its maker here
// and give it a row in personas.cc.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "lab/people/person.h"

namespace postreeve::lab {

struct Persona {
  std::string_view name;
  double share;     // of all accounts in the natural mix
  bool in_company;  // has colleagues and an office; else a private customer
  std::unique_ptr<Person> (*make)(std::uint32_t account, Random random);
};

[[nodiscard]] std::span<const Persona> all_personas() noexcept;

using PersonMaker = std::unique_ptr<Person>(std::uint32_t account, Random random);

PersonMaker make_academic, make_bcc_archive, make_bouncing_relay, make_cloud_client, make_cloud_sender,
    make_consumer, make_delegate, make_exchange, make_first_after_year, make_former_employee,
    make_ipv6_privacy, make_list_server, make_mail_merge, make_migration, make_new_home_provider,
    make_new_laptop, make_new_newsletter, make_new_office, make_new_shop, make_newsletter, make_office,
    make_outreach, make_password_change, make_phone, make_role_mailbox, make_scanner, make_school_circular,
    make_shop_canary, make_ticket_system, make_traveller, make_vpn_hopper, make_web_shop, make_webmail_user;

}  // namespace postreeve::lab
