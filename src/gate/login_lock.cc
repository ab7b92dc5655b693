#include "gate/login_lock.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace postreeve {

LoginLock::LoginLock(const Guard& guard, LoginLockOptions options)
    : guard_(guard), options_(std::move(options)) {
  options_.action.erase(std::ranges::find_if(options_.action, is_control), options_.action.end());
}

std::optional<std::string_view> LoginLock::action_for(std::string_view login) const {
  if (guard_.mode() != Mode::kEnforce) return std::nullopt;
  const std::optional<AccountId> account = AccountId::from_login(login, options_.default_domain);
  if (!account) return std::nullopt;
  const Standing standing = guard_.standing_of(*account);
  if (standing.level != Level::kSuspended) return std::nullopt;
  if (options_.whole_account_only && standing.scope != Scope::kWholeAccount) return std::nullopt;
  if (guard_.rules()->allows(*account)) return std::nullopt;
  return options_.action;
}

}  // namespace postreeve
