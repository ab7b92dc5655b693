// What an event has in common with events of other accounts: asked while it is judged,
// told to the shared counters when it is.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/fact_builder.h"
#include "judge/decide.h"
#include "judge/facts.h"
#include "judge/limit_matcher.h"
#include "profile/surroundings.h"
#include "store/shared_counters.h"

namespace postreeve {

// Answers for one event; borrows all it is given, as long as it lives. One thread.
class CommonTraits final : public Neighbours {
 public:
  // What all events share.
  struct Room {
    SharedCounters& counters;
    const FactBuilder& builder;
    const LimitMatcher& limits;  // knows the tenants
  };

  CommonTraits(const Room& room, const Facts& facts, const AccountId& account)
      : room_(room), facts_(facts), account_(account) {}

  [[nodiscard]] TraitSnapshot with(Trait trait) const override;
  [[nodiscard]] CountrySnapshot in_country() const override;

  // Tells the counters what the event came to. An accusation that rests on other accounts'
  // accusations accuses nobody further, unless it ended in a suspension: else one false incident
  // could run through everybody who shares a network.
  void note(const Decision& decision);

  [[nodiscard]] static std::uint32_t account_key(const Hash128& account) noexcept;

 private:
  [[nodiscard]] TraitKey key_of(Trait trait) const;
  // The account and its tenant: by policy, else its domain. Found out when first asked for.
  [[nodiscard]] TraitUser user() const;
  [[nodiscard]] std::uint32_t subject_key() const;
  void note_places(const Decision& decision, float accusation);
  void note_texts(const Decision& decision, float accusation);

  const Room& room_;
  const Facts& facts_;
  const AccountId& account_;
  mutable TraitUser user_;
  mutable std::optional<std::uint32_t> subject_;
  mutable std::optional<CountrySnapshot> country_;  // asked once a step: it may lie on another machine
};

}  // namespace postreeve
