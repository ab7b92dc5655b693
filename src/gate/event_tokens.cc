#include "gate/event_tokens.h"

#include <optional>
#include <utility>

namespace postreeve {

EventTokens event_tokens(TokenBook& book, std::function<Timestamp()> clock, TenantDomains domains_of) {
  return [&book, clock = std::move(clock),
          domains_of = std::move(domains_of)](std::string_view token) -> std::optional<EventScope> {
    const Result<TokenRow> row = book.verify(token, clock());
    if (!row) return std::nullopt;
    EventScope scope{row->name, row->scope.events, {}};
    if (row->scope.tenant.empty()) return scope;
    scope.domains = domains_of(row->scope.tenant);
    // No domains would mean every account.
    if (scope.domains.empty()) return std::nullopt;
    return scope;
  };
}

}  // namespace postreeve
