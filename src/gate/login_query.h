// What Dovecot's auth policy client and weakforced's clients send about a login, read from its JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mail/event.h"
#include "net/prefix.h"

namespace postreeve {

// One login asked about ("allow") or told of ("report").
struct LoginQuery {
  // Without a time. `account` is empty when the login is none: Dovecot reports such attempts too.
  // password_hash is 0 when the hash says nothing: it is missing, or the mechanism never shows the password
  // to the server (SCRAM, CRAM-MD5: the hash is then the same for every password).
  Login login;
  // The refusal was ours: nothing was guessed.
  bool policy_reject = false;
};

// Reads the body of allow or report: login, remote, pwhash, protocol, success, policy_reject, and mech, at
// the top or in "attrs". kInvalidInput says what is wrong: no JSON object, no login, a remote that is no
// address (an empty one is unknown), a field of the wrong type. Fields that are not known are passed over.
[[nodiscard]] Result<LoginQuery> read_login_query(std::string_view body, std::string_view default_domain);

// A list entry or a reset: ip, netmask, login, expire_secs, reason.
struct ListQuery {
  std::optional<Prefix> network;
  std::optional<IpAddress> address;  // when it is one: `ip`
  AccountId account;                 // empty: none
  std::optional<std::uint32_t> expire_seconds;
  std::string reason;
};

// kInvalidInput likewise, also when it names neither a network nor a login. Bits of a netmask behind its
// length are cut off, as weakforced does.
[[nodiscard]] Result<ListQuery> read_list_query(std::string_view body, std::string_view default_domain);

}  // namespace postreeve
