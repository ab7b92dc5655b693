// What is counted across accounts: networks, destinations, limits. Commutative,
// approximate, bounded; never a lock across accounts.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/time.h"
#include "profile/surroundings.h"

namespace postreeve {

// Which trait, by the keyed hash of its value; a value of 0 is no trait.
struct TraitKey {
  Trait trait{};
  std::uint32_t value = 0;

  friend bool operator==(const TraitKey&, const TraitKey&) = default;
};

// Who had it.
struct TraitUser {
  std::uint32_t account = 0;  // keyed hash
  std::uint32_t tenant = 0;   // keyed hash
};

// Keys are keyed hashes; 0 asks for nothing and is answered with zeros.
class SharedCounters {
 public:
  SharedCounters() = default;
  SharedCounters(const SharedCounters&) = delete;
  SharedCounters& operator=(const SharedCounters&) = delete;
  virtual ~SharedCounters() = default;

  // Adds a login of `account` from the network and answers with the network's state before it.
  virtual NetworkSnapshot add_login(std::uint64_t network, std::uint64_t account, bool success,
                                    Timestamp time) = 0;
  // Adds a delivery's outcome and answers with the destination's state before it.
  virtual DestinationSnapshot add_delivery(std::uint64_t destination, bool refused, Timestamp time) = 0;
  // How much of a limit was used in its window up to `time`.
  [[nodiscard]] virtual std::uint32_t used(std::uint64_t limit_key, Duration window,
                                           Timestamp time) const = 0;
  // Uses some of a limit; called once its step was accepted.
  virtual void use(std::uint64_t limit_key, Duration window, Timestamp time, std::uint32_t amount) = 0;
  // Counts an account that became restricted; answers how many there were within the hour, with it.
  virtual std::uint32_t add_restriction(Timestamp time) = 0;
  [[nodiscard]] virtual std::uint32_t restrictions(Timestamp time) const = 0;

  // Who else has the trait.
  [[nodiscard]] virtual TraitSnapshot look(TraitKey trait, TraitUser user, Timestamp time) const = 0;
  // The account has it where it is at home: whoever accuses the trait must think of that.
  virtual void add_honest(TraitKey trait, TraitUser user, Timestamp time) = 0;
  // A stranger to the account has it. Who sent and is not accused within two days was honest.
  virtual void add_stranger(TraitKey trait, TraitUser user, Timestamp time, bool sent) = 0;
  // The account became restricted because of a stranger who has it; `weight` in (0, 2].
  virtual void accuse(TraitKey trait, TraitUser user, Timestamp time, float weight) = 0;
  // Counts a country (packed, 0: none) that the account was never used from before.
  virtual void add_country(TraitUser user, std::uint16_t country) = 0;
  [[nodiscard]] virtual CountrySnapshot look_country(TraitUser user, std::uint16_t country) const = 0;
  // A person judged: the account's accusations weigh twice when confirmed, else they are taken back.
  virtual void settle_accusations(std::uint32_t account, bool confirmed) = 0;

  // Numbers the changes of standings: 1, 2, ... since the start of the process.
  [[nodiscard]] std::uint64_t number_change() { return ++changes_; }

 private:
  std::atomic<std::uint64_t> changes_{0};
};

}  // namespace postreeve
