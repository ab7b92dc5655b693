// The gate that Postfix asks about each recipient and each message (check_policy_service), and Exim by
// ${readsocket}.
//
// Recipients count at RCPT; a message counts once, at END-OF-MESSAGE where Postfix asks there, else at DATA.
// A connection shows which: it belongs to one smtpd process, whose restrictions do not change. Until a
// connection has shown END-OF-MESSAGE a message counts at DATA, and its queue ID keeps it from counting
// again. A site that only asks at RCPT is guarded by its recipients alone.
//
// HOLD and FILTER concern a whole message. On a connection that asks about messages they are given there, so
// that Postfix logs the queue ID; on one that does not, at RCPT.
//
// The gate never invents an answer: on a request it does not understand, and where judging fails, it closes
// the connection, and Postfix does what default_action says.
#pragma once

#include <memory>
#include <string>

#include "gate/waiting_actions.h"
#include "guard/guard.h"
#include "socket/session.h"

namespace postreeve {

struct PostfixPolicyOptions {
  std::string default_domain = {};  // of logins without one; empty: they stay bare
  // FILTER's transport:nexthop ("smtp:[127.0.0.1]:10026"); empty: diverted mail is held.
  std::string divert_to = {};
  // Adds an X-Postreeve field with standing and reason to each message that is accepted, for tests: whoever
  // gets the mail reads it too.
  bool prepends = false;
};

// Postfix keeps idle connections for 300 s and gives each up after 1,000 s by itself; a request has less than
// 4 KiB in practice.
inline constexpr SessionLimits kPostfixPolicyLimits{
    .request_bytes = 64UL * 1024, .idle = std::chrono::seconds(600), .write = std::chrono::seconds(30)};

// The guard and what waits, which is one for all connections, outlive the conversation.
[[nodiscard]] std::unique_ptr<Conversation> make_postfix_policy(
    Guard& guard, WaitingActions& waiting, std::shared_ptr<const PostfixPolicyOptions> options);

}  // namespace postreeve
