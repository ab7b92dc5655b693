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
    kAllowed,  // judged and learned, but nothing is refused
    kRefused,
  };
  Kind kind = Kind::kNone;
  std::string_view rule;  // "allow list", "block list", "account policy: countries"
};

// Built once, then read by any number of threads.
class Rules {
 public:
  // Canaries of the lists are added to the policy's. Expired entries are left out at `now`.
  Rules(Policy policy, std::shared_ptr<const Locator> locator, std::vector<ListEntry> entries,
        std::vector<AccountPolicy> account_policies, Timestamp now);

  [[nodiscard]] const Policy& policy() const noexcept { return policy_; }
  [[nodiscard]] const Locator& locator() const noexcept { return *locator_; }
  [[nodiscard]] const std::shared_ptr<const Locator>& shared_locator() const noexcept { return locator_; }

  // Of logins, recipients and messages; an allow entry goes before a block entry, an account's own policy
  // before both.
  [[nodiscard]] Ruling ruling_on(const Event& event) const;

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
  std::unordered_map<AccountId, OfAccount> of_accounts_;
};

}  // namespace postreeve
