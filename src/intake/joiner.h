// Joins the records of log lines into events in the order in which their
// messages were submitted.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "intake/message_index.h"
#include "intake/record.h"
#include "mail/event.h"

namespace postreeve {

struct JoinerOptions {
  std::string default_domain;  // added to bare logins; empty: left bare
  // A message whose recipients are not all known by then is handed on with what is known.
  Duration wait_for_recipients = std::chrono::minutes{5};
  std::size_t max_messages = 1'000'000;  // remembered at once, least recently seen out
};

// A submission is complete when as many recipients were seen as the server counted, when
// the message left the queue, or after `wait_for_recipients` of log time. Events leave in
// the order of their lines; behind an incomplete submission they wait, so that whoever
// consumes them sees each submission at its own time with all its recipients.
//
// Only what belongs to an account becomes an event. A message that a content filter puts
// back under a second queue ID (orig_queue_id=, "queued as", the same Message-ID from the
// loopback) is the same message: counted once, the hand-over to the filter is no delivery.
// A queue ID used again after its message was removed, or received again, is a new message.
//
// Not thread-safe; feed lines in time order (a step back is taken as the time before).
class Joiner {
 public:
  using Sink = std::function<void(Event&&)>;

  Joiner(JoinerOptions options, Sink sink);

  // `host` is the machine the line came from: queue IDs of two machines are apart.
  void add(Timestamp time, std::string_view host, const Record& record);

  // Hands on everything still waiting; call at the end of the input.
  void finish();

 private:
  // (A2 fills in; keep the public part.)
};

}  // namespace postreeve
