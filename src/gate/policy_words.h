// Between Postfix's words and ours: a policy request as an Event, a Guard's Answer as an action of access(5).
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gate/policy_request.h"
#include "guard/guard.h"
#include "mail/event.h"

namespace postreeve {

// RCPT becomes a Recipient, DATA and END-OF-MESSAGE a Submission; nullopt for all other stages and where
// nobody is logged in. The event has no time. Texts are cut to kMaxTextBytes.
[[nodiscard]] std::optional<Event> event_of(const PolicyRequest& request, std::string_view default_domain);

// "DUNNO", "451 4.7.1 ...", "HOLD Postreeve: incident 00c0ffee00c0ffee", "FILTER smtp:[127.0.0.1]:10026",
// "REDIRECT doubtful@x.example", "554 5.7.1 ...": one line, printable ASCII. `divert_to` is FILTER's
// transport:nexthop, or the address that all of a message's recipients become; where it is empty, diverted
// mail is held.
[[nodiscard]] std::string action_text(Action action, const Answer& answer, std::string_view divert_to);

// "PREPEND X-Postreeve: standing=watched risk=-1.2 would=hold reason": one line, printable ASCII.
[[nodiscard]] std::string prepend_text(const Answer& answer);

}  // namespace postreeve
