// What the table gates (socketmap, tcp_table) say of a login: whether its account is suspended, and what to
// answer then.
//
// Postfix asks such tables in check_sasl_access. They fail closed: where the table cannot be asked, Postfix
// refuses every login's mail with 451 4.3.5; there is no default_action.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "guard/guard.h"

namespace postreeve {

struct LoginLockOptions {
  std::string default_domain = {};  // of logins without one; empty: they stay bare
  // What Postfix does with a suspended account's mail, in the words of access(5); one line.
  std::string action = "451 4.7.1 This account seems to be abused; please contact support";
  // A table is not told where the client is. A suspension that leaves the owner's own places alone is given
  // for all places, unless this is set: then for none.
  bool whole_account_only = false;
};

// Only while the guard enforces. In observe mode nothing is locked, nor is an account on the allow list.
class LoginLock {
 public:
  // The guard outlives the lock. `options.action` is cut at its first control character.
  LoginLock(const Guard& guard, LoginLockOptions options);

  // The action for the login, which may be any bytes; nullopt: nothing to say. Any thread.
  [[nodiscard]] std::optional<std::string_view> action_for(std::string_view login) const;

 private:
  const Guard& guard_;
  LoginLockOptions options_;
};

}  // namespace postreeve
