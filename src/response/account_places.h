// Which places an account has long sent from, as whoever keeps its record tells. Networks are keyed hashes,
// because a record names none.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "mail/account_id.h"
#include "net/ip_address.h"

namespace postreeve {

// Without these functions no place is known. Any thread.
struct AccountPlaces {
  std::function<std::vector<std::uint32_t>(const AccountId& account)> familiar;
  std::function<std::uint32_t(const IpAddress& address)> key_of;  // of its network
};

}  // namespace postreeve
