// Dovecot's auth policy and weakforced's HTTP API, on one port.
//
// Dovecot asks "POST /?command=allow" before and after it looks at the password, with the same body, and says
// "POST /?command=report" how it went. Clients of weakforced do the same, and keep lists with addBLEntry,
// delBLEntry, getBL, addWLEntry, delWLEntry, getWL; ping, reset, getDBStats and stats work as documented
// there. What differs is in docs/gates/dovecot.md: what a client got wrong is 4xx, never 500, and an entry
// for an address together with a login is refused.
//
// Limits: Dovecot has no way to say "later": a refusal is a failed login, and the client asks for the
// password again.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <boost/asio/thread_pool.hpp>

#include "gate/login_desk.h"
#include "gate/login_lists.h"
#include "http/response.h"

namespace postreeve {

struct AuthPolicyOptions {
  std::string default_domain;  // of bare logins
  // Basic authentication: the password, and the user unless it is empty (weakforced does not look at it).
  std::string user;
  std::string password;
  // Or a header with a secret (Dovecot's auth_policy_server_api_header). With neither password nor key
  // everybody who reaches the port is served.
  std::string api_header = "x-guard-key";  // lower case
  std::string api_key;
};

// Told of every allow, in the thread that answers; must not block.
using SawAllow = std::function<void(const LoginQuery& query, const LoginAnswer& answer)>;

// Any thread. The desk must outlive it.
class AuthPolicy {
 public:
  AuthPolicy(LoginDesk& desk, LoginLists lists, AuthPolicyOptions options, SawAllow saw_allow = {});
  ~AuthPolicy();  // waits for list commands under way; before the HTTP server's context is destroyed
  AuthPolicy(const AuthPolicy&) = delete;
  AuthPolicy& operator=(const AuthPolicy&) = delete;

  // An HttpHandler. Commands that touch lists answer from a thread of their own, which may wait for the disk.
  void answer(HttpRequest request, HttpReply reply);

 private:
  enum Command : std::uint8_t {
    kAllow,
    kReport,
    kPing,
    kReset,
    kGetDbStats,
    kStats,
    kAddBlock,
    kDeleteBlock,
    kGetBlock,
    kAddAllow,
    kDeleteAllow,
    kGetAllow,
    kCommandCount
  };
  struct CommandRow;
  static const std::array<CommandRow, kCommandCount> kCommands;

  [[nodiscard]] bool may_ask(const HttpRequest& request) const;
  void run(Command command, const HttpRequest& request, HttpReply& reply);
  void allow(const HttpRequest& request, HttpReply& reply);
  void report(const HttpRequest& request, HttpReply& reply);
  [[nodiscard]] HttpResponse reset(const HttpRequest& request);
  [[nodiscard]] HttpResponse db_stats(const HttpRequest& request) const;
  [[nodiscard]] HttpResponse stats() const;
  [[nodiscard]] HttpResponse add_entry(const HttpRequest& request, ListName list);
  [[nodiscard]] HttpResponse delete_entry(const HttpRequest& request, ListName list);
  [[nodiscard]] HttpResponse entries(ListName list) const;

  LoginDesk& desk_;
  LoginLists lists_;
  AuthPolicyOptions options_;
  SawAllow saw_allow_;
  Timestamp started_;
  std::array<std::atomic<std::uint64_t>, kCommandCount> asked_{};
  std::atomic<std::uint64_t> denied_{0};
  boost::asio::thread_pool slow_{1};
};

}  // namespace postreeve
