// Where one gate listens and who talks to it, as one thing to open and to stop.
//
//   auto gate = StreamGate::open(context, listens, [&] { return make_postfix_policy(guard, options); }, {});
//
// Limits: what the conversations refer to (the guard) must outlive the io_context's last handler, not only
// the gate: a session that waits for an answer when the gate is destroyed still gets it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "socket/endpoint.h"
#include "socket/session.h"

namespace postreeve {

struct ListenAt {
  Endpoint endpoint;
  // A descriptor that is listening already (systemd socket activation), taken over; -1: none.
  int inherited = -1;
};

struct StreamGateOptions {
  SessionLimits limits;
  std::size_t most_connections = 10'000;  // open at once, for each endpoint
  int unix_mode = 0660;                   // of a Unix socket's file
};

class StreamGate {
 public:
  // One for each connection, in the thread that accepted it; several threads may make some at once.
  using MakeConversation = std::function<std::unique_ptr<Conversation>()>;

  // Listens at all endpoints or at none: kUnavailable names the one that failed and why.
  [[nodiscard]] static Result<std::unique_ptr<StreamGate>> open(boost::asio::io_context& context,
                                                                const std::vector<ListenAt>& listens,
                                                                MakeConversation make_conversation,
                                                                const StreamGateOptions& options);
  ~StreamGate();  // stops
  StreamGate(const StreamGate&) = delete;
  StreamGate& operator=(const StreamGate&) = delete;

  // Accepts no more; what was asked is answered, then the sessions close. Returns at once; see
  // open_sessions(). Any thread; may be called again.
  void stop();

  [[nodiscard]] std::size_t open_sessions() const;
  // Where it really listens: with the ports that the system chose when 0 was asked for.
  [[nodiscard]] std::vector<Endpoint> endpoints() const;

 private:
  struct Sessions;
  StreamGate();

  std::shared_ptr<Sessions> sessions_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace postreeve
