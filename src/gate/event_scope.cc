#include "gate/event_scope.h"

#include <algorithm>

#include "guard/event_words.h"

namespace postreeve {
bool EventScope::allows_kind(const Event& event) const noexcept {
  const std::string_view word = kind_of(event);
  return std::ranges::any_of(events, [word](const std::string& one) { return one == word || one == "*"; });
}

bool EventScope::allows_account(const AccountId& account) const noexcept {
  return domains.empty() || std::ranges::find(domains, account.domain()) != domains.end();
}

}  // namespace postreeve
