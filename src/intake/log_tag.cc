#include "intake/log_tag.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace postreeve {
namespace {

using std::string_view_literals::operator""sv;

// Names in the last part of a Postfix tag, for instances whose syslog_name does not begin with "postfix".
constexpr std::array kPostfixDaemons = {
    "anvil"sv,   "bounce"sv,    "cleanup"sv,    "discard"sv,         "dnsblog"sv,  "error"sv,
    "flush"sv,   "lmtp"sv,      "local"sv,      "master"sv,          "nqmgr"sv,    "oqmgr"sv,
    "pickup"sv,  "pipe"sv,      "postdrop"sv,   "postfix-script"sv,  "postlog"sv,  "postlogd"sv,
    "postmap"sv, "postqueue"sv, "postscreen"sv, "postsuper"sv,       "proxymap"sv, "qmgr"sv,
    "qmqpd"sv,   "scache"sv,    "sendmail"sv,   "showq"sv,           "smtp"sv,     "smtpd"sv,
    "spawn"sv,   "tlsmgr"sv,    "tlsproxy"sv,   "trivial-rewrite"sv, "verify"sv,   "virtual"sv};

// What Dovecot's own files begin with behind the stamp (log_prefix "%s(%u): " and its relatives).
constexpr std::array kDovecotProcesses = {"IMAP"sv,
                                          "LDA"sv,
                                          "LMTP"sv,
                                          "MANAGESIEVE"sv,
                                          "POP3"sv,
                                          "aggregator"sv,
                                          "anvil"sv,
                                          "auth"sv,
                                          "auth-worker"sv,
                                          "config"sv,
                                          "deliver"sv,
                                          "dict"sv,
                                          "dict-async"sv,
                                          "dict-expire"sv,
                                          "director"sv,
                                          "dns-client"sv,
                                          "dns_client"sv,
                                          "doveadm"sv,
                                          "doveadm-server"sv,
                                          "dovecot"sv,
                                          "dovecot-auth"sv,
                                          "dsync"sv,
                                          "dsync-server"sv,
                                          "imap"sv,
                                          "imap-hibernate"sv,
                                          "imap-login"sv,
                                          "imap-urlauth"sv,
                                          "imap-urlauth-login"sv,
                                          "imap-urlauth-worker"sv,
                                          "indexer"sv,
                                          "indexer-worker"sv,
                                          "ipc"sv,
                                          "lda"sv,
                                          "lmtp"sv,
                                          "log"sv,
                                          "login"sv,
                                          "managesieve"sv,
                                          "managesieve-login"sv,
                                          "master"sv,
                                          "old-stats"sv,
                                          "pop3"sv,
                                          "pop3-login"sv,
                                          "quota"sv,
                                          "quota-status"sv,
                                          "quota-warning"sv,
                                          "replicator"sv,
                                          "script"sv,
                                          "script-login"sv,
                                          "ssl-params"sv,
                                          "stats"sv,
                                          "submission"sv,
                                          "submission-login"sv};

constexpr std::array kDovecotSeverities = {"Info: "sv,  "Warning: "sv, "Warn: "sv, "Error: "sv,
                                           "Fatal: "sv, "Panic: "sv,   "Debug: "sv};

template <std::size_t N>
constexpr bool has(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  return std::ranges::find(names, name) != names.end();
}

constexpr bool is_process_char(char c) noexcept {
  return is_alnum(c) || c == '-' || c == '_';
}

}  // namespace

bool begins_with_dovecot_process(std::string_view text) noexcept {
  constexpr std::size_t kLongest = 20;
  std::size_t size = 0;
  while (size < text.size() && size <= kLongest && is_process_char(text[size])) ++size;
  if (size == 0 || size >= text.size()) return false;
  const char next = text[size];
  if (next == ':' && size + 1 < text.size() && text[size + 1] != ' ') return false;  // an IPv6 address
  return (next == ':' || next == '(' || next == '<') && has(kDovecotProcesses, text.substr(0, size));
}

std::string_view without_severity(std::string_view text) noexcept {
  for (const auto severity : kDovecotSeverities) {
    if (!text.starts_with(severity)) continue;
    const auto rest = text.substr(severity.size());
    return begins_with_dovecot_process(rest) ? rest : text;
  }
  return text;
}

Tagged split_tag(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size() && text[at] != ':' && text[at] != '[' && text[at] != ' ') ++at;
  if (at == 0 || at == text.size()) return {{}, text};
  Tagged split{text.substr(0, at), text};
  if (text[at] == '[') {
    const auto close = text.find(']', at);
    if (close == std::string_view::npos || close > at + 32) return {{}, text};
    split.has_pid = true;
    at = close + 1;
  }
  const bool has_colon = at < text.size() && text[at] == ':';
  if (!has_colon && !split.has_pid) return {{}, text};
  if (has_colon) ++at;
  if (at < text.size() && text[at] == ' ') ++at;
  split.message = text.substr(at);
  return split;
}

bool is_exim_tag(std::string_view tag) noexcept {
  return tag.starts_with("exim") && (tag.size() == 4 || !is_lower(tag[4]));
}

std::string_view postfix_service(std::string_view tag) noexcept {
  const auto slash = tag.rfind('/');
  if (slash == std::string_view::npos) return {};
  const auto service = tag.substr(slash + 1);
  if (tag.starts_with("postfix") || tag.find("/postfix") < slash) return service;
  return has(kPostfixDaemons, service) ? service : std::string_view{};
}

}  // namespace postreeve
