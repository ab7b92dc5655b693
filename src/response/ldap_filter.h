// A search filter with an account in it: "(uid={account})".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "mail/account_id.h"

namespace postreeve {

// As it may stand for a value in a filter (RFC 4515 3): what would be read as part of the filter, controls
// and all bytes that are no ASCII become \xx.
[[nodiscard]] std::string escape_filter_value(std::string_view value);

// Puts the account, escaped, where {account}, {localpart} or {domain} stand. Requires check_filter().
[[nodiscard]] std::string fill_filter(std::string_view filter, const AccountId& account);

// kInvalidInput, in words for the person who wrote it: no parentheses around it, other braces, no account.
[[nodiscard]] Result<void> check_filter(std::string_view filter);

}  // namespace postreeve
