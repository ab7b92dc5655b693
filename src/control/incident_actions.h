// What is done outside the mail path because of an incident, as people see it and ask for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/result.h"
#include "control/desk.h"
#include "control/verbs.h"
#include "response/task.h"
#include "store/ledger/incident_book.h"
#include "store/ledger/outbox.h"

namespace postreeve {

[[nodiscard]] boost::json::object to_json(const OutboxRow& row);

// The change from `before` to `after` that a person asks for, with what is known of the incident.
[[nodiscard]] Result<StandingEntry> entry_of(const Desk& desk, const IncidentRow& incident,
                                             const StandingChange& change, const Request& request);

// What each of them would do now, in order: {"action": "flag", "would": "run ... for anna@x.example"}; with
// `judged` as if the incident had been judged so. Asks whom the actions ask; may take half a minute each.
[[nodiscard]] Result<boost::json::array> previews_of(const Desk& desk, const StandingEntry& entry,
                                                     const std::vector<OutboxAction>& actions,
                                                     std::optional<Outcome> judged = {});

// Those that were asked for at that time, which are done by now perhaps.
[[nodiscard]] Result<boost::json::array> actions_since(const Desk& desk, IncidentId incident,
                                                       Timestamp since);

}  // namespace postreeve
