// Who has one trait (a network, a client's name), and what became of them: honest, a stranger's, accused.
//
// A value, exact for the few accounts that matter: the last 5 honest ones, 4 strangers, 3 accused. The order
// of additions matters only for what is forgotten when it is full.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/time.h"
#include "profile/surroundings.h"
#include "store/shared_counters.h"

namespace postreeve {

// How long a stranger is on trial, and after what time an accusation counts half.
struct TraitSpans {
  Duration trial;
  Duration half_life;
};
// Credential tests come up to two days before the run; a third of thieves stay over a week.
inline constexpr TraitSpans kPlaceSpans{std::chrono::days{2}, std::chrono::days{7}};
// Campaigns last for hours; next week somebody else has the same idea.
inline constexpr TraitSpans kTextSpans{std::chrono::days{2}, std::chrono::days{2}};

// So long without a sign an account is no longer at home there, nor does an accusation count.
inline constexpr std::uint32_t kTraitMemorySeconds = 45 * 86'400;

// What is written, rather than where somebody is.
[[nodiscard]] constexpr bool is_text(TraitKey trait) noexcept {
  return trait.trait == Trait::kSubject || trait.trait == Trait::kPretence;
}
[[nodiscard]] constexpr const TraitSpans& spans_of(TraitKey trait) noexcept {
  return is_text(trait) ? kTextSpans : kPlaceSpans;
}

class TraitEntry {
 public:
  enum class Role : std::uint8_t { kNone, kHonest, kStranger, kAccused };

  struct Slot {
    std::uint32_t account = 0;
    std::uint32_t time = 0;    // seconds: honest and accused the latest, of strangers the first
    std::uint16_t tenant = 0;  // of the keyed hash
    Role role = Role::kNone;
    std::uint8_t weight = 0;  // hundredths of an accusation; of a stranger: whether he sent

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      auto& [account, time, tenant, role, weight] = self;
      archive(account, time, tenant, weight);
      archive.up_to(role, Role::kAccused);
    }
  };

  // Whether an account was accused of anything lately.
  using IsAccused = std::function<bool(std::uint32_t account)>;

  // With `is_accused`, a stranger of an account that was accused of anything lately is as good as accused
  // here: what he sent before he was found out counts too.
  [[nodiscard]] TraitSnapshot look(TraitUser user, Timestamp time, const TraitSpans& spans,
                                   const IsAccused& is_accused = {}) const;
  void add_honest(TraitUser user, Timestamp time, const TraitSpans& spans);
  void add_stranger(TraitUser user, Timestamp time, bool sent, const TraitSpans& spans);
  void accuse(TraitUser user, Timestamp time, float weight, const TraitSpans& spans);
  void settle(std::uint32_t account, bool confirmed);

  // Seconds: the latest sign of anybody; 0: there is nobody.
  [[nodiscard]] std::uint32_t latest() const noexcept;
  // What would be lost with it; 0: nothing.
  [[nodiscard]] std::size_t worth() const noexcept;
  [[nodiscard]] const std::array<Slot, 12>& slots() const noexcept { return slots_; }

  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.slots_);
  }

 private:
  static constexpr std::array<std::size_t, 4> kMostOf{0, 5, 4, 3};

  // What the slot is by now: trials end, memories fade.
  [[nodiscard]] static Role role_at(const Slot& slot, std::uint32_t now, const TraitSpans& spans) noexcept;
  [[nodiscard]] Slot& slot_for(Role role, TraitUser user, std::uint32_t now,
                               const TraitSpans& spans) noexcept;

  std::array<Slot, 12> slots_{};
};

}  // namespace postreeve
