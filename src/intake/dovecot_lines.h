// The kinds of Dovecot line that are about an account, one function each; dovecot.cc
// tells them apart by the process that wrote them.
#pragma once

#include <string_view>

#include "intake/record.h"

namespace postreeve {

// A line of imap-login, pop3-login, submission-login or managesieve-login;
// `text` is what follows "imap-login: [Info: ]".
[[nodiscard]] Record parse_dovecot_login(Service service, std::string_view text);

// A line of auth or auth-worker; `text` is what follows the process name, from
// "(default): ", "(1234): ", ": " or "(user,address,sasl:plain)<session>: " on.
[[nodiscard]] Record parse_dovecot_auth(std::string_view text);

// A line of PAM's own in an auth process: "pam_unix(dovecot:auth): authentication failure; ...".
[[nodiscard]] Record parse_dovecot_pam(std::string_view text);

// Takes "Info: " away; false for any other level, whose lines are about the server.
[[nodiscard]] bool take_dovecot_info(std::string_view& text);

}  // namespace postreeve
