// Whether an account has long used a place: what locks after wrong passwords must not hit.
#pragma once

#include <cstdint>

#include "base/keyed_hash.h"
#include "mail/account_id.h"
#include "net/ip_address.h"
#include "store/account_store.h"

namespace postreeve {

// Used on this many days, be it only to read, a network is the account's: who guesses has not logged in.
inline constexpr std::uint8_t kFamiliarLoginDays = 3;

// Any thread. Copies the account's record; ask only when it matters.
class FamiliarPlaces {
 public:
  // The store must outlive it; the key is the engine's.
  FamiliarPlaces(const AccountStore& accounts, const HashKey& key) : accounts_(accounts), key_(key) {}

  [[nodiscard]] bool knows(const AccountId& account, const IpAddress& address) const;

 private:
  const AccountStore& accounts_;
  HashKey key_;
};

}  // namespace postreeve
