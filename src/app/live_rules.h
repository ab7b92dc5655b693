// Makes the guard's rules of the configuration in effect and of what people keep in the ledger.
#pragma once

#include <memory>
#include <mutex>

#include "app/configuration.h"
#include "base/result.h"
#include "guard/guard.h"
#include "guard/rules.h"
#include "store/ledger/account_policy_book.h"
#include "store/ledger/list_book.h"

namespace postreeve {

// Any thread.
class LiveRules {
 public:
  LiveRules(ListBook& lists, AccountPolicyBook& policies) : lists_(lists), policies_(policies) {}

  // Opens the geography files and builds rules; what was in effect before stays when this fails.
  [[nodiscard]] Result<std::shared_ptr<const Rules>> adopt(const Configuration& configuration, Timestamp now);
  // The same configuration and geography with the lists and policies of now.
  [[nodiscard]] Result<std::shared_ptr<const Rules>> refresh(Timestamp now);

 private:
  [[nodiscard]] Result<std::shared_ptr<const Rules>> build(const Policy& policy,
                                                           const std::shared_ptr<const Locator>& locator,
                                                           Timestamp now) const;

  ListBook& lists_;
  AccountPolicyBook& policies_;
  std::mutex mutex_;
  Policy policy_;
  std::shared_ptr<const Locator> locator_;
};

}  // namespace postreeve
