// Numbers the accounts of a replay in the order in which they appear, so that everything else about them is
// a vector. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "mail/account_id.h"

namespace postreeve {

using AccountNumber = std::uint32_t;

class AccountBook {
 public:
  [[nodiscard]] AccountNumber number_of(const AccountId& account) {
    const auto [entry, is_new] = numbers_.try_emplace(account, static_cast<AccountNumber>(names_.size()));
    if (is_new) names_.push_back(&entry->first.text());
    return entry->second;
  }
  // Requires a number that number_of gave.
  [[nodiscard]] const std::string& name(AccountNumber number) const { return *names_[number]; }
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

 private:
  std::unordered_map<AccountId, AccountNumber> numbers_;
  std::vector<const std::string*> names_;  // into the keys, which stay where they are
};

}  // namespace postreeve
