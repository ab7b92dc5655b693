// Which places an account has long used: what locks after wrong passwords must not hit, and where held mail
// comes from that is the owner's.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/keyed_hash.h"
#include "base/time.h"
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
  // Networks that the account has long sent from (profile/familiarity.h), as key_of() names them.
  [[nodiscard]] std::vector<std::uint32_t> sent_from(const AccountId& account, Timestamp now) const;
  // Names the network around the address.
  [[nodiscard]] std::uint32_t key_of(const IpAddress& address) const;
  [[nodiscard]] std::function<std::uint32_t(const IpAddress&)> namer() const {
    return [places = *this](const IpAddress& address) { return places.key_of(address); };
  }

 private:
  const AccountStore& accounts_;
  HashKey key_;
};

}  // namespace postreeve
