// The milter gate: sees each message's content, and answers for each recipient and the whole message.
//
// Messages of clients that did not log in are let go at MAIL and cost one reply. An MTA that goes away,
// breaks the protocol or sends a frame above milter::kMostFrameBytes loses its connection and does what its
// milter_default_action says.
//
// Limits: there is no milter verb for another transport, so what should be diverted is held. The queue ID is
// known to Postfix from the second recipient on; recipients and message are joined by a name of ours instead.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "guard/guard.h"
#include "mail/event.h"
#include "socket/session.h"

namespace postreeve {

struct MilterOptions {
  std::string default_domain;  // added to bare logins
  // Adds an X-Postreeve field that says why to messages that are held, or would be more than accepted in
  // enforce mode. Whoever reads the message can read it.
  bool adds_header = false;
};

// Who judges: Guard::judge(), or something that only answers.
using Judge = std::function<void(Event event, Guard::Done done)>;

// Postfix closes a milter's connection with the client's. Body pieces and header fields are the largest
// frames.
inline constexpr SessionLimits kMilterLimits{
    .request_bytes = 256UL * 1024, .idle = std::chrono::seconds(7200), .write = std::chrono::seconds(30)};

// For one connection. `judge` is called from the connection's strand; it must call `done`.
[[nodiscard]] std::unique_ptr<Conversation> make_milter(Judge judge,
                                                        std::shared_ptr<const MilterOptions> options);
// Judged by `guard`, which outlives the conversation.
[[nodiscard]] std::unique_ptr<Conversation> make_milter(Guard& guard,
                                                        std::shared_ptr<const MilterOptions> options);

}  // namespace postreeve
