#include "engine/familiar_places.h"

#include "engine/fact_builder.h"
#include "net/prefix.h"
#include "profile/familiarity.h"

namespace postreeve {

bool FamiliarPlaces::knows(const AccountId& account, const IpAddress& address) const {
  const auto record = accounts_.find(keyed_hash(key_, account.text()));
  if (!record) return false;
  const Habit* habit = record->profile.networks.find(key_of(address));
  if (habit == nullptr) return false;
  return habit->days >= kFamiliarLoginDays || habit->send_days >= kFamiliarSendDays;
}

std::vector<std::uint32_t> FamiliarPlaces::sent_from(const AccountId& account, Timestamp now) const {
  std::vector<std::uint32_t> networks;
  const auto record = accounts_.find(keyed_hash(key_, account.text()));
  if (!record) return networks;
  for (const Habit& habit : record->profile.networks.all()) {
    if (is_familiar(record->profile, &habit, day_of(now))) networks.push_back(habit.key);
  }
  return networks;
}

std::uint32_t FamiliarPlaces::key_of(const IpAddress& address) const {
  return origin_network_key(key_, network_of(address));
}

}  // namespace postreeve
