#include "socket/listener.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

namespace postreeve {
namespace {

namespace asio = boost::asio;
using Protocol = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Protocol>;
using Failure = boost::system::error_code;

Protocol::endpoint system_endpoint(const Endpoint& endpoint) {
  if (endpoint.is_unix()) return asio::local::stream_protocol::endpoint(endpoint.path);
  return asio::ip::tcp::endpoint(asio::ip::make_address(endpoint.host), endpoint.port);
}

// A socket file that a killed server left behind; one that is answered on stays.
void remove_stale(asio::io_context& context, const Endpoint& endpoint) {
  std::error_code ignored;
  if (!std::filesystem::is_socket(endpoint.path, ignored)) return;
  asio::local::stream_protocol::socket probe(context);
  Failure failure;
  probe.connect(asio::local::stream_protocol::endpoint(endpoint.path), failure);
  if (failure == asio::error::connection_refused) std::filesystem::remove(endpoint.path, ignored);
}

Failure bind(Acceptor& acceptor, const Endpoint& endpoint, const ListenerOptions& options) {
  Failure failure;
  const Protocol::endpoint where = system_endpoint(endpoint);
  acceptor.open(where.protocol(), failure);
  if (failure) return failure;
  if (!endpoint.is_unix()) acceptor.set_option(asio::socket_base::reuse_address(true), failure);
  acceptor.bind(where, failure);
  if (failure) return failure;
  if (endpoint.is_unix() && ::chmod(endpoint.path.c_str(), static_cast<mode_t>(options.unix_mode)) != 0)
    return {errno, boost::system::system_category()};
  acceptor.listen(asio::socket_base::max_listen_connections, failure);
  return failure;
}

// Whoever hands over something else has mixed up names or descriptors.
bool is_listening(int descriptor, int family) {
  int domain = 0;
  int type = 0;
  int accepts = 0;
  for (const auto& [option, value] :
       {std::pair{SO_DOMAIN, &domain}, {SO_TYPE, &type}, {SO_ACCEPTCONN, &accepts}}) {
    socklen_t size = sizeof *value;
    if (::getsockopt(descriptor, SOL_SOCKET, option, value, &size) != 0) return false;
  }
  return domain == family && type == SOCK_STREAM && accepts != 0;
}

Failure adopt(Acceptor& acceptor, const Endpoint& endpoint, int inherited) {
  Failure failure;
  if (!is_listening(inherited, system_endpoint(endpoint).protocol().family()))
    return asio::error::invalid_argument;
  acceptor.assign(system_endpoint(endpoint).protocol(), inherited, failure);
  return failure;
}

}  // namespace

struct Listener::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& c, Endpoint e, std::size_t most, Accepted a)
      : context(c),
        strand(asio::make_strand(c)),
        acceptor(strand),
        timer(strand),
        endpoint(std::move(e)),
        most_connections(most),
        accepted(std::move(a)) {}

  void accept() {
    if (stopped || is_accepting || open >= most_connections) return;
    is_accepting = true;
    acceptor.async_accept(asio::make_strand(context),
                          [self = shared_from_this()](const Failure& failure, StreamSocket socket) {
                            self->is_accepting = false;
                            self->took(failure, std::move(socket));
                          });
  }

  void took(const Failure& failure, StreamSocket socket) {
    if (stopped) return;
    if (failure) {
      wait();
      return;
    }
    ++open;
    accepted(std::move(socket), ConnectionSlot([weak = weak_from_this()] {
               if (const auto self = weak.lock()) self->release();
             }));
    accept();
  }

  // Out of descriptors or memory: others may close meanwhile.
  void wait() {
    timer.expires_after(std::chrono::milliseconds(100));
    timer.async_wait([self = shared_from_this()](const Failure& failure) {
      if (!failure) self->accept();
    });
  }

  void release() {
    const bool was_full = open-- >= most_connections;
    if (was_full) asio::post(strand, [self = shared_from_this()] { self->accept(); });
  }

  asio::io_context& context;
  asio::strand<asio::io_context::executor_type> strand;
  Acceptor acceptor;
  asio::steady_timer timer;
  Endpoint endpoint;
  std::size_t most_connections;
  Accepted accepted;
  std::atomic<std::size_t> open{0};
  std::atomic<bool> stopped{false};
  bool is_accepting = false;
  bool owns_file = false;  // an inherited socket's file is systemd's
};

Result<std::unique_ptr<Listener>> Listener::open(asio::io_context& context, const Endpoint& endpoint,
                                                 const ListenerOptions& options, Accepted accepted) {
  auto impl = std::make_shared<Impl>(context, endpoint, options.most_connections, std::move(accepted));
  if (endpoint.is_unix() && options.inherited < 0) remove_stale(context, endpoint);
  const Failure failure = options.inherited >= 0 ? adopt(impl->acceptor, endpoint, options.inherited)
                                                 : bind(impl->acceptor, endpoint, options);
  if (failure && options.inherited >= 0)
    return fail(
        ErrorCode::kUnavailable,
        fmt::format("{}: the socket that was handed over does not listen for that", endpoint.to_string()));
  if (failure)
    return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", endpoint.to_string(), failure.message()));
  impl->owns_file = endpoint.is_unix() && options.inherited < 0;
  if (!endpoint.is_unix()) {
    asio::ip::tcp::endpoint bound;
    const Protocol::endpoint local = impl->acceptor.local_endpoint();
    bound.resize(local.size());
    std::memcpy(bound.data(), local.data(), local.size());
    impl->endpoint.port = bound.port();
  }
  asio::post(impl->strand, [impl] { impl->accept(); });
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

Listener::Listener(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() {
  stop();
}

void Listener::stop() {
  if (impl_->stopped.exchange(true)) return;
  asio::post(impl_->strand, [impl = impl_] {
    Failure ignored;
    impl->acceptor.close(ignored);
    impl->timer.cancel();
  });
  if (impl_->owns_file) {
    std::error_code ignored;
    std::filesystem::remove(impl_->endpoint.path, ignored);
  }
}

std::size_t Listener::open_connections() const {
  return impl_->open;
}
const Endpoint& Listener::endpoint() const {
  return impl_->endpoint;
}

}  // namespace postreeve
