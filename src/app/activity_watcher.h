// Keeps what accounts did, event by event, where the domain wants it ([activity] domains).
#pragma once

#include <string>
#include <vector>

#include "guard/decision_watcher.h"
#include "store/ledger/activity_book.h"

namespace postreeve {

class ActivityWatcher final : public DecisionWatcher {
 public:
  // The book outlives it.
  ActivityWatcher(ActivityBook& book, std::vector<std::string> domains)
      : book_(book), domains_(std::move(domains)) {}

  // Successful logins and messages.
  void saw(const Decided& decided) override;

 private:
  [[nodiscard]] bool wants(const AccountId& account) const;

  ActivityBook& book_;
  std::vector<std::string> domains_;
};

}  // namespace postreeve
