#include "redis/redis_connection.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace postreeve {
namespace {

std::string words_of(int error) {
  return std::generic_category().message(error);
}

std::unexpected<Error> unavailable(std::string detail) {
  return fail(ErrorCode::kUnavailable, std::move(detail));
}

std::string tls_words() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "the connection was closed";
}

struct FreedAddresses {
  void operator()(addrinfo* addresses) const noexcept { freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreedAddresses>;

Result<Addresses> look_up(const RedisNodeName& node) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(node.host.c_str(), std::to_string(node.port).c_str(), &hints, &found);
  if (failure != 0) return unavailable(gai_strerror(failure));
  return Addresses(found);
}

int open_socket(const addrinfo& address) {
  const int kind = address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const int opened = socket(address.ai_family, kind, address.ai_protocol);
  if (opened < 0) return opened;
  const int on = 1;
  setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return opened;
}

}  // namespace

Result<TlsContext> make_tls_context(const std::string& ca_file) {
  TlsContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) return unavailable("TLS cannot be used: " + tls_words());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                     : SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
  if (loaded == 1) return context;
  return fail(ErrorCode::kInvalidInput, fmt::format("{}: no certificates: {}", ca_file, tls_words()));
}

void RedisConnection::Freed::operator()(ssl_st* tls) const noexcept {
  SSL_free(tls);
}

RedisConnection::~RedisConnection() {
  tls_.reset();
  close(socket_);
}

// A host may have addresses that lead nowhere: each but the last gets a share of the time that is left.
Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisNodeName& node,
                                                               const RedisLogin& login, Deadline until) {
  const Result<Addresses> addresses = look_up(node);
  if (!addresses) return fail(addresses.error());
  int left = 0;
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) ++left;
  Error latest{ErrorCode::kUnavailable, "no address"};
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    const Deadline now = std::chrono::steady_clock::now();
    auto opened = open_at(*address, node.host, login, now + (until - now) / left--);
    if (opened) return opened;
    latest = opened.error();
  }
  return fail(std::move(latest));
}

Result<std::unique_ptr<RedisConnection>> RedisConnection::open_at(const addrinfo& address,
                                                                  const std::string& host,
                                                                  const RedisLogin& login, Deadline until) {
  const int opened = open_socket(address);
  if (opened < 0) return unavailable(words_of(errno));
  std::unique_ptr<RedisConnection> connection(new RedisConnection(opened));
  if (connect(opened, address.ai_addr, address.ai_addrlen) != 0 && errno != EINPROGRESS)
    return unavailable(words_of(errno));
  Result<void> done = connection->wait(POLLOUT, until);
  int error = 0;
  socklen_t size = sizeof error;
  if (done && getsockopt(opened, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0)
    done = unavailable(words_of(error));
  if (done && login.tls) done = connection->secure(host, login.tls, until);
  if (done) done = connection->log_in(login, until);
  if (!done) return fail(std::move(done).error());
  return connection;
}

bool RedisConnection::is_open() const noexcept {
  char byte = 0;
  return recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

Result<void> RedisConnection::secure(const std::string& host, const TlsContext& context, Deadline until) {
  tls_.reset(SSL_new(context.get()));
  if (!tls_ || SSL_set_fd(tls_.get(), socket_) != 1) return unavailable("TLS: " + tls_words());
  // A certificate names addresses and names in different places.
  X509_VERIFY_PARAM* wanted = SSL_get0_param(tls_.get());
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) != 1) {
    ERR_clear_error();
    SSL_set_tlsext_host_name(tls_.get(), host.c_str());
    if (SSL_set1_host(tls_.get(), host.c_str()) != 1) return unavailable("TLS: " + tls_words());
  }
  while (true) {
    ERR_clear_error();
    const int outcome = SSL_connect(tls_.get());
    if (outcome == 1) return {};
    if (Result<void> waited = wait_for_tls(outcome, until); !waited) return waited;
  }
}

