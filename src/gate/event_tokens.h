// The tokens of the ledger as the event API asks for them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "gate/event_scope.h"
#include "store/ledger/token_book.h"

namespace postreeve {

// The domains of a tenant by its name, in lower case; none when there is no such tenant.
using TenantDomains = std::function<std::vector<std::string>(std::string_view tenant)>;

// A token of a tenant without domains is good for nothing. The book must outlive it.
[[nodiscard]] EventTokens event_tokens(TokenBook& book, std::function<Timestamp()> clock,
                                       TenantDomains domains_of);

}  // namespace postreeve
