// What one account may do, as its owner or the staff decided: refuse logins from abroad, only from these
// networks, trust this network.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "mail/account_id.h"
#include "net/location.h"
#include "net/prefix.h"
#include "store/ledger/database.h"

namespace postreeve {

struct AccountPolicy {
  AccountId account;
  // Logins and mail from known other countries are refused; empty: from anywhere.
  std::vector<CountryCode> only_countries;
  // Logins and mail from elsewhere are refused; empty: from anywhere.
  std::vector<Prefix> only_networks;
  // What comes from here is the owner's, whatever else speaks against it.
  std::vector<Prefix> trusted_networks;
  std::string author;
  std::string reason;
  Timestamp changed{};
  std::optional<Timestamp> expires;  // of the trust; refusals stay until somebody changes them

  friend bool operator==(const AccountPolicy&, const AccountPolicy&) = default;
};

// Any thread.
class AccountPolicyBook {
 public:
  explicit AccountPolicyBook(LedgerDatabase& database) : database_(database) {}

  // Replaces the account's. kInvalidInput for an account or country that is none, kLimitExceeded for more
  // than 1,000 countries or networks.
  [[nodiscard]] Result<void> put(const AccountPolicy& policy);
  [[nodiscard]] Result<void> remove(const AccountId& account);  // kNotFound
  [[nodiscard]] Result<std::optional<AccountPolicy>> get(const AccountId& account) const;
  [[nodiscard]] Result<std::vector<AccountPolicy>> all() const;

 private:
  LedgerDatabase& database_;
};

}  // namespace postreeve