Result<void> RedisConnection::log_in(const RedisLogin& login, Deadline until) {
  std::string wire;
  std::size_t questions = 0;
  if (!login.password.empty()) {
    ++questions;
    if (login.user.empty())
      append_command(wire, {"AUTH", login.password});
    else
      append_command(wire, {"AUTH", login.user, login.password});
  }
  if (login.database != 0) {
    ++questions;
    append_command(wire, {"SELECT", std::to_string(login.database)});
  }
  if (questions == 0) return {};
  if (Result<void> written = write(wire, until); !written) return written;
  for (; questions > 0; --questions) {
    const Result<RespValue> answer = read(until);
    if (!answer) return fail(answer.error());
    if (answer->is_error()) return unavailable(answer->text);
  }
  return {};
}

Result<void> RedisConnection::wait(short events, Deadline until) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd waiting{.fd = socket_, .events = events, .revents = 0};
    const int ready = left <= 0 ? 0 : poll(&waiting, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready > 0) return {};
    if (ready == 0) {
      is_late_ = true;
      return unavailable("no answer in time");
    }
    if (errno != EINTR) return unavailable(words_of(errno));
  }
}

Result<void> RedisConnection::wait_for_tls(int outcome, Deadline until) {
  switch (SSL_get_error(tls_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
      return wait(POLLIN, until);
    case SSL_ERROR_WANT_WRITE:
      return wait(POLLOUT, until);
    case SSL_ERROR_SYSCALL:
      return unavailable(errno != 0 ? words_of(errno) : "the connection was closed");
    default:
      break;
  }
  const long verified = SSL_get_verify_result(tls_.get());
  if (verified != X509_V_OK)
    return unavailable(fmt::format("TLS: {}", X509_verify_cert_error_string(verified)));
  return unavailable("TLS: " + tls_words());
}

Result<std::size_t> RedisConnection::write_some(std::string_view bytes, Deadline until) {
  while (true) {
    if (tls_) {
      ERR_clear_error();
      std::size_t written = 0;
      const int outcome = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &written);
      if (outcome == 1) return written;
      if (const Result<void> waited = wait_for_tls(outcome, until); !waited) return fail(waited.error());
      continue;
    }
    const ssize_t written = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written > 0) return static_cast<std::size_t>(written);
    if (written < 0 && errno != EAGAIN && errno != EINTR) return unavailable(words_of(errno));
    if (const Result<void> waited = wait(POLLOUT, until); !waited) return fail(waited.error());
  }
}

Result<std::size_t> RedisConnection::read_some(char* into, std::size_t size, Deadline until) {
  while (true) {
    if (tls_) {
      ERR_clear_error();
      std::size_t got = 0;
      const int outcome = SSL_read_ex(tls_.get(), into, size, &got);
      if (outcome == 1) return got;
      if (const Result<void> waited = wait_for_tls(outcome, until); !waited) return fail(waited.error());
      continue;
    }
    const ssize_t got = recv(socket_, into, size, 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0) return unavailable("the connection was closed");
    if (errno != EAGAIN && errno != EINTR) return unavailable(words_of(errno));
    if (const Result<void> waited = wait(POLLIN, until); !waited) return fail(waited.error());
  }
}

Result<void> RedisConnection::write(std::string_view bytes, Deadline until) {
  is_late_ = false;
  while (!bytes.empty()) {
    const Result<std::size_t> written = write_some(bytes, until);
    if (!written) return fail(written.error());
    bytes.remove_prefix(*written);
  }
  return {};
}

Result<RespValue> RedisConnection::read(Deadline until) {
  is_late_ = false;
  std::array<char, 16'384>
      buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled before it is read
  while (true) {
    Result<std::optional<RespValue>> reply = reader_.next();
    if (!reply) return unavailable(reply.error().detail);
    if (*reply) return std::move(**reply);
    const Result<std::size_t> got = read_some(buffer.data(), buffer.size(), until);
    if (!got) return fail(got.error());
    reader_.feed({buffer.data(), *got});
  }
}

}  // namespace postreeve
