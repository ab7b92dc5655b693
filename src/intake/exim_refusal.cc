#include <algorithm>
#include <array>

#include "intake/exim_fields.h"
#include "intake/exim_lines.h"

namespace postreeve {
namespace {

// ": 535 Incorrect authentication data (set_id=login)", ": 435 Unable ... (set_id=login): text".
LoginSeen read_failure(std::string_view text) {
  LoginSeen seen;
  seen.service = Service::kSmtp;
  seen.failure = LoginFailure::kOther;
  if (text.starts_with("535 Incorrect authentication data")) seen.failure = LoginFailure::kBadPassword;
  constexpr std::string_view kSetId = " (set_id=";
  const auto open = text.find(kSetId);
  if (open == std::string_view::npos) return seen;
  // The name is as the client sent it and may hold anything: it ends at the last place it can.
  const auto name = text.substr(open + kSetId.size());
  const auto end = name.ends_with(')') ? name.size() - 1 : name.rfind("): ");
  if (end != std::string_view::npos) seen.login = name.substr(0, end);
  return seen;
}

LoginSeen with_peer(LoginSeen seen, const EximHost& peer) {
  seen.client_address = peer.address;
  seen.client_name = peer.name;
  seen.helo_name = peer.helo;
  return seen;
}

std::optional<EximFields> take_peer(FieldCursor& line, unsigned helo_end) {
  EximFields fields;
  if (!line.sees("H=")) {
    if (!take_exim_host(line, fields.host, helo_end)) return std::nullopt;
    fields.has_host = true;
  }
  if (!take_exim_fields(line, fields, helo_end) || !fields.has_host) return std::nullopt;
  return fields;
}

Refused refused_from(std::string_view client_address) {
  Refused refused;
  refused.client_address = client_address;
  return refused;
}

// The peer of a connection that was refused, whatever follows it.
Refused refused_peer(std::string_view text) {
  FieldCursor line(text);
  const auto peer = take_peer(line, 0);
  return refused_from(peer ? peer->host.address : std::string_view{});
}

// A command that came at the wrong time is quoted as the client sent it, perhaps with a
// forged peer in it: the peer is the last one that follows a quote.
Refused refused_quoting(std::string_view text) {
  const auto peer = text.rfind("\" H=");
  if (peer != std::string_view::npos) return refused_peer(text.substr(peer + 2));
  const auto first = text.find("H=");
  return first == std::string_view::npos ? Refused{} : refused_peer(text.substr(first));
}

// Sentences that end a connection, with the place of the peer in them.
std::optional<Record> parse_dropped_connection(std::string_view line) {
  if (line.starts_with("SMTP protocol error in ") ||
      line.starts_with("SMTP protocol synchronization error")) {
    return refused_quoting(line);
  }
  constexpr std::array<std::string_view, 2> kBeforePeer{"SMTP call from ", "refused connection from "};
  for (const auto words : kBeforePeer) {
    if (line.starts_with(words)) return refused_peer(line.substr(words.size()));
  }
  return std::nullopt;
}

// What was refused, and whether that was a whole message.
struct Verb {
  std::string_view text;
  bool whole_message;
};
constexpr std::array<Verb, 24> kVerbs{{
    {"RCPT ", false},
    {"MAIL ", false},
    {"after DATA", true},  // acl_smtp_data, verification of headers
    {"DATA", true},        // acl_smtp_predata
    {"by local_scan()", true},
    {"by non-SMTP ACL", true},
    {"during MIME ACL checks", true},
    {"from ", true},        // while the message was read: too big, bad line ends
    {"connection", false},  // acl_smtp_connect
    {"EHLO or HELO", false},
    {"EHLO ", false},
    {"HELO ", false},
    {"AUTH", false},
    {"STARTTLS", false},
    {"VRFY", false},
    {"EXPN", false},
    {"ETRN", false},
    {"ATRN", false},
    {"XCLIENT", false},
    {"QUIT", false},
    {"DKIM", false},  // acl_smtp_dkim, one signature
    {"BDAT", true},
    {"WELLKNOWN", false},
    {"by PRDR", false},
}};

// "RCPT <a@x.example>: text", "RCPT a@x.example: text" (long ago).
std::string_view recipient_in(std::string_view after_verb) {
  FieldCursor line(after_verb);
  if (const auto angle = line.take_angle()) return *angle;
  return take_exim_address(line).value_or(std::string_view{});
}

// The peer after the verb: "rejected MAIL from host: text", "rejected from <a@x> H=host: text".
void read_late_peer(std::string_view text, Refused& refused) {
  FieldCursor line(text);
  if (!line.take_until(' ')) return;
  if (line.take("FROM:") || line.sees("<")) static_cast<void>(line.take_angle());
  if (!line.take("from ")) line.skip_spaces();
  if (const auto peer = take_peer(line, 0)) refused.client_address = peer->host.address;
}

// What follows the fields: "rejected VERB ...", "temporarily rejected VERB ...".
std::optional<Refused> read_refusal(FieldCursor line, const EximFields& fields) {
  line.skip_spaces();
  static_cast<void>(line.take("temporarily "));
  if (!line.take("rejected ")) return std::nullopt;
  const auto text = line.rest();
  const auto verb = std::ranges::find_if(kVerbs, [&](const Verb& v) { return text.starts_with(v.text); });
  if (verb == kVerbs.end()) return std::nullopt;
  auto refused = refused_from(fields.host.address);
  refused.login = exim_login(fields.auth);
  refused.whole_message = verb->whole_message;
  if (verb->text == "RCPT ") refused.recipient = recipient_in(text.substr(verb->text.size()));
  if (!fields.has_host) read_late_peer(text, refused);
  // A second refusal in one line is a forged one, in a HELO name or in what Exim quotes: whose is it?
  if (text.find(" rejected ") != std::string_view::npos) refused.login = {};
  return refused;
}

// "H=host dropped by 'connect' ACL: text".
std::optional<Refused> read_drop(FieldCursor line, const EximFields& fields) {
  line.skip_spaces();
  if (!line.sees("dropped by '")) return std::nullopt;
  return refused_from(fields.host.address);
}

bool begins_with_fields(std::string_view line) {
  return line.starts_with("H=") || line.starts_with("U=") || line.starts_with("F=") ||
         line.starts_with("X=") || line.starts_with("rejected ") || line.starts_with("temporarily rejected ");
}

}  // namespace

std::optional<Record> parse_exim_failed_login(std::string_view line) {
  FieldCursor cursor(line);
  cursor.take_word();
  if (!cursor.take(" authenticator failed for ")) return std::nullopt;
  for (unsigned helo_end = 0; helo_end < kMostHeloEnds; ++helo_end) {
    FieldCursor attempt = cursor;
    const auto peer = take_peer(attempt, helo_end);
    if (!peer || !attempt.take(": ")) continue;
    return with_peer(read_failure(attempt.rest()), peer->host);
  }
  return NotUnderstood{};
}

std::optional<Record> parse_exim_session_without_mail(std::string_view line) {
  FieldCursor cursor(line);
  if (!cursor.take("no MAIL in ")) return std::nullopt;
  if (!cursor.take("SMTP connection from ") && !cursor.take("TLS SMTP connection from ")) return std::nullopt;
  for (unsigned helo_end = 0; helo_end < kMostHeloEnds; ++helo_end) {
    FieldCursor attempt = cursor;
    const auto peer = take_peer(attempt, helo_end);
    if (!peer || !attempt.at_end()) continue;
    const auto login = exim_login(peer->auth);
    if (login.empty()) return NothingToSay{};
    LoginSeen seen;
    seen.login = login;
    seen.service = Service::kSmtp;
    return with_peer(seen, peer->host);
  }
  if (line.find(" A=") != std::string_view::npos) return NotUnderstood{};
  return NothingToSay{};  // a local process: "from CALLER"
}

std::optional<Record> parse_exim_refusal(std::string_view id, std::string_view line) {
  if (auto dropped = parse_dropped_connection(line)) return dropped;
  if (!begins_with_fields(line)) return std::nullopt;
  for (unsigned helo_end = 0; helo_end < kMostHeloEnds; ++helo_end) {
    FieldCursor attempt(line);
    EximFields fields;
    if (take_exim_fields(attempt, fields, helo_end)) {
      auto refused = read_refusal(attempt, fields);
      if (!refused) refused = read_drop(attempt, fields);
      if (refused) {
        refused->queue_id = id;
        return *refused;
      }
    }
    if (!fields.has_host) break;
  }
  return std::nullopt;
}

}  // namespace postreeve
