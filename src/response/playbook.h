// Which actions a change of standing calls for, and in which order.
//
// A level calls for what it and the milder ones list; one that was only observed, for what tells staff and
// nothing else. Restricting carries out what the new standing calls for and the old one did not; easing
// undoes, in reverse order, what the old one called for and the new one does not. So whatever way an account
// takes, in the end everything that was changed is changed back. What tells somebody has no effect that
// lasts: it is carried out at each level that lists it, and once more when that level, first one of
// unfamiliar places, becomes one of the whole account.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "response/action.h"
#include "response/task.h"
#include "store/ledger/incident_book.h"
#include "store/ledger/outbox.h"

namespace postreeve {

// Names of actions in the order in which they are to begin.
struct ResponsePlan {
  std::vector<std::string> slowed;
  std::vector<std::string> held;
  std::vector<std::string> suspended;
  // When the restriction is over, after everything was undone: to tell somebody.
  std::vector<std::string> released;
  // When a person says that it was a take-over.
  std::vector<std::string> confirmed = {};

  friend bool operator==(const ResponsePlan&, const ResponsePlan&) = default;
};

// What the playbook has to know of an action.
struct ActionTraits {
  Audience audience{};
  bool has_undo = false;
  bool undo_awaits_judgement = false;
};

// Any thread.
class Playbook {
 public:
  // Every name in the plans is in `actions`. Tenants without a plan of their own follow `plan`.
  Playbook(ResponsePlan plan, std::map<std::string, ResponsePlan, std::less<>> by_tenant,
           std::map<std::string, ActionTraits, std::less<>> actions);

  // Nothing without an incident. What was only observed (observe mode, the fuse) is told to staff and to
  // nobody else. `was_observed`: the standing before was such.
  [[nodiscard]] std::vector<OutboxAction> actions_for(const StandingEntry& entry, bool was_observed) const;
  // A person has confirmed the incident that `entry` is about.
  [[nodiscard]] std::vector<OutboxAction> actions_for_confirmed(const StandingEntry& entry) const;
  // A person has dismissed it: what earlier undoing kept back for this moment is undone now, unless the
  // change of standing that the dismissal brings undoes it anyway.
  [[nodiscard]] std::vector<OutboxAction> actions_for_dismissed(const StandingEntry& entry,
                                                                bool was_observed) const;

 private:
  [[nodiscard]] const ResponsePlan& plan_of(std::string_view tenant) const;
  // Those of `names` that a standing calls for.
  [[nodiscard]] std::vector<std::string> called_for(std::vector<std::string> names, bool is_observed) const;
  // What is to be told once more: a level beyond the one before lists it too, or the same level has become
  // one of the whole account.
  [[nodiscard]] std::vector<std::string> told_again(const ResponsePlan& plan,
                                                    const StandingChange& change) const;
  [[nodiscard]] bool tells(const std::string& name) const;

  ResponsePlan plan_;
  std::map<std::string, ResponsePlan, std::less<>> by_tenant_;
  std::map<std::string, ActionTraits, std::less<>> actions_;
};

}  // namespace postreeve
