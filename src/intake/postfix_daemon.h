// The daemons of Postfix by what their lines look like, and the lines that are
// understood and say nothing about an account.
#pragma once

#include <cstdint>
#include <string_view>

namespace postreeve {

enum class PostfixDaemon : std::uint8_t {
  kUnknown,
  kSmtpd,     // smtpd, qmqpd: takes messages from the network
  kCleanup,   // writes them into the queue
  kPickup,    // takes them from local programs
  kQueue,     // qmgr, nqmgr
  kDelivery,  // smtp, lmtp, local, virtual, pipe, error, discard, under any service's name
  kBounce,    // bounce, defer, trace
  kPostscreen,
  kTlsproxy,
  kDnsblog,
  kMaster,  // master, postfix-script and its kin
  kSuper,   // postsuper
  kPolicy,  // policy servers that log under Postfix's name
  kOther,   // anvil, scache, verify, tlsmgr, ...: statistics and complaints only
};

// `service` as in parse_postfix(): "smtpd", "qmgr".
[[nodiscard]] PostfixDaemon postfix_daemon_of(std::string_view service) noexcept;

// Whether `message` is one of the sentences that this daemon writes about connections, TLS,
// caches and itself. With `has_queue_id` it is what followed "QUEUEID: ".
[[nodiscard]] bool is_postfix_small_talk(PostfixDaemon daemon, std::string_view message,
                                         bool has_queue_id) noexcept;

// Whether `line` is a line of a daemon that was told to be verbose (-v, debug_peer_list).
// "send attr sasl_username = x" is such a line, and no login.
[[nodiscard]] bool is_postfix_verbose_noise(std::string_view line) noexcept;

}  // namespace postreeve
