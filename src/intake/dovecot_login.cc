#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "intake/dovecot_lines.h"
#include "intake/field_cursor.h"

namespace postreeve {
namespace {

// What a login process says in login_log_format_elements, default order:
// user=<name>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, mpid=17, TLS, session=<id>.
struct Elements {
  std::string_view user;
  std::string_view address;
  std::string_view session;
  bool has_method = false;
  bool is_complete = false;  // more follows the address: the line was not cut in it
};

// The sentence and, behind it, the elements. The sentence is the server's and has none of
// these texts; the elements hold the name as the client sent it.
struct Line {
  std::string_view reason;
  std::string_view elements;
};

std::optional<Line> split(std::string_view text) {
  constexpr auto kFirstElements = std::to_array<std::string_view>({"user=<", "method=", "rip="});
  for (auto at = text.find(": "); at != std::string_view::npos; at = text.find(": ", at + 1)) {
    const auto rest = text.substr(at + 2);
    if (std::ranges::any_of(kFirstElements, [&](std::string_view e) { return rest.starts_with(e); })) {
      return Line{text.substr(0, at), rest};
    }
  }
  return std::nullopt;
}

// Where "user=<name>" ends: the name of a failed login may hold a whole forged line, but what
// follows the last of these boundaries is the server's.
std::size_t end_of_name(std::string_view elements) {
  constexpr auto kBoundaries = std::to_array<std::string_view>({">, method=", ">, rip=", ">, PID="});
  for (auto at = elements.rfind('>'); at != std::string_view::npos; at = elements.rfind('>', at - 1)) {
    const auto rest = elements.substr(at);
    const auto begins = [&](std::string_view boundary) { return rest.starts_with(boundary); };
    if (std::ranges::any_of(kBoundaries, begins)) return at;
    if (at == 0) break;
  }
  return std::string_view::npos;
}

bool take_name(FieldCursor& line, std::string_view& user) {
  if (!line.take("user=<")) return true;
  const auto end = end_of_name(line.rest());
  if (end == std::string_view::npos) return false;
  user = line.rest().substr(0, end);
  line = FieldCursor(line.rest().substr(end + 3));
  return true;
}

std::optional<Elements> read_elements(std::string_view text) {
  Elements elements;
  FieldCursor line(text);
  if (!take_name(line, elements.user)) return std::nullopt;
  while (!line.at_end()) {
    if (line.take("rip=")) {
      elements.address = line.take_while([](char c) { return c != ',' && c != ' '; });
      elements.is_complete = line.sees(", ");
    } else if (line.take("session=<")) {
      elements.session = line.take_before('>');
    } else if (line.sees("method=")) {
      elements.has_method = true;
    }
    if (!line.take_until(", ")) break;
  }
  if (!elements.address.empty() && !looks_like_address(elements.address)) return std::nullopt;
  return elements;
}

// How the sentence begins.
enum class Opening {
  kSuccess,
  kProxy,    // the login went on to another server
  kEnd,      // the connection ended: why is said in parentheses
  kRefused,  // the password was right, the login was not let in
  kNothing,  // no login
};
struct OpeningText {
  std::string_view text;
  Opening opening;
};
constexpr auto kOpenings = std::to_array<OpeningText>({
    {"Login: user=<", Opening::kSuccess},      // 1.0 to 2.3
    {"Logged in: user=<", Opening::kSuccess},  // 2.4
    {"proxy(", Opening::kProxy},
    {"Disconnected", Opening::kEnd},                    // 1.0 to 2.3
    {"Aborted login", Opening::kEnd},                   // 1.0 to 2.3
    {"Login aborted", Opening::kEnd},                   // 2.4
    {"Client has quit the connection", Opening::kEnd},  // submission-login
    {"Remote closed connection", Opening::kEnd},        // submission-login
    {"Connection closed", Opening::kEnd},
    {"Connection lost", Opening::kEnd},
    {"Inactivity", Opening::kEnd},
    {"Too many invalid commands", Opening::kEnd},
    {"Too many bad commands", Opening::kEnd},
    {"Timeout", Opening::kEnd},
    {"Shutting down", Opening::kNothing},
    {"Server shutting down", Opening::kNothing},
    {"Maximum number of connections from user+IP exceeded", Opening::kRefused},
    {"Internal login failure", Opening::kRefused},
    {"ID sent: ", Opening::kNothing},  // what the client says of itself, before any login
    {"Client sent ID: ", Opening::kNothing},
    {"Killed with signal", Opening::kNothing},
});

// Why a connection ended, in parentheses.
struct Reason {
  std::string_view text;
  std::optional<LoginFailure> failure;  // nullopt: nobody tried to log in
};
constexpr auto kReasons = std::to_array<Reason>({
    {"auth failed, ", LoginFailure::kBadPassword},
    {"no auth attempts", std::nullopt},
    {"tried to use ", LoginFailure::kOther},  // "disallowed plaintext auth", "unsupported auth mechanism"
    {"proxy dest auth failed", LoginFailure::kBadPassword},             // 2.x
    {"proxy dest authentication failure", LoginFailure::kBadPassword},  // 2.4
    {"proxy dest ", LoginFailure::kOther},
    {"user disabled", LoginFailure::kDisabled},
    {"login disabled", LoginFailure::kDisabled},
    {"password expired", LoginFailure::kDisabled},
    {"authorization failed", LoginFailure::kOther},
    {"auth service reported temporary failure", LoginFailure::kOther},
    {"auth process communication failure", LoginFailure::kOther},
    {"internal failure", LoginFailure::kOther},
    {"sent invalid base64 in response", LoginFailure::kOther},
    {"anonymous logins disabled", LoginFailure::kOther},
    {"connection limit reached", LoginFailure::kOther},
    {"aborted authentication", LoginFailure::kOther},
    {"auth aborted by client", LoginFailure::kOther},
    {"disconnected while authenticating", LoginFailure::kOther},
    {"disconnected while finishing login", LoginFailure::kOther},
    {"auth referral", std::nullopt},
    {"client didn't finish SASL auth", std::nullopt},
    {"disconnected before auth was ready", std::nullopt},
    {"disconnected during TLS handshake", std::nullopt},
    {"cert required, client didn't start TLS", std::nullopt},
    {"client sent an invalid cert", std::nullopt},
    {"client sent an untrusted cert", std::nullopt},
    {"client didn't send a cert", std::nullopt},
    {"client_limit and process_limit was hit", std::nullopt},
    {"The process is shutting down", std::nullopt},
});

struct Attempt {
  std::optional<LoginFailure> failure;
  std::uint32_t attempts = 1;
};

// "3 attempts in 16 secs": within what a counter holds, at least one.
std::uint32_t attempts_in(std::string_view text) {
  FieldCursor line(text);
  const auto number = line.take_number().value_or(1);
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(number, 1, kMost));
}

// "(1 authentication attempts)" of 1.1.
std::optional<Attempt> read_old_attempts(std::string_view inside) {
  FieldCursor line(inside);
  const auto number = line.take_number();
  if (!number || !line.sees(" authentication attempts")) return std::nullopt;
  return Attempt{LoginFailure::kOther, attempts_in(inside)};
}

// The first parenthesis that gives a known reason; nullopt when none does.
std::optional<Attempt> read_reason(std::string_view sentence) {
  for (auto open = sentence.find('('); open != std::string_view::npos; open = sentence.find('(', open + 1)) {
    const auto inside = sentence.substr(open + 1);
    for (const auto& reason : kReasons) {
      if (!inside.starts_with(reason.text)) continue;
      const auto comma = inside.find(", ");
      const auto count = comma == std::string_view::npos ? std::string_view{} : inside.substr(comma + 2);
      const bool counts = reason.failure == LoginFailure::kBadPassword;
      return Attempt{reason.failure, counts ? attempts_in(count) : 1};
    }
    if (const auto old = read_old_attempts(inside)) return old;
  }
  return std::nullopt;
}

LoginSeen make_login(Service service, const Elements& elements, Attempt attempt) {
  LoginSeen seen;
  seen.login = elements.user;
  seen.client_address = elements.address;
  seen.session_id = elements.session;
  seen.service = service;
  seen.failure = attempt.failure.value_or(LoginFailure::kNone);
  seen.attempts = attempt.attempts;
  return seen;
}

Record read_success(Service service, const Elements& elements) {
  if (elements.user.empty()) return NothingToSay{};  // anonymous
  if (elements.address.empty() || !elements.is_complete) return NotUnderstood{};
  return make_login(service, elements, {});
}

// "proxy(name): started proxying to host:143", "proxy(name,host:143): Started proxying to ...".
// The name stands in the sentence too: a name that forges the rest of the line does not agree with itself.
Record read_proxied(Service service, std::string_view text, const Elements& elements) {
  FieldCursor line(text);
  if (!line.take("proxy(") || !line.take(elements.user)) return NotUnderstood{};
  if (!line.sees(")") && !line.sees(",")) return NotUnderstood{};
  if (!line.take_until("): ")) return NotUnderstood{};
  if (line.take("started proxying to ") || line.take("Started proxying to "))
    return read_success(service, elements);
  if (line.sees("disconnecting ") || line.sees("Disconnected")) return NothingToSay{};
  if (line.sees("Login failed")) return make_login(service, elements, {.failure = LoginFailure::kOther});
  return NotUnderstood{};
}

Record read_end(Service service, std::string_view sentence, const Elements& elements) {
  if (const auto attempt = read_reason(sentence)) {
    if (!attempt->failure) return NothingToSay{};
    return make_login(service, elements, *attempt);
  }
  // 1.0 gives no reason: somebody who named a mechanism and a user tried to log in.
  if (!elements.has_method || elements.user.empty()) return NothingToSay{};
  return make_login(service, elements, {.failure = LoginFailure::kOther});
}

}  // namespace

Record parse_dovecot_login(Service service, std::string_view text) {
  const auto opening =
      std::ranges::find_if(kOpenings, [&](const OpeningText& o) { return text.starts_with(o.text); });
  if (opening == kOpenings.end()) return NotUnderstood{};
  if (opening->opening == Opening::kNothing) return NothingToSay{};
  const auto line = split(text);
  if (!line) return NotUnderstood{};
  const auto elements = read_elements(line->elements);
  if (!elements) return NotUnderstood{};
  switch (opening->opening) {
    case Opening::kSuccess:
      return read_success(service, *elements);
    case Opening::kProxy:
      return read_proxied(service, text, *elements);
    case Opening::kRefused:
      return make_login(service, *elements, {.failure = LoginFailure::kOther});
    case Opening::kEnd:
      return read_end(service, line->reason, *elements);
    case Opening::kNothing:
      break;
  }
  return NothingToSay{};
}

}  // namespace postreeve
