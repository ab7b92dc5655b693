// The grammars of the three programs, one function each. Pure, total, any thread:
// they never throw on content and look at each byte a bounded number of times.
//
// Lines are read from left to right and quote-aware: `<...>` is matched as the
// program writes it, so that a field forged inside a user name, an address or a
// reply is never taken for a field of the line (integration.md, log injection).
#pragma once

#include <string_view>

#include "intake/record.h"

namespace postreeve {

// `service` is the part of the syslog tag behind the instance name: "smtpd" of
// "postfix/submission/smtpd", "qmgr" of "postfix-out/qmgr"; `message` is what follows "tag[pid]: ".
[[nodiscard]] Record parse_postfix(std::string_view service, std::string_view message);

// `message` is what follows "YYYY-MM-DD HH:MM:SS[.mmm][ +zone][ [pid]] " in a mainlog or rejectlog.
[[nodiscard]] Record parse_exim(std::string_view message);

// `service` is the process name where the envelope has it ("imap-login", "auth", "dovecot"); `message`
// what follows the tag. Dovecot 1.x logs "imap-login: Login: ..." under the tag "dovecot", 2.x
// "imap-login: Info: Login: ..." in its own files: both begin here with the process name.
[[nodiscard]] Record parse_dovecot(std::string_view message);

}  // namespace postreeve
