#include "http/connection.h"

#include <array>
#include <cstring>
#include <exception>

#include <fmt/format.h>
#include <sys/socket.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "base/ascii.h"

namespace postreeve {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kChunk = 16UL * 1024;
// Bodies up to this size are always taken: a budget that large uploads used up must not shut out the small
// requests of mail servers.
constexpr std::size_t kFreeBody = 8UL * 1024;

void append_field(std::string& head, std::string_view name, std::string_view value) {
  const std::size_t begin = head.size();
  fmt::format_to(std::back_inserter(head), "{}: {}", name, value);
  for (std::size_t i = begin; i < head.size(); ++i) {
    if (is_control(head[i])) head[i] = ' ';
  }
  head += "\r\n";
}

std::string head_of(const HttpResponse& response, bool keeps_alive) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  if (!response.content_type.empty()) append_field(head, "Content-Type", response.content_type);
  // RFC 9110 8.6: none with 204 and 304.
  if (response.status != 204 && response.status != 304)
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.body.size());
  for (const auto& [name, value] : response.headers) append_field(head, name, value);
  head += keeps_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

}  // namespace

HttpServer::Connection::Connection(StreamSocket socket, ConnectionSlot slot, std::shared_ptr<State> state)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      slot_(std::move(slot)),
      state_(std::move(state)) {}

HttpServer::Connection::~Connection() {
  release_body();
  const std::lock_guard lock(state_->mutex);
  state_->connections.erase(this);
}

void HttpServer::Connection::begin() {
  asio::dispatch(socket_.get_executor(), [self = shared_from_this()] { self->next_request(); });
}

void HttpServer::Connection::stop() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->is_ending_ = true;
    if (self->phase_ == Phase::kReading) self->close();
  });
}

void HttpServer::Connection::next_request() {
  phase_ = Phase::kReading;
  parser_.reset();
  if (is_ending_) {
    close();
  } else if (input_.empty()) {
    input_ = {};  // an idle connection holds no buffer
    start_timer(state_->limits.idle);
    wait_for_bytes();
  } else {
    start_timer(state_->limits.request);
    parse();
  }
}

void HttpServer::Connection::wait_for_bytes() {
  socket_.async_wait(StreamSocket::wait_read, [self = shared_from_this()](const Failure& failure) {
    if (failure || self->phase_ != Phase::kReading) {
      self->close();
      return;
    }
    self->read();
  });
}

void HttpServer::Connection::read() {
  std::array<char, kChunk> chunk;
  Failure failure;
  const std::size_t size = socket_.read_some(asio::buffer(chunk), failure);
  if (failure == asio::error::would_block) {
    wait_for_bytes();
    return;
  }
  if (failure) {  // also the end: nobody waits for an answer to half a request
    close();
    return;
  }
  if (!parser_) start_timer(state_->limits.request);
  input_.append(chunk.data(), size);
  parse();
}

void HttpServer::Connection::parse() {
  if (!parser_) parser_.emplace(state_->limits);
  const std::size_t taken = parser_->put(input_);
  input_.erase(0, taken);
  if (parser_->refusal()) {
    refuse(parser_->refusal()->status, parser_->refusal()->detail);
  } else if (!reserve_body()) {
    refuse(503, "too many large requests at once; try again later");
  } else if (parser_->is_done()) {
    answer();
  } else if (parser_->takes_continue()) {
    say_continue();
  } else {
    wait_for_bytes();
  }
}

// RFC 9110 10.1.1.
void HttpServer::Connection::say_continue() {
  head_ = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(head_),
                    [self = shared_from_this()](const Failure& failure, std::size_t) {
                      if (failure) {
                        self->close();
                        return;
                      }
                      self->wait_for_bytes();
                    });
}

void HttpServer::Connection::answer() {
  stop_timer();
  phase_ = Phase::kAnswering;
  is_head_ = parser_->is_head();
  keeps_alive_ = parser_->keeps_alive();
  HttpRequest request = parser_->take();
  parser_.reset();
  request.remote = remote();

  // Answers 500 when the handler lets go of it without an answer.
  struct Once {
    explicit Once(std::shared_ptr<Connection> c) : connection(std::move(c)) {}
    Once(Once&&) noexcept = default;
    Once& operator=(Once&&) = delete;
    ~Once() {
      if (connection) give(problem(500, "no answer was found"));
    }
    void give(HttpResponse response) {
      if (!connection) return;
      const auto executor = connection->socket_.get_executor();
      asio::dispatch(executor, [self = std::move(connection), response = std::move(response)]() mutable {
        self->respond(std::move(response));
      });
    }
    std::shared_ptr<Connection> connection;
  };
  try {
    state_->handler(std::move(request), [once = Once(shared_from_this())](HttpResponse response) mutable {
      once.give(std::move(response));
    });
  } catch (const std::exception&) {
    return;  // the reply answered 500 when it was unwound
  }
}

