#include <algorithm>
#include <array>

#include "intake/exim_fields.h"
#include "intake/exim_lines.h"

namespace postreeve {
namespace {

// How the sentences begin that Exim writes without a message id and that are about no account.
constexpr auto kSentences = std::to_array<std::string_view>({
    // the daemon and its queue runners
    "exim ",   // "exim 4.96 daemon started: ...", "exim user lost privilege ..."
    "pid ",    // "pid 17: SIGHUP received: re-exec daemon"
    "cwd=",    // selector "arguments"
    "daemon",  // "daemon: accept process count is now ..."
    "socket bind() to port ", "listen() failed on interface", "using queue '",
    "no immediate delivery: ", "spool directory space check failed: ",
    "exec of \"",  // ETRN, queue runners
    "log directory space check failed", "Suggested action: ",
    // connections
    "SMTP connection ",  // selector smtp_connection: from, closed by QUIT, lost
    "SMTP command timeout on ", "SMTP data timeout ", "SMTP syntax error in \"", "SMTP EOF",
    "Connection from ",  // "... refused: too many connections"
    "connection from ", "TLS error on connection ", "TLS recv error on connection ",
    "TLS send error on connection ", "TLS client disconnected cleanly", "TLS session: ", "TLS failed ",
    "no MAIL in ",  // selector smtp_no_mail, a local process
    "no host name found for IP address ", "no IP address found for host ",
    "host name alias list truncated for ", "unexpected disconnection while reading SMTP command from ",
    "unexpected end of ", "lost input connection", "timed out while reading local message",
    "incomplete transaction ", "remote host address is the local host", "syntactically invalid argument(s)",
    "unqualified ", "ident ", "PROXY ", "proxied session ", "reverse DNS ", "EHLO/HELO response ",
    "Ci=",  // selector connection_id before a sentence
    // commands
    "VRFY failed for ", "EXPN failed for ", "VRFY ", "EXPN ", "ETRN ", "ATRN ",
    "ignoring AUTH=",  // selector smtp_mailauth: MAIL AUTH= was not believed
    "Auth ACL ",
    // configuration, lookups, filters
    "Warning: ",  // ACL verb warn
    "WARNING: ", "ACL for ", "failed to ", "Failed to ", "Error ", "error in ",
    "configured error code starts with incorrect digit", "\"discard\" verb not allowed",
    "Exim configuration error", "lookup of ", "MySQL", "PGSQL", "LDAP",
    "Redis",                 // lookup drivers' own complaints
    "Tainted ", "tainted ",  // Exim 4.94 and later
    "string_", "internal ", "malware acl condition: ", "spam acl condition: ", "DKIM: ", "DMARC ", "SPF ",
    "ARC: ",
    "Authentication-Results: ",  // logged by ACLs after verification
});

// Marks of the lines that can be about an account: none of them passes as a remark.
constexpr auto kAccountMarks = std::to_array<std::string_view>(
    {" A=", "(set_id=", " authenticator failed for ", "rejected RCPT", "user=<", ", rip="});

bool has_account_mark(std::string_view line) {
  // Every mark has one of these bytes, and few remarks have: most lines are done here.
  if (line.find_first_of("=(<") == std::string_view::npos && line.find("ed") == std::string_view::npos)
    return false;
  return std::ranges::any_of(
      kAccountMarks, [&](std::string_view mark) { return line.find(mark) != std::string_view::npos; });
}

// "Start queue run: pid=17 -qf", "End 'slow' queue run: pid=17", "Start ODMR queue run: ...".
bool is_queue_run(std::string_view line) {
  if (!line.starts_with("Start ") && !line.starts_with("End ")) return false;
  return line.find("queue run: ") != std::string_view::npos;
}

// The peer and then a sentence without a verb: "H=host sender verify fail for <a@x>: text",
// "U=local Warning: text", "H=host F=<a@x> RCPT <b@y>: discarded by RCPT ACL".
bool is_peer_sentence(std::string_view line) {
  if (line.size() < 2 || line[1] != '=') return false;
  FieldCursor cursor(line);
  EximFields fields;
  if (!take_exim_fields(cursor, fields)) return false;
  cursor.skip_spaces();
  constexpr auto kTexts = std::to_array<std::string_view>({
      "sender verify ",
      "Warning: ",
      "RCPT ",
      "MAIL ",
      "DATA",
      "EHLO",
      "HELO",
      "incomplete transaction",
      "closed connection",
      "unexpected ",
      "lost ",
      "Connection ",
      "TLS ",
      "accepted ",
  });
  return std::ranges::any_of(kTexts, [&](std::string_view text) { return cursor.sees(text); });
}

// The dump of a refused message in the rejectlog: its envelope, then headers behind a letter
// for their kind, their further lines indented, then a rule.
bool is_dumped_message(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return true;
  if (line.starts_with("Envelope-from: <") || line.starts_with("Envelope-to: <")) return true;
  if (line == "*** truncated ***") return true;
  if (line.find_first_not_of('-') == std::string_view::npos) return true;
  if (line.size() < 3 || line[1] != ' ' || (!is_upper(line[0]) && line[0] != '*')) return false;
  FieldCursor header(line.substr(2));
  const auto name = header.take_while([](char c) { return c != ':' && !is_space(c); });
  header.skip_spaces();  // RFC 822 3.2 let blanks stand before the colon
  return !name.empty() && header.take(':');
}

// "[192.0.2.1] SSL verify error: ..." of the TLS library's callbacks.
bool is_tls_callback(std::string_view line) {
  FieldCursor cursor(line);
  EximHost host;
  return cursor.sees("[") && take_exim_host(cursor, host) && cursor.take(' ');
}

// What a configuration writes itself (ACL modifier logwrite, event actions) is a label and
// its value, or a quoted text: "spf_result: pass", "guard acct=a act=b", "(none)".
bool is_written_by_configuration(std::string_view line) {
  if (line.front() == '"' || line.front() == '(') return true;
  constexpr std::size_t kLongestLabel = 48;
  const auto label_end = line.find_first_of(":=\t<>'[", 0);
  if (label_end != std::string_view::npos) return label_end > 0 && label_end <= kLongestLabel;
  return line.substr(0, kLongestLabel).find("  ") != std::string_view::npos;
}

}  // namespace

bool is_exim_remark(std::string_view id, std::string_view line) {
  if (line.empty() || (id.empty() && is_dumped_message(line))) return true;
  // With a message id before it a line is surely Exim's: what has no flag and is no refusal is a
  // remark on that message (frozen, unfrozen, removed, retry times, DKIM results, router and host errors).
  if (!id.empty()) return !has_account_mark(line);
  const auto begins = [&](std::string_view sentence) { return line.starts_with(sentence); };
  if (std::ranges::any_of(kSentences, begins) || is_queue_run(line) || is_peer_sentence(line)) return true;
  return is_tls_callback(line) || (is_written_by_configuration(line) && !has_account_mark(line));
}

}  // namespace postreeve
