// What a confirmed take-over teaches about canaries: addresses to which strangers in several accounts wrote
// are the thieves' own, to try what they stole.
//
// Such an address becomes a canary by itself when confirmed incidents of two tenants share it, and the owner
// of none of these accounts ever wrote to it. Otherwise it is proposed in the incident's timeline, for a
// person to decide. Mailboxes of ours never are any; nor is anything when many addresses are shared, since
// that is a list of victims.
//
// Limits: whether the owner of some other account wrote to it nobody can say, because records name no
// recipient and are not searched; hence the end after kCanaryLasts. Of each incident 200 recipients are known
// (store/ledger/clue_book.h).
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "control/desk.h"
#include "store/ledger/incident_book.h"

namespace postreeve {

inline constexpr std::chrono::days kCanaryLasts{180};
inline constexpr std::size_t kMostCanariesAtOnce = 5;

// Of the incident that is being confirmed: makes canaries and proposals, and tells the timeline; a dry run
// only says in `shown` what there would be. kUnavailable.
[[nodiscard]] Result<void> learn_canaries(Desk& desk, const IncidentRow& incident, bool is_dry_run,
                                          boost::json::object& shown);

}  // namespace postreeve
