// One connection to a Redis: connects, proves who we are, writes commands and reads replies, each before a
// deadline. Blocks; one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "redis/cluster_slots.h"
#include "redis/resp.h"

struct addrinfo;
struct ssl_st;
struct ssl_ctx_st;

namespace postreeve {

// Set by whoever waits; the only clock here is the one that time limits need.
using Deadline = std::chrono::steady_clock::time_point;

// Certificates that are trusted, and TLS 1.2 at least; shared by all connections.
using TlsContext = std::shared_ptr<ssl_ctx_st>;
// `ca_file` empty: those that the system trusts. kInvalidInput names the file.
[[nodiscard]] Result<TlsContext> make_tls_context(const std::string& ca_file);

struct RedisLogin {
  std::string user;  // empty: the default user
  std::string password;
  int database = 0;
  TlsContext tls;  // null: no TLS
};

class RedisConnection {
 public:
  // kUnavailable says what did not work: no such name, refused, too late, no trust, a wrong password. A name
  // that is looked up may take longer than the deadline allows; an address never does.
  [[nodiscard]] static Result<std::unique_ptr<RedisConnection>> open(const RedisNodeName& node,
                                                                     const RedisLogin& login, Deadline until);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // kUnavailable; the connection is of no use afterwards.
  [[nodiscard]] Result<void> write(std::string_view bytes, Deadline until);
  [[nodiscard]] Result<RespValue> read(Deadline until);
  // Whether the other side is still there, as far as it has said: nothing is expected of a silent connection,
  // so what can be read is its end.
  [[nodiscard]] bool is_open() const noexcept;
  // Whether the latest failure was that time was up; else the other side is gone.
  [[nodiscard]] bool is_late() const noexcept { return is_late_; }

 private:
  struct Freed {
    void operator()(ssl_st* tls) const noexcept;
  };

  explicit RedisConnection(int socket) : socket_(socket) {}
  [[nodiscard]] static Result<std::unique_ptr<RedisConnection>> open_at(const addrinfo& address,
                                                                        const std::string& host,
                                                                        const RedisLogin& login,
                                                                        Deadline until);
  [[nodiscard]] Result<void> secure(const std::string& host, const TlsContext& context, Deadline until);
  [[nodiscard]] Result<void> log_in(const RedisLogin& login, Deadline until);
  [[nodiscard]] Result<void> wait(short events, Deadline until);
  // Waits for what TLS waits for; fails when it has failed.
  [[nodiscard]] Result<void> wait_for_tls(int outcome, Deadline until);
  [[nodiscard]] Result<std::size_t> write_some(std::string_view bytes, Deadline until);
  [[nodiscard]] Result<std::size_t> read_some(char* into, std::size_t size, Deadline until);

  int socket_;
  std::unique_ptr<ssl_st, Freed> tls_;
  RespReader reader_;
  bool is_late_ = false;
};

}  // namespace postreeve