void HttpServer::Connection::refuse(unsigned status, std::string_view detail) {
  keeps_alive_ = false;
  is_head_ = parser_ && parser_->is_head();
  phase_ = Phase::kAnswering;
  respond(problem(status, detail));
}

void HttpServer::Connection::respond(HttpResponse response) {
  if (phase_ != Phase::kAnswering) return;
  phase_ = Phase::kWriting;
  release_body();
  keeps_alive_ = keeps_alive_ && !is_ending_;
  head_ = head_of(response, keeps_alive_);
  const bool has_body = !is_head_ && response.status != 204 && response.status != 304;
  body_ = has_body ? std::move(response.body) : std::string{};
  start_timer(state_->limits.write);
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_), asio::buffer(body_)};
  asio::async_write(socket_, buffers, [self = shared_from_this()](const Failure& failure, std::size_t) {
    self->stop_timer();
    if (failure) {
      self->close();
      return;
    }
    self->written();
  });
}

void HttpServer::Connection::written() {
  head_ = {};
  body_ = {};
  if (keeps_alive_) {
    next_request();
  } else {
    linger();
  }
}

bool HttpServer::Connection::reserve_body() {
  const std::size_t size = parser_->body_bytes();
  if (size <= kFreeBody || size <= reserved_) return true;
  const std::size_t more = size - reserved_;
  if (state_->body_bytes.fetch_add(more) + more > state_->limits.bodies_bytes) {
    state_->body_bytes.fetch_sub(more);
    return false;
  }
  reserved_ += more;
  return true;
}

void HttpServer::Connection::release_body() {
  state_->body_bytes.fetch_sub(reserved_);
  reserved_ = 0;
}

void HttpServer::Connection::start_timer(std::chrono::milliseconds time) {
  const std::uint64_t round = ++timer_round_;
  timer_.expires_after(time);
  timer_.async_wait([self = weak_from_this(), round](const Failure& failure) {
    const auto connection = self.lock();
    // One that ran out while it was cancelled comes without a failure.
    if (connection && !failure && connection->timer_round_ == round) connection->close();
  });
}

void HttpServer::Connection::stop_timer() {
  ++timer_round_;
  timer_.cancel();
}

// Closing with bytes unread resets the connection, and the client may never see the answer (RFC 9112 9.6).
void HttpServer::Connection::linger() {
  constexpr std::chrono::seconds kLinger{2};
  phase_ = Phase::kClosing;
  input_ = {};
  Failure failure;
  socket_.shutdown(StreamSocket::shutdown_send, failure);
  if (failure) {
    close();
    return;
  }
  start_timer(kLinger);
  drain();
}

void HttpServer::Connection::drain() {
  constexpr std::size_t kMostDrained = 8UL * 1024 * 1024;
  socket_.async_wait(StreamSocket::wait_read, [self = shared_from_this()](Failure failure) {
    std::array<char, kChunk> chunk;
    if (!failure) self->drained_ += self->socket_.read_some(asio::buffer(chunk), failure);
    const bool goes_on = !failure || failure == asio::error::would_block;
    if (!goes_on || self->drained_ > kMostDrained) {
      self->close();
      return;
    }
    self->drain();
  });
}

void HttpServer::Connection::close() {
  phase_ = Phase::kClosing;
  Failure ignored;
  stop_timer();
  socket_.shutdown(StreamSocket::shutdown_both, ignored);
  socket_.close(ignored);
}

std::string HttpServer::Connection::remote() const {
  Failure failure;
  const auto peer = socket_.remote_endpoint(failure);
  if (failure || (peer.protocol().family() != AF_INET && peer.protocol().family() != AF_INET6)) return {};
  asio::ip::tcp::endpoint address;
  address.resize(peer.size());
  std::memcpy(address.data(), peer.data(), peer.size());
  return address.address().to_string();
}

}  // namespace postreeve
