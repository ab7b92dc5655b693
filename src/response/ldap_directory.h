// One conversation with an LDAP server: find an account's entry, read an attribute of it, change it.
//
// It ends by itself within the server's time limit, from connecting on (the name's look-up in the DNS not
// counted). Referrals are not followed.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ldap.h>

#include "base/result.h"
#include "socket/time_limit.h"

namespace postreeve {

struct LdapServer {
  std::string uri;  // "ldaps://a.example ldaps://b.example": the first that answers
  bool start_tls = false;
  std::string ca_file;  // empty: the certificates of the system
  std::string bind_dn;  // empty: nobody in particular
  std::string password_file;
  std::chrono::seconds timeout{10};
};

struct LdapEntry {
  std::string dn;
  std::vector<std::string> values;  // of the attribute that was asked for, in the server's order; any bytes
};

// A part of one modification, which the server does as a whole or not at all.
struct LdapChange {
  enum class Kind : std::uint8_t { kAdd, kDelete, kReplace };
  Kind kind{};
  std::vector<std::string> values;  // kDelete, kReplace without any: the whole attribute
};

enum class LdapOutcome : std::uint8_t {
  kDone,
  kValueExists,  // what was to be added is there
  kNoSuchValue,  // what was to be deleted is not
};

// One thread. Errors: kUnavailable when it may work later (nobody answers, wrong password, a busy server),
// kInvalidInput when it never will (no such attribute in the schema, no right to it, a filter that is none).
class LdapConnection {
 public:
  // Connects, begins TLS if so wished and logs in.
  [[nodiscard]] static Result<std::unique_ptr<LdapConnection>> open(const LdapServer& server);
  LdapConnection(const LdapConnection&) = delete;
  LdapConnection& operator=(const LdapConnection&) = delete;

  // kNotFound without an entry, kInvalidInput with two.
  [[nodiscard]] Result<LdapEntry> find(const std::string& base, const std::string& filter,
                                       const std::string& attribute);
  [[nodiscard]] Result<LdapOutcome> change(const std::string& dn, const std::string& attribute,
                                           const std::vector<LdapChange>& changes);

 private:
  struct Unbind {
    void operator()(LDAP* handle) const noexcept { (void)ldap_unbind_ext(handle, nullptr, nullptr); }
  };
  using Handle = std::unique_ptr<LDAP, Unbind>;

  explicit LdapConnection(std::chrono::seconds timeout);
  [[nodiscard]] Result<void> connect(const LdapServer& server);
  // The library calls these once a socket is connected, before TLS begins, and before it is closed.
  static int on_connected(LDAP* handle, Sockbuf* buffer, LDAPURLDesc* url, sockaddr* address,
                          ldap_conncb* self) noexcept;
  static void on_closing(LDAP* handle, Sockbuf* buffer, ldap_conncb* self) noexcept;
  [[nodiscard]] Result<void> log_in(const LdapServer& server, const std::string& password);
  [[nodiscard]] std::unexpected<Error> failure(int code) const;

  std::chrono::seconds timeout_;
  TimeLimit::Clock::time_point end_;
  ldap_conncb callbacks_{};
  std::unique_ptr<TimeLimit> limit_;
  Handle handle_;  // ends first: it calls back
};

}  // namespace postreeve
