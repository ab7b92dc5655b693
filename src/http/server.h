// A small HTTP/1.1 server for gates, metrics and console: whole requests in, whole responses out.
//
// Keeps connections alive and takes pipelined requests one after the other. Everything is bounded: an idle
// connection holds no buffer, a request must be whole within a time, the bodies of all connections share a
// budget, and a client that does not read is closed. Requests that break RFC 9112 are answered 400 and the
// connection closed; there is no guessing. Transfer codings other than chunked are not there, nor are
// trailers, upgrades and streaming.
//
// Limits: no TLS; put a proxy in front where the way is not trusted.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "http/response.h"
#include "socket/listener.h"

namespace postreeve {

struct HttpLimits {
  std::size_t header_bytes = 8UL * 1024;          // request line and fields; beyond: 431
  std::size_t body_bytes = 64UL * 1024;           // of one request; beyond: 413
  std::size_t bodies_bytes = 64UL * 1024 * 1024;  // of all connections, small bodies not counted; beyond: 503
  std::chrono::milliseconds idle{60'000};         // between requests
  std::chrono::milliseconds request{30'000};      // from a request's first byte to its last
  std::chrono::milliseconds write{30'000};        // until the client has taken a response
};

// Any thread. The context may run on any number of threads. It must outlive the server and every reply: who
// replies from a thread of his own ends that thread first.
class HttpServer {
 public:
  // Called in a thread of the context, for one connection never twice at once. What it throws is answered
  // 500.
  HttpServer(boost::asio::io_context& context, HttpHandler handler, const HttpLimits& limits);
  ~HttpServer();  // stops
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens there too; each listener has its own bound of connections. Returns where it really listens.
  [[nodiscard]] Result<Endpoint> listen(const Endpoint& endpoint, const ListenerOptions& options);

  // Accepts no more. Requests that are whole are answered, then their connections close; the others close at
  // once. May be called again.
  void stop();

  [[nodiscard]] std::size_t connections() const;  // open now

 private:
  class Connection;
  struct State;

  boost::asio::io_context& context_;
  std::shared_ptr<State> state_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace postreeve
