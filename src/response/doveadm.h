// Asks Dovecot about an account's sessions, and ends them: over doveadm's HTTP API or by its command.
//
// Limits: SMTP sessions of Postfix and Exim are none of Dovecot's; they are refused at their next command by
// the gates. Dovecot takes * and ? in a name for wildcards, and what looks like an address for a network: an
// account with such a name is not touched.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "mail/account_id.h"
#include "response/action_type.h"

namespace postreeve {

struct MailboxSession {
  std::string service;  // "imap", "pop3"
  std::string address;
  std::string process;
};

struct DoveadmOptions {
  std::string url;                   // "http://127.0.0.1:8080/doveadm/v1"; empty: `command`
  std::string api_key_file;          // doveadm_api_key in its first line
  std::string ca_file;               // of https; empty: the system's
  std::vector<std::string> command;  // "/usr/bin/doveadm" and what must stand before
  bool has_bare_names = false;       // Dovecot's user names are without the domain
};

class Doveadm {
 public:
  explicit Doveadm(DoveadmOptions options) : options_(std::move(options)) {}

  [[nodiscard]] std::string place() const;  // "http://127.0.0.1:8080", "doveadm"

  // kInvalidInput: no name that Dovecot could be told. kUnavailable: it does not answer as it should.
  [[nodiscard]] Result<std::vector<MailboxSession>> sessions(const AccountId& account) const;
  // Ends them, and forgets what the auth cache knows of the account: the old password is worth nothing from
  // then on. How many there were.
  [[nodiscard]] Result<std::size_t> kick(const AccountId& account) const;

 private:
  [[nodiscard]] Result<std::string> name_of(const AccountId& account) const;

  DoveadmOptions options_;
};

[[nodiscard]] std::span<const ActionKey> doveadm_keys() noexcept;
// kInvalidInput says which key is wrong.
[[nodiscard]] Result<Doveadm> read_doveadm(const ActionSettings& settings);

}  // namespace postreeve
