// What the ledger keeps of a change of standing: who, where from, why, in words that stay.
#pragma once

#include <string>

#include "base/keyed_hash.h"
#include "engine/engine.h"
#include "judge/policy.h"
#include "mail/event.h"
#include "store/ledger/incident_book.h"

namespace postreeve {

// Whether its client is a web server, as the engine takes it (judge/policy.h): then the address tells nothing
// of who was there.
[[nodiscard]] bool is_by_web_server(const Event& event, const Policy& policy);

// Of a change that the engine decided. Requires observation.change.
[[nodiscard]] StandingEntry standing_entry(const Event& event, const Observation& observation,
                                           const Hash128& key, const Policy& policy);

// Who ordered what.
struct Order {
  AccountId account;
  Hash128 key;
  std::string author;
  std::string reason;
};
// Of a change that a person decided.
[[nodiscard]] StandingEntry order_entry(const Order& order, const StandingChange& change,
                                        const Policy& policy);

// Of a restriction that was only observed, and is enforced from `time` on.
[[nodiscard]] StandingEntry enforced_entry(const StandingRow& row, const IncidentRow& incident,
                                           Timestamp time);

// Whether a record says of the incident that it restricts the account for longer than the ledger said, or
// more severely. A record that is older than what the ledger says does not.
[[nodiscard]] bool holds_beyond(const Standing& recorded, const Standing& said) noexcept;
// Of a standing that holds beyond the row's. Longer only, it calls for no action.
[[nodiscard]] StandingEntry found_entry(const StandingRow& row, const Standing& recorded, bool is_observed,
                                        Timestamp time);

// Of a standing that ended by itself at `time`.
[[nodiscard]] StandingEntry ended_entry(const StandingRow& row, Timestamp time);

// The tenant whose domains the account's is among; empty: none.
[[nodiscard]] std::string tenant_of(const AccountId& account, const Policy& policy);

}  // namespace postreeve
