#include <algorithm>
#include <array>
#include <optional>

#include "intake/dovecot_lines.h"
#include "intake/field_cursor.h"

namespace postreeve {
namespace {

// What an auth process says of one request, behind who asked.
struct Verdict {
  std::string_view text;
  std::optional<LoginFailure> failure;  // nullopt: nothing to say
};
constexpr auto kVerdicts = std::to_array<Verdict>({
    {"Password mismatch", LoginFailure::kBadPassword},  // 1.x to 2.4, all databases
    {"unknown user", LoginFailure::kUnknownUser},
    {"Unknown user", LoginFailure::kUnknownUser},
    {"invalid credentials", LoginFailure::kBadPassword},  // LDAP bind, up to 2.2
    {"Invalid credentials", LoginFailure::kBadPassword},
    {"Login failed", LoginFailure::kBadPassword},
    {"pam_authenticate() failed: Authentication failure", LoginFailure::kBadPassword},
    {"pam_authenticate() failed: User not known", LoginFailure::kUnknownUser},
    {"pam_authenticate() failed: Permission denied", LoginFailure::kDisabled},
    {"pam_authenticate() failed: ", LoginFailure::kOther},
    {"pam_acct_mgmt() failed: ", LoginFailure::kDisabled},  // expired, not allowed now
    {"User is disabled", LoginFailure::kDisabled},
    {"User found from deny passdb", LoginFailure::kDisabled},
    {"User login disabled", LoginFailure::kDisabled},
    {"Password expired", LoginFailure::kDisabled},
    {"allow_nets check failed", LoginFailure::kDisabled},
    {"Authentication failure due to policy server refusal", LoginFailure::kOther},
    {"Username character disallowed by auth_username_chars", LoginFailure::kOther},
    {"Username contains disallowed character", LoginFailure::kOther},  // 2.4
    {"Empty username", LoginFailure::kOther},
    {"No password returned", LoginFailure::kOther},
    {"oauth2 failed: ", LoginFailure::kBadPassword},
    {"oidc failed: ", LoginFailure::kBadPassword},
    {"Policy check action ", std::nullopt},        // the twin of "Authentication failure due to ..."
    {"Master user logging in as ", std::nullopt},  // the login follows
    {"Requested ", std::nullopt},                  // "Requested CRAM-MD5 scheme, but we have only ..."
    {"user not found from ", std::nullopt},        // userdb: a delivery
    {"lookup", std::nullopt},
    {"cache ", std::nullopt},
    {"query: ", std::nullopt},
    {"Auth request finished", std::nullopt},  // 2.4
    {"Added auth request", std::nullopt},     // 2.4
});

// What an auth process says of itself.
constexpr auto kOwnSentences = std::to_array<std::string_view>({
    "User found from deny passdb",  // the request's own line follows
    "Server accepted connection",
    "Server shutdown",
    "Loading modules",
    "Module loaded",
    "Read auth token secret",
    "Master user lookup",
    "Killed with signal",
    "new auth connection",
    "Login failed ",
});

constexpr std::size_t kLongestTail = 160;  // session ids are at most 128 bytes

const Verdict* find_verdict(std::string_view text) {
  const auto found =
      std::ranges::find_if(kVerdicts, [&](const Verdict& v) { return text.starts_with(v.text); });
  return found == kVerdicts.end() ? nullptr : &*found;
}

bool is_database_character(char c) {
  return is_alnum(c) || c == '-' || c == '_';
}

// The verdict in "text" or, from 2.4 on, "database: text".
const Verdict* find_verdict_of_request(std::string_view text) {
  if (!take_dovecot_info(text)) return nullptr;
  if (const auto* verdict = find_verdict(text)) return verdict;
  FieldCursor line(text);
  if (line.take_while(is_database_character).empty() || !line.take(": ")) return nullptr;
  return find_verdict(line.rest());
}

struct Request {
  std::string_view user;
  std::string_view address;
  std::string_view session;
};

// Takes ",word" off the end when `is_word` likes the word.
template <typename Predicate>
std::optional<std::string_view> take_last_word(std::string_view& inside, Predicate is_word) {
  const auto tail = inside.substr(inside.size() - std::min(inside.size(), kLongestTail));
  const auto comma = tail.rfind(',');
  if (comma == std::string_view::npos || !is_word(tail.substr(comma + 1))) return std::nullopt;
  inside.remove_suffix(tail.size() - comma);
  return tail.substr(comma + 1);
}

bool is_angle(std::string_view word) {
  return word.starts_with('<') && word.ends_with('>');
}

// "user,address,<session>" up to 2.3, "user,address,sasl:plain,master" from 2.4 on. Read from the
// right: what stands there is the server's, the name is the client's and may hold anything.
// A request of a local program has no address.
std::optional<Request> read_request(std::string_view inside, bool has_address) {
  Request request;
  static_cast<void>(take_last_word(inside, [](std::string_view word) { return word == "master"; }));
  static_cast<void>(take_last_word(inside, [](std::string_view word) { return word.starts_with("sasl:"); }));
  const auto session =
      take_last_word(inside, [](std::string_view word) { return word.empty() || is_angle(word); });
  if (session && !session->empty()) request.session = session->substr(1, session->size() - 2);
  if (has_address) {
    const auto address = take_last_word(inside, looks_like_address);
    if (!address) return std::nullopt;
    request.address = *address;
  }
  request.user = inside;
  return request;
}

// What stands between a request's ")" and its verdict from 2.4 on: "<pid><session>: request [7]".
std::optional<std::string_view> skip_to_text(std::string_view after, Request& request) {
  FieldCursor line(after);
  while (line.peek() == '<' && line.rest().substr(0, kLongestTail).find('>') != std::string_view::npos) {
    const auto mark = line.take_angle().value_or(std::string_view{});
    if (!std::ranges::all_of(mark, is_digit)) request.session = mark;
  }
  if (!line.take(": ")) return std::nullopt;
  if (line.take("request [") && !line.take_until("]: ")) return std::nullopt;
  return line.rest();
}

struct Finding {
  Request request;
  const Verdict* verdict;
};

// The last "user,address...): verdict". A name that holds a forged one stands before it.
std::optional<Finding> find_last_request(std::string_view text, bool has_address) {
  for (auto close = text.rfind(')'); close != std::string_view::npos && close > 0;
       close = text.rfind(')', close - 1)) {
    Request request;
    const auto rest = skip_to_text(text.substr(close + 1), request);
    if (!rest) continue;
    const auto* verdict = find_verdict_of_request(*rest);
    if (verdict == nullptr) continue;
    auto origin = read_request(text.substr(0, close), has_address);
    if (!origin) continue;
    if (origin->session.empty()) origin->session = request.session;
    return Finding{*origin, verdict};
  }
  return std::nullopt;
}

// The client's words that may stand behind a verdict; a request forged in them comes too late.
std::string_view without_quoted_words(std::string_view text) {
  constexpr auto kIntroductions = std::to_array<std::string_view>({" (given password: ", " (username: "});
  auto end = text.size();
  for (const auto introduction : kIntroductions) end = std::min(end, text.find(introduction));
  return text.substr(0, end);
}

std::optional<Finding> find_request(std::string_view text) {
  const auto before = without_quoted_words(text);
  for (const bool has_address : {true, false}) {
    if (auto found = find_last_request(before, has_address)) return found;
    if (before.size() == text.size()) continue;
    if (auto found = find_last_request(text, has_address)) return found;
  }
  return std::nullopt;
}

Record parse_request(std::string_view text) {
  const auto found = find_request(text);
  if (!found) return NotUnderstood{};
  if (!found->verdict->failure) return NothingToSay{};
  LoginSeen seen;
  // A name that Dovecot would not take is written "?".
  if (found->request.user != "?") seen.login = found->request.user;
  seen.client_address = found->request.address;
  seen.session_id = found->request.session;
  seen.failure = *found->verdict->failure;
  seen.may_go_on = seen.failure == LoginFailure::kUnknownUser;
  return seen;
}

// "(default)", "(1234)" and "<12>" are the process; anything else in parentheses is a request of 2.4.
bool take_process_mark(FieldCursor& line) {
  FieldCursor ahead = line;
  if (ahead.take("(default)")) {
    line = ahead;
  } else if ((ahead.take('(') && ahead.take_number() && ahead.take(')')) ||
             (ahead.take('<') && ahead.take_number() && ahead.take('>'))) {
    line = ahead;
  }
  return line.sees(": ");
}

// "conn unix:auth-worker (pid=1,uid=97): auth-worker<5>: " before a worker's text, from 2.3 on.
void skip_connection(FieldCursor& line) {
  FieldCursor ahead = line;
  if (!ahead.take("conn unix:") || !ahead.take_until("): ")) return;
  line = ahead;
  if (ahead.take("auth-worker<") && ahead.take_number() && ahead.take(">: ")) line = ahead;
}

}  // namespace

Record parse_dovecot_auth(std::string_view text) {
  FieldCursor line(text);
  if (!take_process_mark(line)) {
    return line.take('(') ? parse_request(line.rest()) : Record{NotUnderstood{}};
  }
  static_cast<void>(line.take(": "));
  auto sentence = line.rest();
  if (!take_dovecot_info(sentence)) return NothingToSay{};
  line = FieldCursor(sentence);
  skip_connection(line);
  if (line.take("request [") && !line.take_until("]: ")) return NotUnderstood{};
  if (line.sees("pam_")) return parse_dovecot_pam(line.rest());
  const auto begins = [&](std::string_view own) { return line.sees(own); };
  if (std::ranges::any_of(kOwnSentences, begins)) return NothingToSay{};
  if (line.take_while(is_database_character).empty() || !line.take('(')) return NotUnderstood{};
  return parse_request(line.rest());
}

Record parse_dovecot_pam(std::string_view text) {
  constexpr std::string_view kFailure = "authentication failure; ";
  FieldCursor line(text);
  if (line.take_while(is_database_character).empty()) return NotUnderstood{};
  if (!line.take('(') || !line.take("dovecot") || !line.take_until("): ")) return NotUnderstood{};
  // "check pass; user unknown", "session opened for user ...": the failure has its own line.
  if (!line.sees(kFailure)) return NothingToSay{};
  const auto fields = line.rest();
  // ruser= is as the client sent it: what stands behind the last rhost= is PAM's.
  const auto user = fields.find(" ruser=");
  const auto host = fields.rfind(" rhost=");
  if (user == std::string_view::npos || host == std::string_view::npos || user + 7 > host)
    return NotUnderstood{};
  LoginSeen seen;
  seen.login = fields.substr(user + 7, host - user - 7);
  FieldCursor tail(fields.substr(host + 7));
  const auto address = tail.take_word();
  if (looks_like_address(address)) seen.client_address = address;
  seen.failure = LoginFailure::kBadPassword;
  return seen;
}

}  // namespace postreeve
