#include "intake/postfix_daemon.h"

#include <algorithm>
#include <array>
#include <span>

#include "intake/field_cursor.h"

namespace postreeve {
namespace {

struct NamedDaemon {
  std::string_view name;
  PostfixDaemon daemon;
};

// The busiest first.
constexpr std::array kDaemons = {
    NamedDaemon{"smtpd", PostfixDaemon::kSmtpd},
    NamedDaemon{"qmgr", PostfixDaemon::kQueue},
    NamedDaemon{"smtp", PostfixDaemon::kDelivery},
    NamedDaemon{"cleanup", PostfixDaemon::kCleanup},
    NamedDaemon{"lmtp", PostfixDaemon::kDelivery},
    NamedDaemon{"postscreen", PostfixDaemon::kPostscreen},
    NamedDaemon{"local", PostfixDaemon::kDelivery},
    NamedDaemon{"virtual", PostfixDaemon::kDelivery},
    NamedDaemon{"pipe", PostfixDaemon::kDelivery},
    NamedDaemon{"anvil", PostfixDaemon::kOther},
    NamedDaemon{"dnsblog", PostfixDaemon::kDnsblog},
    NamedDaemon{"tlsproxy", PostfixDaemon::kTlsproxy},
    NamedDaemon{"bounce", PostfixDaemon::kBounce},
    NamedDaemon{"error", PostfixDaemon::kDelivery},
    NamedDaemon{"retry", PostfixDaemon::kDelivery},
    NamedDaemon{"relay", PostfixDaemon::kDelivery},
    NamedDaemon{"pickup", PostfixDaemon::kPickup},
    NamedDaemon{"nqmgr", PostfixDaemon::kQueue},
    NamedDaemon{"oqmgr", PostfixDaemon::kQueue},
    NamedDaemon{"discard", PostfixDaemon::kDelivery},
    NamedDaemon{"defer", PostfixDaemon::kBounce},
    NamedDaemon{"trace", PostfixDaemon::kBounce},
    NamedDaemon{"qmqpd", PostfixDaemon::kSmtpd},
    NamedDaemon{"policyd-spf", PostfixDaemon::kPolicy},
    NamedDaemon{"policy-spf", PostfixDaemon::kPolicy},
    NamedDaemon{"master", PostfixDaemon::kMaster},
    NamedDaemon{"postfix-script", PostfixDaemon::kMaster},
    NamedDaemon{"postmulti", PostfixDaemon::kMaster},
    NamedDaemon{"postlog", PostfixDaemon::kMaster},
    NamedDaemon{"postlogd", PostfixDaemon::kMaster},
    NamedDaemon{"postsuper", PostfixDaemon::kSuper},
    NamedDaemon{"scache", PostfixDaemon::kOther},
    NamedDaemon{"verify", PostfixDaemon::kOther},
    NamedDaemon{"tlsmgr", PostfixDaemon::kOther},
    NamedDaemon{"trivial-rewrite", PostfixDaemon::kOther},
    NamedDaemon{"proxymap", PostfixDaemon::kOther},
    NamedDaemon{"proxywrite", PostfixDaemon::kOther},
    NamedDaemon{"flush", PostfixDaemon::kOther},
    NamedDaemon{"showq", PostfixDaemon::kOther},
    NamedDaemon{"sendmail", PostfixDaemon::kOther},
    NamedDaemon{"postdrop", PostfixDaemon::kOther},
    NamedDaemon{"postqueue", PostfixDaemon::kOther},
    NamedDaemon{"postmap", PostfixDaemon::kOther},
    NamedDaemon{"postalias", PostfixDaemon::kOther},
    NamedDaemon{"spawn", PostfixDaemon::kOther},
};

// A sentence is literal text with holes:
//   %c a peer, name[address] or name[address]:port    %w a word     %n a number
//   %t any text up to the literal behind it           %* anything to the end of the line
using Sentences = std::span<const std::string_view>;

constexpr std::array<std::string_view, 24> kSmtpdTalk = {
    "connect from %c",
    "disconnect from %c%*",
    "lost connection after %t from %c",
    "timeout after %t from %c",
    "too many errors after %t from %c",
    "%w TLS connection established from %c: %*",
    "TLS connection established from %c: %*",
    "setting up TLS connection from %c",
    "SSL_accept error from %c: %*",
    "improper command pipelining after %t from %c%*",
    "bare <LF> received after %t from %c%*",
    "discarding EHLO keywords: %*",
    "proxy-accept: %*",
    "proxy-reject: %*",
    "TLS SNI %*",
    "SSL_accept:%*",
    "initializing the server-side TLS engine",
    "%c: %w subject_CN=%*",
    "certificate verification %*",
    "%c: subject_CN=%*",
    "%c: certificate %*",
    "%c: re-using session%*",
    "%c: save session%*",
    "%c: TLS cipher list %*",
};
constexpr std::array<std::string_view, 20> kClientTalk = {
    "connect to %c: %*",
    "%w TLS connection established to %c: %*",
    "TLS connection established to %c: %*",
    "%w TLS connection reused to %c: %*",
    "setting up TLS connection to %c",
    "SSL_connect error to %c: %*",
    "SSL_connect:%*",
    "certificate verification failed for %c: %*",
    "server certificate verification failed for %c: %*",
    "certificate peer name verification failed for %*",
    "Host offered STARTTLS: %*",
    "Peer verification: %*",
    "initializing the client-side TLS engine",
    "%c: subject_CN=%*",
    "%c: %w subject_CN=%*",
    "%c: re-using session%*",
    "%c: TLS cipher list %*",
    "%c: certificate %*",
    "looking for session %*",
    "save session %*",
};
constexpr std::array<std::string_view, 14> kDeliveryNotes = {
    "host %c said: %*",
    "host %c refused to talk to me: %*",
    "lost connection with %c while %*",
    "conversation with %c timed out while %*",
    "connect to %c: %*",
    "enabling PIX workarounds: %*",
    "SASL authentication failed; %*",
    "SASL authentication failed: %*",
    "Cannot start TLS: %*",
    "TLS is required, but %*",
    "Server certificate not %*",
    "breaking line > %n bytes with %*",
    "replacing %*",
    "protocol error: %*",
};
constexpr std::array<std::string_view, 21> kPostscreenTalk = {
    "CONNECT from %c to %c",
    "PASS OLD %c",
    "PASS NEW %c",
    "DISCONNECT %c",
    "DNSBL rank %n for %c",
    "HANGUP after %w from %c in %*",
    "PREGREET %n after %w from %c: %*",
    "COMMAND TIME LIMIT from %c after %*",
    "COMMAND COUNT LIMIT from %c after %*",
    "COMMAND LENGTH LIMIT from %c after %*",
    "COMMAND PIPELINING from %c after %*",
    "NON-SMTP COMMAND from %c after %*",
    "BARE NEWLINE from %c after %*",
    "WHITELISTED %c",
    "ALLOWLISTED %c",
    "BLACKLISTED %c",
    "DENYLISTED %c",
    "WHITELIST VETO %c",
    "ALLOWLIST VETO %c",
    "entering STRESS mode %*",
    "leaving STRESS mode %*",
};
constexpr std::array<std::string_view, 7> kTlsproxyTalk = {
    "CONNECT from %c",
    "CONNECT to %c",
    "DISCONNECT %c",
    "%w TLS connection established %w %c: %*",
    "TLS connection established %w %c: %*",
    "SSL_accept error from %c: %*",
    "SSL_connect error to %c: %*",
};
constexpr std::array<std::string_view, 1> kDnsblogTalk = {"addr %w listed by domain %w as %*"};
constexpr std::array<std::string_view, 12> kMasterTalk = {
    "daemon started -- version %*",     "reload -- version %*",
    "terminating on signal %n",         "starting the Postfix mail system",
    "stopping the Postfix mail system", "refreshing the Postfix mail system",
    "the Postfix mail system is %*",    "waiting for the Postfix mail system to terminate",
    "aborting the Postfix mail system", "stopping the Postfix mail system%*",
    "flushing the mail queue%*",        "Postfix is %*",
};
constexpr std::array<std::string_view, 5> kSuperTalk = {
    "Deleted: %n %w", "Requeued: %n %w", "Placed on hold: %n %w", "Released from hold: %n %w",
    "Expired: %n %w",
};
constexpr std::array<std::string_view, 6> kQueueNotes = {
    "skipped, still being delivered",
    "recipient limit %n",
    "placed on hold",
    "released from hold",
    "requeued",
    "expired",
};
constexpr std::array<std::string_view, 11> kPolicyTalk = {
    "prepend %*", "Policy action=%*", "handler %*",  "spfcheck: %*", "Action: %*", "None; %*",
    "Pass; %*",   "Softfail; %*",     "Neutral; %*", ": SPF %*",     "%n %*",
};
constexpr std::array<std::string_view, 9> kAnyTalk = {
    "statistics: %*",
    "table %t has changed -- %*",
    "cache %t cleanup: retained=%n dropped=%n entries",
    "using backwards-compatible default setting %*",
    "Postfix is using backwards-compatible default settings",
    "Postfix is running with backwards-compatible default settings",
    "See http%*",
    "To disable backwards compatibility use %*",
    "resent-message-id=%*",
};

// What the daemons say about their inner life under -v, without the many lines that begin
// with the name of a function.
constexpr std::array<std::string_view, 27> kVerboseTalk = {
    "send attr %*",
    "input attribute name: %*",
    "input attribute value: %*",
    "%w socket: wanted attribute: %*",
    "connect to subsystem %w",
    "%w stream disconnect",
    ">>> %*",
    "< %c: %*",
    "> %c: %*",
    "mynetworks: %*",
    "fsspace: %*",
    "request: %*",
    "request ignored",
    "process generation: %*",
    "idle timeout -- exiting",
    "connection established",
    "connection closed",
    "wakeup %w after %n secs",
    "start sorted recipient list",
    "end sorted recipient list",
    "start move queue %*",
    "end move queue %*",
    "done %w queue scan",
    "before %t: cleanup flags = %*",
    "after %t: cleanup flags = %*",
    "Compiled against Berkeley DB: %*",
    "Run-time linked against Berkeley DB: %*",
};

// Takes what the hole `kind` allows; `literal` is the text behind it in the sentence.
bool take_hole(FieldCursor& line, char kind, std::string_view literal) noexcept {
  switch (kind) {
    case 'c':
      return line.take_client().has_value();
    case 'n':
      return line.take_number().has_value();
    case 'w':
      return !line.take_word().empty();
    default:
      return line.take_until(literal).has_value();
  }
}

bool matches(std::string_view sentence, std::string_view text) noexcept {
  FieldCursor line(text);
  while (!sentence.empty()) {
    if (sentence.front() != '%') {
      const auto literal = sentence.substr(0, sentence.find('%'));
      if (!line.take(literal)) return false;
      sentence.remove_prefix(literal.size());
      continue;
    }
    const char kind = sentence[1];
    sentence.remove_prefix(2);
    if (kind == '*') return true;
    const auto literal = sentence.substr(0, sentence.find('%'));
    if (!take_hole(line, kind, literal)) return false;
    if (kind == 't') sentence.remove_prefix(literal.size());
  }
  return line.at_end();
}

bool matches_any(Sentences sentences, std::string_view text) noexcept {
  if (text.empty()) return false;
  const char first = text.front();
  return std::ranges::any_of(sentences, [&](std::string_view sentence) {
    return (sentence.front() == first || sentence.front() == '%') && matches(sentence, text);
  });
}

Sentences sentences_of(PostfixDaemon daemon) noexcept {
  switch (daemon) {
    case PostfixDaemon::kSmtpd:
      return kSmtpdTalk;
    case PostfixDaemon::kDelivery:
      return kClientTalk;
    case PostfixDaemon::kPostscreen:
      return kPostscreenTalk;
    case PostfixDaemon::kTlsproxy:
      return kTlsproxyTalk;
    case PostfixDaemon::kDnsblog:
      return kDnsblogTalk;
    case PostfixDaemon::kMaster:
      return kMasterTalk;
    case PostfixDaemon::kSuper:
      return kSuperTalk;
    case PostfixDaemon::kPolicy:
      return kPolicyTalk;
    default:
      return {};
  }
}

Sentences notes_of(PostfixDaemon daemon) noexcept {
  switch (daemon) {
    case PostfixDaemon::kSmtpd:
      return kSmtpdTalk;  // "NOQUEUE: lost connection after ..."
    case PostfixDaemon::kDelivery:
      return kDeliveryNotes;
    case PostfixDaemon::kQueue:
    case PostfixDaemon::kSuper:
      return kQueueNotes;
    default:
      return {};
  }
}

constexpr bool is_identifier(char c) noexcept {
  return is_lower(c) || is_digit(c) || c == '_';
}

}  // namespace

PostfixDaemon postfix_daemon_of(std::string_view service) noexcept {
  const auto* found = std::ranges::find(kDaemons, service, &NamedDaemon::name);
  return found == kDaemons.end() ? PostfixDaemon::kUnknown : found->daemon;
}

bool is_postfix_small_talk(PostfixDaemon daemon, std::string_view message, bool has_queue_id) noexcept {
  if (matches_any(has_queue_id ? notes_of(daemon) : sentences_of(daemon), message)) return true;
  return matches_any(kAnyTalk, message);
}

bool is_postfix_verbose_noise(std::string_view line) noexcept {
  if (matches_any(kVerboseTalk, line)) return true;
  // "match_string: a ~? b", "dict_open: hash:/etc/aliases", "unverified_sender_tempfail_action = x"
  FieldCursor cursor(line);
  const auto name = cursor.take_while(is_identifier);
  if (name.find('_') == std::string_view::npos) return false;
  return cursor.sees(": ") || cursor.sees(" = ") || cursor.sees("[");
}

}  // namespace postreeve
