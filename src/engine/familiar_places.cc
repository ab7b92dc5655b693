#include "engine/familiar_places.h"

#include "engine/fact_builder.h"
#include "net/prefix.h"
#include "profile/familiarity.h"

namespace postreeve {

bool FamiliarPlaces::knows(const AccountId& account, const IpAddress& address) const {
  const auto record = accounts_.find(keyed_hash(key_, account.text()));
  if (!record) return false;
  const Habit* habit = record->profile.networks.find(origin_network_key(key_, network_of(address)));
  if (habit == nullptr) return false;
  return habit->days >= kFamiliarLoginDays || habit->send_days >= kFamiliarSendDays;
}

}  // namespace postreeve
