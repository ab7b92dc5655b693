// Where the records of accounts are kept.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/keyed_hash.h"
#include "base/result.h"
#include "profile/account_record.h"

namespace postreeve {

// A step on one account's record. Pure but for the record and what it writes to its own
// captures; it may run twice when another node interfered.
class RecordStep {
 public:
  virtual ~RecordStep() = default;
  virtual void run(AccountRecord& record) = 0;
};

class AccountStore {
 public:
  AccountStore() = default;
  AccountStore(const AccountStore&) = delete;
  AccountStore& operator=(const AccountStore&) = delete;
  virtual ~AccountStore() = default;

  // Runs `step` on the account's record, which is made empty when it is not there. Exact:
  // steps of one account run one after the other. Any thread.
  virtual void update(const Hash128& account, RecordStep& step) = 0;

  // A copy of the account's record as it is now; nullopt when there is none, and none is made.
  [[nodiscard]] virtual std::optional<AccountRecord> find(const Hash128& account) const = 0;

  // Leaves nothing in the account's record. kUnavailable: it could not be written; then all is as before.
  [[nodiscard]] virtual Result<void> forget(const Hash128& account);
  // Somebody did that on another node: the same of what is kept here.
  virtual void forget_here(const Hash128& account);

  // How many accounts have a record.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // How many of them were ever used: names that somebody guesses at have records too.
  [[nodiscard]] virtual std::uint64_t active() const = 0;
};

}  // namespace postreeve
