// Which actions a change of standing calls for, and in which order.
//
// A level calls for what it and the milder ones list. Restricting carries out what the new level calls for
// and the old one did not; easing undoes, in reverse order, what the old one called for and the new one does
// not. So whatever way an account takes, in the end everything that was changed is changed back.
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
};

// Any thread.
class Playbook {
 public:
  // Every name in the plans is in `actions`. Tenants without a plan of their own follow `plan`.
  Playbook(ResponsePlan plan, std::map<std::string, ResponsePlan, std::less<>> by_tenant,
           std::map<std::string, ActionTraits, std::less<>> actions);

  // Nothing without an incident. What was only observed (observe mode, the fuse) is told to staff and to
  // nobody else.
  [[nodiscard]] std::vector<OutboxAction> actions_for(const StandingEntry& entry) const;
  // A person has confirmed the incident that `entry` is about.
  [[nodiscard]] std::vector<OutboxAction> actions_for_confirmed(const StandingEntry& entry) const;

 private:
  [[nodiscard]] const ResponsePlan& plan_of(std::string_view tenant) const;
  [[nodiscard]] bool is_for(const StandingEntry& entry, const std::string& name, Direction direction) const;

  ResponsePlan plan_;
  std::map<std::string, ResponsePlan, std::less<>> by_tenant_;
  std::map<std::string, ActionTraits, std::less<>> actions_;
};

}  // namespace postreeve
