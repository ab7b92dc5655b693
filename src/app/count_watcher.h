// Feeds the hourly counts of top senders with what is decided.
#pragma once

#include "guard/decision_watcher.h"
#include "store/ledger/hourly_counts.h"

namespace postreeve {

class CountWatcher final : public DecisionWatcher {
 public:
  explicit CountWatcher(HourlyCounts& counts) : counts_(counts) {}
  void saw(const Decided& decided) override;

 private:
  HourlyCounts& counts_;
};

}  // namespace postreeve
