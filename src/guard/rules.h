// All that people decided, as one value that is swapped whole: the configuration's policy with its geography,
// the lists and the accounts' own policies.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/engine.h"
#include "judge/policy.h"
#include "mail/event.h"
#include "net/locator.h"
#include "net/prefix_set.h"
#include "store/ledger/account_policy_book.h"
#include "store/ledger/list_book.h"

namespace postreeve {

// What a rule says of an event before it is judged.
struct Ruling {
  enum class Kind : std::uint8_t {
    kNone,
    kAllowed,  // judged as the owner's and learned, and nothing is refused
    kRefused,
  };
  Kind kind = Kind::kNone;
  std::string_view rule;  // "allow list", "block list", "account policy: countries"
  Trust trust{};          // of what is allowed: whether because of its place or of its account
};

// Built once, then read by any number of threads.
class Rules {
 public:
  // Canaries of the lists are added to the policy's. Expired entries are left out at `now`; the others hold
  // until rules are built anew, see valid_until().
  Rules(Policy policy, std::shared_ptr<const Locator> locator, std::vector<ListEntry> entries,
        std::vector<AccountPolicy> account_policies, Timestamp now);

  // When the first entry ends; Timestamp::max() if none does.
  [[nodiscard]] Timestamp valid_until() const noexcept { return valid_until_; }
  [[nodiscard]] const Policy& policy() const noexcept { return policy_; }
  [[nodiscard]] const Locator& locator() const noexcept { return *locator_; }
  [[nodiscard]] const std::shared_ptr<const Locator>& shared_locator() const noexcept { return locator_; }

  // Of logins, recipients and messages; an allow entry goes before a block entry, an account's own policy
  // before both.
  [[nodiscard]] Ruling ruling_on(const Event& event) const;
  // Whether the account is on the allow list, so that nothing of it is refused wherever it is.
  [[nodiscard]] bool allows(const AccountId& account) const { return allow_.has(account, std::nullopt); }

 private:
  struct OfAccount {
    std::vector<CountryCode> only_countries;
    PrefixSet only_networks;
    PrefixSet trusted_networks;
  };
  struct NamedList {
    PrefixSet networks;
    std::unordered_set<std::string> accounts;

    [[nodiscard]] bool has(const AccountId& account, const std::optional<IpAddress>& address) const;
  };

  [[nodiscard]] Ruling ruling_of_account(const OfAccount& own, const std::optional<IpAddress>& address) const;

  Policy policy_;
  std::shared_ptr<const Locator> locator_;
  NamedList allow_;
  NamedList block_;
  Timestamp valid_until_ = Timestamp::max();
  std::unordered_map<AccountId, OfAccount> of_accounts_;
};

}  // namespace postreeve
