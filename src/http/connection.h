// One connection of the HTTP server; only server.cc includes this.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

#include <boost/asio/steady_timer.hpp>

#include "http/message_parser.h"
#include "http/server.h"

namespace postreeve {

struct HttpServer::State {
  State(HttpHandler h, const HttpLimits& l) : handler(std::move(h)), limits(l) {}

  const HttpHandler handler;
  const HttpLimits limits;
  std::atomic<std::size_t> body_bytes{0};  // taken of limits.bodies_bytes
  mutable std::mutex mutex;
  std::unordered_set<Connection*> connections;
  bool stopped = false;
};

// Everything but stop() runs on the socket's strand.
class HttpServer::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(StreamSocket socket, ConnectionSlot slot, std::shared_ptr<State> state);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void begin();
  void stop();  // any thread

 private:
  using Failure = boost::system::error_code;
  enum class Phase : std::uint8_t { kReading, kAnswering, kWriting, kClosing };

  void next_request();
  void wait_for_bytes();
  void read();
  void parse();
  void answer();
  void refuse(unsigned status, std::string_view detail);
  void respond(HttpResponse response);
  void written();
  void say_continue();
  [[nodiscard]] bool reserve_body();
  void release_body();
  // Closes the connection when the time is over.
  void start_timer(std::chrono::milliseconds time);
  void stop_timer();
  void linger();
  void drain();
  void close();
  [[nodiscard]] std::string remote() const;

  StreamSocket socket_;
  boost::asio::steady_timer timer_;
  ConnectionSlot slot_;
  std::shared_ptr<State> state_;
  std::string input_;  // read and not yet parsed
  std::optional<HttpMessageParser> parser_;
  std::string head_;  // being written
  std::string body_;
  std::size_t reserved_ = 0;  // of the budget of bodies
  std::size_t drained_ = 0;
  std::uint64_t timer_round_ = 0;
  Phase phase_ = Phase::kReading;
  bool keeps_alive_ = false;
  bool is_head_ = false;
  bool is_ending_ = false;
};

}  // namespace postreeve
