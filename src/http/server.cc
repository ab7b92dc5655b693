#include "http/server.h"

#include "http/connection.h"

namespace postreeve {

HttpServer::HttpServer(boost::asio::io_context& context, HttpHandler handler, const HttpLimits& limits)
    : context_(context), state_(std::make_shared<State>(std::move(handler), limits)) {}

HttpServer::~HttpServer() {
  stop();
}

Result<Endpoint> HttpServer::listen(const Endpoint& endpoint, const ListenerOptions& options) {
  auto listener =
      Listener::open(context_, endpoint, options, [state = state_](StreamSocket socket, ConnectionSlot slot) {
        boost::system::error_code failure;
        socket.non_blocking(true, failure);
        const auto connection = std::make_shared<Connection>(std::move(socket), std::move(slot), state);
        {
          const std::lock_guard lock(state->mutex);
          if (state->stopped) return;
          state->connections.insert(connection.get());
        }
        connection->begin();
      });
  if (!listener) return fail(listener.error());
  listeners_.push_back(std::move(*listener));
  return listeners_.back()->endpoint();
}

void HttpServer::stop() {
  for (const auto& listener : listeners_) listener->stop();
  std::vector<std::shared_ptr<Connection>> open;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
    for (Connection* connection : state_->connections) {
      if (auto alive = connection->weak_from_this().lock()) open.push_back(std::move(alive));
    }
  }
  for (const auto& connection : open) connection->stop();
}

std::size_t HttpServer::connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->connections.size();
}

}  // namespace postreeve
