// Accepts connections, TCP or Unix, up to a bound, and hands each on.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "socket/endpoint.h"

namespace postreeve {

using StreamSocket = boost::asio::generic::stream_protocol::socket;

struct ListenerOptions {
  // Connections open at once; further ones wait in the system's queue until one has closed.
  std::size_t most_connections = 10'000;
  int unix_mode = 0660;  // of a Unix socket's file
  // A descriptor that is listening already (systemd socket activation), taken over; -1: none.
  int inherited = -1;
};

// Counts as an open connection as long as it lives; belongs into the session.
class ConnectionSlot {
 public:
  ConnectionSlot() = default;
  explicit ConnectionSlot(std::function<void()> release) : release_(std::move(release)) {}
  ConnectionSlot(ConnectionSlot&& other) noexcept : release_(std::exchange(other.release_, nullptr)) {}
  ConnectionSlot& operator=(ConnectionSlot&&) = delete;
  ~ConnectionSlot() {
    if (release_) release_();
  }

 private:
  std::function<void()> release_;
};

class Listener {
 public:
  // The socket's executor is a strand of its own: handlers of one connection never run side by side.
  using Accepted = std::function<void(StreamSocket socket, ConnectionSlot slot)>;

  // Binds and listens; accepting begins at once. A Unix socket that nobody answers on is replaced.
  // kUnavailable with the endpoint and the system's words ("127.0.0.1:10040: address in use").
  [[nodiscard]] static Result<std::unique_ptr<Listener>> open(boost::asio::io_context& context,
                                                              const Endpoint& endpoint,
                                                              const ListenerOptions& options,
                                                              Accepted accepted);
  ~Listener();  // stops
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Accepts no more; connections that are open stay. Any thread; may be called again.
  void stop();

  [[nodiscard]] std::size_t open_connections() const;
  // Where it really listens: the port that the system chose when 0 was asked for.
  [[nodiscard]] const Endpoint& endpoint() const;

 private:
  struct Impl;
  explicit Listener(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace postreeve
