#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "intake/dovecot_lines.h"
#include "intake/field_cursor.h"
#include "intake/grammars.h"

namespace postreeve {
namespace {

enum class Kind {
  kLogin,    // before the login: the only lines with a login and its address
  kAuth,     // password checks
  kSession,  // after the login: mailboxes opened, mail saved, "Disconnected: Logged out"
  kServer,   // about the server itself
};

struct Process {
  std::string_view name;
  Kind kind;
  Service service = Service::kUnknown;
};

// Dovecot 1.x to 2.4; 1.0 writes sessions in capitals ("IMAP(user): ...").
constexpr auto kProcesses = std::to_array<Process>({
    {"imap-login", Kind::kLogin, Service::kImap},
    {"pop3-login", Kind::kLogin, Service::kPop3},
    {"submission-login", Kind::kLogin, Service::kSmtp},
    {"managesieve-login", Kind::kLogin, Service::kSieve},
    {"sieve-login", Kind::kLogin, Service::kSieve},
    {"auth", Kind::kAuth},
    {"auth-worker", Kind::kAuth},
    {"dovecot-auth", Kind::kAuth},  // 1.x
    {"imap", Kind::kSession},
    {"pop3", Kind::kSession},
    {"submission", Kind::kSession},
    {"managesieve", Kind::kSession},
    {"sieve", Kind::kSession},
    {"lmtp", Kind::kSession},
    {"lda", Kind::kSession},
    {"deliver", Kind::kSession},  // the LDA of 1.x
    {"imap-hibernate", Kind::kSession},
    {"imap-urlauth", Kind::kSession},
    {"imap-urlauth-login", Kind::kSession},  // tokens of a session that is logged in
    {"imap-urlauth-worker", Kind::kSession},
    {"indexer", Kind::kSession},
    {"indexer-worker", Kind::kSession},
    {"quota-status", Kind::kSession},
    {"dsync", Kind::kSession},
    {"dsync-local", Kind::kSession},
    {"dsync-server", Kind::kSession},
    {"script", Kind::kSession},
    {"script-login", Kind::kSession},
    {"aggregator", Kind::kServer},
    {"anvil", Kind::kServer},
    {"config", Kind::kServer},
    {"decode2text", Kind::kServer},
    {"dict", Kind::kServer},
    {"dict-async", Kind::kServer},
    {"dict-expire", Kind::kServer},
    {"director", Kind::kServer},
    {"dns-client", Kind::kServer},
    {"dns_client", Kind::kServer},
    {"doveadm", Kind::kServer},
    {"doveconf", Kind::kServer},
    {"fts", Kind::kServer},
    {"health-check", Kind::kServer},
    {"ipc", Kind::kServer},
    {"log", Kind::kServer},
    {"master", Kind::kServer},
    {"old-stats", Kind::kServer},
    {"replicator", Kind::kServer},
    {"ssl-build-param", Kind::kServer},
    {"ssl-params", Kind::kServer},
    {"stats", Kind::kServer},
    {"tcpwrap", Kind::kServer},
    {"welcome", Kind::kServer},
});

const Process* find_process(std::string_view name) {
  const auto found = std::ranges::find_if(kProcesses, [&](const Process& p) {
    return p.name.size() == name.size() && equals_ignoring_case(p.name, name);
  });
  return found == kProcesses.end() ? nullptr : &*found;
}

// "(user)<pid><session>: text", ": text": something stands behind the name, and then a sentence.
bool is_tagged_sentence(std::string_view text) {
  if (text.empty() || std::string_view(":(<[").find(text.front()) == std::string_view::npos) return false;
  return text.find(": ") != std::string_view::npos;
}

Record parse_process_line(const Process& process, std::string_view text) {
  if (process.kind == Kind::kAuth) return parse_dovecot_auth(text);
  if (process.kind != Kind::kLogin) {
    return is_tagged_sentence(text) ? Record{NothingToSay{}} : Record{NotUnderstood{}};
  }
  FieldCursor line(text);
  if (line.take('(') && !line.take_until(')')) return NotUnderstood{};  // "(pid)"
  if (!line.take(": ")) return NotUnderstood{};
  auto sentence = line.rest();
  if (!take_dovecot_info(sentence)) return NothingToSay{};
  return parse_dovecot_login(process.service, sentence);
}

bool is_process_character(char c) {
  return is_alnum(c) || c == '-' || c == '_';
}

}  // namespace

bool take_dovecot_info(std::string_view& text) {
  constexpr auto kOtherLevels =
      std::to_array<std::string_view>({"Warning: ", "Warn: ", "Error: ", "Fatal: ", "Panic: ", "Debug: "});
  if (text.starts_with("Info: ")) text.remove_prefix(6);
  return std::ranges::none_of(kOtherLevels, [&](std::string_view level) { return text.starts_with(level); });
}

Record parse_dovecot(std::string_view message) {
  while (message.ends_with('\n') || message.ends_with('\r')) message.remove_suffix(1);
  if (message.empty()) return NothingToSay{};
  // Files of 1.x put the level first: "Info: imap-login: Login: ...", "Fatal: Auth process died too early".
  if (!take_dovecot_info(message)) return NothingToSay{};
  FieldCursor line(message);
  static_cast<void>(line.take("dovecot: "));  // the tag twice
  if (line.sees("Dovecot v")) return NothingToSay{};
  if (line.sees("pam_")) return parse_dovecot_pam(line.rest());
  const auto name = line.take_while(is_process_character);
  const auto* process = find_process(name);
  return process == nullptr ? Record{NotUnderstood{}} : parse_process_line(*process, line.rest());
}

}  // namespace postreeve
