#include "store/trait_entry.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "sketch/decay.h"

namespace postreeve {
namespace {

constexpr float kHundred = 100;

// What a stranger weighs whose account was accused elsewhere.
constexpr float kByAccount = 0.7F;

// Counts distinct tenants.
class Tenants {
 public:
  bool add(std::uint16_t tenant) noexcept {
    const auto end = tenants_.begin() + static_cast<std::ptrdiff_t>(size_);
    if (size_ == tenants_.size() || std::find(tenants_.begin(), end, tenant) != end) return false;
    tenants_[size_++] = tenant;
    return true;
  }

 private:
  std::array<std::uint16_t, 12> tenants_{};
  std::size_t size_ = 0;
};

std::uint32_t seconds_of(Duration duration) noexcept {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

std::uint16_t short_tenant(TraitUser user) noexcept {
  return static_cast<std::uint16_t>(user.tenant);
}

}  // namespace

std::uint32_t TraitEntry::latest() const noexcept {
  std::uint32_t latest = 0;
  for (const Slot& slot : slots_) {
    if (slot.role != Role::kNone) latest = std::max(latest, slot.time);
  }
  return latest;
}

// What would be lost with the entry.
std::size_t TraitEntry::worth() const noexcept {
  std::size_t worth = 0;
  for (const Slot& slot : slots_) {
    if (slot.role == Role::kAccused) worth += 8;
    if (slot.role == Role::kHonest) worth += 2;
    if (slot.role == Role::kStranger) worth += 1;
  }
  return worth;
}

TraitEntry::Role TraitEntry::role_at(const Slot& slot, std::uint32_t now, const TraitSpans& spans) noexcept {
  if (slot.role == Role::kNone || now > slot.time + kTraitMemorySeconds) return Role::kNone;
  if (slot.role != Role::kStranger || now <= slot.time + seconds_of(spans.trial)) return slot.role;
  return slot.weight > 0 ? Role::kHonest : Role::kNone;  // who only read has shown nothing
}

// The account's slot, or a free one, or the oldest of its role, or the oldest honest one.
TraitEntry::Slot& TraitEntry::slot_for(Role role, TraitUser user, std::uint32_t now,
                                       const TraitSpans& spans) noexcept {
  std::array<std::size_t, 4> count{};
  std::array<Slot*, 4> oldest{};
  Slot* chosen = nullptr;
  for (Slot& slot : slots_) {
    const Role is = role_at(slot, now, spans);
    const auto index = static_cast<std::size_t>(is);
    if (slot.role != Role::kNone && slot.account == user.account) chosen = &slot;
    if (is == Role::kNone) slot = {};
    ++count[index];
    if (oldest[index] == nullptr || slot.time < oldest[index]->time) oldest[index] = &slot;
  }
  const auto wanted = static_cast<std::size_t>(role);
  if (chosen == nullptr && count[wanted] < kMostOf[wanted]) chosen = oldest[0];
  if (chosen == nullptr) chosen = oldest[wanted];
  if (chosen == nullptr) chosen = oldest[static_cast<std::size_t>(Role::kHonest)];
  if (chosen == nullptr) chosen = &slots_.front();
  if (chosen->account != user.account) *chosen = {};
  chosen->account = user.account;
  chosen->tenant = short_tenant(user);
  return *chosen;
}

TraitSnapshot TraitEntry::look(TraitUser user, Timestamp time, const TraitSpans& spans,
                               const IsAccused& is_accused) const {
  TraitSnapshot snapshot;
  const std::uint32_t now = to_seconds32(time);
  Tenants tenants;
  for (const Slot& slot : slots_) {
    Role role = role_at(slot, now, spans);
    if (role == Role::kNone) continue;
    if (slot.account == user.account) {
      snapshot.is_own = role == Role::kHonest;
      continue;
    }
    float weight = static_cast<float>(slot.weight) / kHundred;
    if (role == Role::kStranger && is_accused && is_accused(slot.account)) {
      role = Role::kAccused;
      weight = kByAccount;
    }
    const bool is_colleague = slot.tenant == short_tenant(user);
    if (role == Role::kHonest) {
      ++snapshot.honest;
      if (is_colleague) ++snapshot.colleagues;
    } else if (role == Role::kStranger) {
      if (!is_colleague && tenants.add(slot.tenant)) ++snapshot.strangers;
    } else {
      const std::uint32_t age = now - std::min(now, slot.time);
      const float guilt = weight * static_cast<float>(decay_factor(age, spans.half_life));
      ++snapshot.victims;
      snapshot.guilt += guilt;
      const bool is_confirmed = slot.weight >= 2 * kHundred;
      if (is_colleague && !is_confirmed) snapshot.guilt_of_colleagues += guilt;
    }
  }
  return snapshot;
}

void TraitEntry::add_honest(TraitUser user, Timestamp time, const TraitSpans& spans) {
  const std::uint32_t now = to_seconds32(time);
  Slot& slot = slot_for(Role::kHonest, user, now, spans);
  if (slot.role == Role::kAccused) return;  // that ends by fading, or by a person
  slot.role = Role::kHonest;
  slot.time = std::max(slot.time, now);
}

void TraitEntry::add_stranger(TraitUser user, Timestamp time, bool sent, const TraitSpans& spans) {
  const std::uint32_t now = to_seconds32(time);
  Slot& slot = slot_for(Role::kStranger, user, now, spans);
  if (slot.role == Role::kAccused) return;
  if (role_at(slot, now, spans) == Role::kHonest) {
    slot.role = Role::kHonest;
    slot.time = std::max(slot.time, now);
    return;
  }
  slot.time = slot.role == Role::kStranger ? std::min(slot.time, now) : now;
  slot.role = Role::kStranger;
  slot.weight = sent || slot.weight > 0 ? 1 : 0;
}

void TraitEntry::accuse(TraitUser user, Timestamp time, float weight, const TraitSpans& spans) {
  const std::uint32_t now = to_seconds32(time);
  Slot& slot = slot_for(Role::kAccused, user, now, spans);
  const auto hundredths = static_cast<std::uint8_t>(std::lround(std::clamp(weight, 0.0F, 2.0F) * kHundred));
  slot.weight = slot.role == Role::kAccused ? std::max(slot.weight, hundredths) : hundredths;
  slot.role = Role::kAccused;
  slot.time = std::max(slot.time, now);
}

void TraitEntry::settle(std::uint32_t account, bool confirmed) {
  for (Slot& slot : slots_) {
    if (slot.role != Role::kAccused || slot.account != account) continue;
    if (confirmed) slot.weight = static_cast<std::uint8_t>(2 * kHundred);
    if (!confirmed) slot.role = Role::kHonest;
  }
}

}  // namespace postreeve
