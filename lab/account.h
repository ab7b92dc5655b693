// An account of the lab: whose it is, and what its owner and a thief may both know.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/correspondent.h"
#include "mail/account_id.h"

namespace postreeve::lab {

struct Tenant {
  std::string domain;
  std::uint16_t country = 0;
  bool is_provider = false;            // private people, each with a line of their own
  std::vector<std::uint32_t> members;  // indexes of accounts
  // The office's own line: a static address of a business or consumer provider.
  std::uint32_t office_provider = 0;
  std::uint32_t office_block = 0;
  std::uint64_t office_seed = 0;
};

struct Account {
  AccountId id;
  std::string display_name;
  std::uint32_t index = 0;
  std::uint32_t tenant = 0;
  std::uint16_t persona = 0;  // number in the table of personas
  std::uint16_t country = 0;
  std::uint32_t password_changes = 0;
  std::int32_t attack = -1;  // the take-over that befalls it; -1 none
};

}  // namespace postreeve::lab
