// What the bearer of an API token may say.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/event.h"

namespace postreeve {

struct EventScope {
  std::string name;                  // of the token, for logs
  std::vector<std::string> events;   // kinds as in a trace: "submission"; "*": all; none: nothing
  std::vector<std::string> domains;  // of accounts, in lower case; none: every account

  // Whether events of that kind may be told.
  [[nodiscard]] bool allows_kind(const Event& event) const noexcept;
  // Whether events of that account may be told.
  [[nodiscard]] bool allows_account(const AccountId& account) const noexcept;
};

// The scope of a token as the client sent it; nullopt when there is no such token, or no longer. May wait for
// the disk. Any thread.
using EventTokens = std::function<std::optional<EventScope>(std::string_view token)>;

}  // namespace postreeve
