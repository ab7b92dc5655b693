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

class Engine {
 public:
  // All references must outlive the engine.
  Engine(const Policy& policy, const Locator& locator, const HashKey& key, AccountStore& accounts,
         SharedCounters& counters);
  ~Engine();

  // Judges one event and learns from it. A Submission is the message step only: its
  // recipients were judged before, each as a Recipient (message.h does it in order).
  // Fills `observation`, which a caller reuses so that nothing is allocated.
  void observe(const Event& event, Observation& observation);

  // A person's order about the account's standing (judge/order.h).
  void order(const AccountId& account, Level level, Timestamp time, Observation& observation);

  // Puts the standing that the ledger knows into the account's record: a crash may have forgotten it there,
  // or that it was lifted, and then also what had led to it.
  void restore(const Hash128& account, const Standing& standing);
  // The account's standing as of `time`; clear when nothing is known of it.
  [[nodiscard]] Standing standing_of(const AccountId& account, Timestamp time) const;
  // Names the account in learned state.
  [[nodiscard]] Hash128 key_of(const AccountId& account) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
