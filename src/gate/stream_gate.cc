#include "gate/stream_gate.h"

#include <utility>

#include "socket/listener.h"

namespace postreeve {

// Shared with the listeners: one may accept in another thread while the gate is destroyed.
struct StreamGate::Sessions {
  SessionSet set;
  MakeConversation make_conversation;
  SessionLimits limits;
};

StreamGate::StreamGate() : sessions_(std::make_shared<Sessions>()) {}

Result<std::unique_ptr<StreamGate>> StreamGate::open(boost::asio::io_context& context,
                                                     const std::vector<ListenAt>& listens,
                                                     MakeConversation make_conversation,
                                                     const StreamGateOptions& options) {
  std::unique_ptr<StreamGate> gate(new StreamGate());
  gate->sessions_->make_conversation = std::move(make_conversation);
  gate->sessions_->limits = options.limits;
  for (const ListenAt& listen : listens) {
    const ListenerOptions listener_options{.most_connections = options.most_connections,
                                           .unix_mode = options.unix_mode,
                                           .inherited = listen.inherited};
    auto listener = Listener::open(context, listen.endpoint, listener_options,
                                   [sessions = gate->sessions_](StreamSocket socket, ConnectionSlot slot) {
                                     sessions->set.begin(std::move(socket), std::move(slot),
                                                         sessions->make_conversation(), sessions->limits);
                                   });
    if (!listener) return fail(std::move(listener.error()));
    gate->listeners_.push_back(std::move(*listener));
  }
  return gate;
}

StreamGate::~StreamGate() {
  stop();
}

void StreamGate::stop() {
  for (const auto& listener : listeners_) listener->stop();
  sessions_->set.stop();
}

std::size_t StreamGate::open_sessions() const {
  return sessions_->set.size();
}

std::vector<Endpoint> StreamGate::endpoints() const {
  std::vector<Endpoint> endpoints;
  endpoints.reserve(listeners_.size());
  for (const auto& listener : listeners_) endpoints.push_back(listener->endpoint());
  return endpoints;
}

}  // namespace postreeve
