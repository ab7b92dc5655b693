// The shell of judging: one event in, one verdict out, in three phases.
//
//   1 the account's record is found (a snapshot answers repeated requests at once)
//   2 what is new about the event is added to the shared counters (networks,
//     destinations, limits), which answer with their snapshot
//   3 one exact step on the account's record: decide() weighs, judges and learns
//
// Nothing else decides. The engine holds no clock: time is the event's. Any number
// of threads may call observe(); events of one account are then judged one after
// the other in the order in which they arrive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/keyed_hash.h"
#include "finding/incident.h"
#include "finding/verdict.h"
#include "judge/decide.h"
#include "judge/policy.h"
#include "mail/event.h"
#include "net/locator.h"
#include "store/account_store.h"
#include "store/shared_counters.h"

namespace postreeve {

// What an event came to.
using Observation = Decision;

// What people vouch for beside the policy's trusted networks: that the event comes from a place of the
// account's, or that whatever the account does is the owner's.
enum class Trust : std::uint8_t { kNone, kPlace, kAccount };

// Too many new restrictions within an hour, and nobody else is restricted: the fuse is out.
struct Fuse {
  bool is_out = false;
  std::uint32_t restrictions = 0;  // new ones within the last hour
};

class Engine {
 public:
  // All references must outlive the engine.
  Engine(const Policy& policy, const Locator& locator, const HashKey& key, AccountStore& accounts,
         SharedCounters& counters);
  ~Engine();

  // Judges one event and learns from it. A Submission is the message step only: its
  // recipients were judged before, each as a Recipient (message.h does it in order).
  // Fills `observation`, which a caller reuses so that nothing is allocated. `trust` is about logins,
  // recipients and messages.
  void observe(const Event& event, Observation& observation, Trust trust = Trust::kNone);

  // A person's order about the account's standing (judge/order.h).
  void order(const AccountId& account, Level level, Timestamp time, Observation& observation);

  // Puts the standing that the ledger knows into the account's record: a crash may have forgotten it there,
  // or that it was lifted, and then also what had led to it.
  void restore(const Hash128& account, const Standing& standing);
  // The same for records that other nodes write too: only what is older than what was read of the ledger is
  // changed. False when that cannot be told. `before`: what the ledger said earlier, which is older for sure.
  [[nodiscard]] bool restore_unless_later(const Hash128& account, const Standing& standing,
                                          const Standing& before);
  // The account's standing as of `time`; clear when nothing is known of it.
  [[nodiscard]] Standing standing_of(const AccountId& account, Timestamp time) const;
  [[nodiscard]] Fuse fuse(Timestamp time) const;
  // Names the account in learned state.
  [[nodiscard]] Hash128 key_of(const AccountId& account) const;
  // Whether it has learnt the recipient as one of the owner's. Copies the account's record.
  [[nodiscard]] bool knows_recipient(const AccountId& account, std::string_view recipient) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
