// Settings of `postreeve serve`.
#include <iterator>

#include "app/settings.h"

namespace postreeve {
namespace {

using Type = SettingType;
using Text = std::string;
using Texts = std::vector<std::string>;

Serving& serving(SettingsDraft& draft) {
  return draft.configuration.serving;
}

template <typename T>
const T& as(const SettingValue& value) {
  return std::get<T>(value);
}

std::uint32_t count(const SettingValue& value) {
  return static_cast<std::uint32_t>(as<std::int64_t>(value));
}

// Texts that were checked when they were read.
Endpoints endpoints(const SettingValue& value) {
  Endpoints endpoints;
  for (const std::string& text : as<Texts>(value)) endpoints.push_back(*Endpoint::parse(text));
  return endpoints;
}

constexpr std::string_view kListen =
    "Where it listens: \"127.0.0.1:10040\", \"[::1]:10040\" or \"unix:/run/postreeve/policy.sock\". Off "
    "without it.";

constexpr Setting kSettings[] = {
    {.section = "guard",
     .name = "mode",
     .type = Type::kChoice,
     .choices = "observe enforce",
     .example = "\"enforce\"",
     .sentence =
         "Whether to refuse and hold mail, or only to say what would be done. Without it the mode that "
         "`postreeve mode` chose last, at first `observe`.",
     .store =
         [](auto& d, auto& v) {
           serving(d).mode = as<Text>(v) == "enforce" ? Mode::kEnforce : Mode::kObserve;
           serving(d).mode_is_given = true;
         }},
    {.section = "guard",
     .name = "fail",
     .type = Type::kChoice,
     .fallback = "\"open\"",
     .choices = "open closed",
     .example = "\"closed\"",
     .sentence = "What mail servers are told when a decision cannot be made: accept, or try again later.",
     .store = [](auto& d, auto& v) { serving(d).fails_closed = as<Text>(v) == "closed"; }},
    {.section = "guard",
     .name = "user",
     .type = Type::kText,
     .needs_restart = true,
     .example = "\"postreeve\"",
     .sentence = "System user to become once everything is open, when started as root.",
     .store = [](auto& d, auto& v) { serving(d).user = as<Text>(v); }},
    {.section = "guard",
     .name = "threads",
     .type = Type::kCount,
     .fallback = "0",
     .least = 0,
     .most = 256,
     .needs_restart = true,
     .example = "4",
     .sentence = "Threads that answer; 0: as many as the machine has cores.",
     .store = [](auto& d, auto& v) { serving(d).threads = count(v); }},
    {.section = "guard",
     .name = "most_connections",
     .type = Type::kCount,
     .unit = "connections a listener",
     .fallback = "10000",
     .least = 1,
     .most = 1'000'000,
     .needs_restart = true,
     .example = "2000",
     .sentence = "Connections open at once; further ones wait.",
     .store = [](auto& d, auto& v) { serving(d).most_connections = count(v); }},
    {.section = "guard",
     .name = "most_request",
     .type = Type::kCount,
     .unit = "KiB",
     .fallback = "256",
     .least = 8,
     .most = 65'536,
     .needs_restart = true,
     .example = "64",
     .sentence = "The largest request; a larger one closes its connection.",
     .store = [](auto& d, auto& v) { serving(d).most_request_kib = count(v); }},
    {.section = "guard",
     .name = "idle",
     .type = Type::kDuration,
     .fallback = "\"5m\"",
     .least = 1,
     .most = 86'400,
     .needs_restart = true,
     .example = "\"10m\"",
     .sentence = "How long a connection may be silent.",
     .store =
         [](auto& d, auto& v) {
           serving(d).idle = std::chrono::duration_cast<std::chrono::seconds>(as<Duration>(v));
         }},

    {.section = "state",
     .name = "path",
     .type = Type::kAnyPath,
     .fallback = "\"/var/lib/postreeve/state.db\"",
     .needs_restart = true,
     .example = "\"/var/lib/postreeve/state.db\"",
     .sentence = "The SQLite file of records and ledger; made when it is not there.",
     .store = [](auto& d, auto& v) { serving(d).state_path = as<Text>(v); }},
    {.section = "state",
     .name = "memory",
     .type = Type::kCount,
     .unit = "MiB",
     .fallback = "2048",
     .least = 16,
     .most = 1'048'576,
     .needs_restart = true,
     .example = "512",
     .sentence = "Memory for records; those used longest ago are read again from the file.",
     .store = [](auto& d, auto& v) { serving(d).state_memory_mib = static_cast<std::uint64_t>(count(v)); }},
    {.section = "state",
     .name = "key_file",
     .type = Type::kAnyPath,
     .needs_restart = true,
     .example = "\"/etc/postreeve/key\"",
     .sentence = "Secret key of the hashes that stand for names; made when it is not there. Without it "
                 "`state.db.key` beside the state.",
     .store = [](auto& d, auto& v) { serving(d).key_file = as<Text>(v); }},
    {.section = "control",
     .name = "socket",
     .type = Type::kAnyPath,
     .fallback = "\"/run/postreeve/control.sock\"",
     .needs_restart = true,
     .example = "\"/run/postreeve/control.sock\"",
     .sentence = "Unix socket over which the command line talks to the daemon.",
     .store = [](auto& d, auto& v) { serving(d).control_socket = as<Text>(v); }},

    {.section = "gate.postfix_policy",
     .name = "listen",
     .type = Type::kEndpoints,
     .fallback = "[]",
     .needs_restart = true,
     .example = "[\"127.0.0.1:10040\"]",
     .sentence = kListen,
     .store = [](auto& d, auto& v) { serving(d).postfix_policy.listen = endpoints(v); }},
    {.section = "gate.postfix_policy",
     .name = "divert_to",
     .type = Type::kText,
     .needs_restart = true,
     .example = "\"smtp:[relay.example.org]:25\"",
     .sentence = "Transport of diverted mail (FILTER); without it such mail is held.",
     .store = [](auto& d, auto& v) { serving(d).postfix_policy.divert_to = as<Text>(v); }},
    {.section = "gate.postfix_policy",
     .name = "prepend_reason",
     .type = Type::kFlag,
     .fallback = "false",
     .needs_restart = true,
     .example = "true",
     .sentence = "Add a header that says what was found, to messages of accounts that are not clear.",
     .store = [](auto& d, auto& v) { serving(d).postfix_policy.prepend_reason = as<bool>(v); }},
    {.section = "gate.socketmap",
     .name = "listen",
     .type = Type::kEndpoints,
     .fallback = "[]",
     .needs_restart = true,
     .example = "[\"127.0.0.1:10041\"]",
     .sentence = kListen,
     .store = [](auto& d, auto& v) { serving(d).socketmap.listen = endpoints(v); }},
    {.section = "gate.socketmap",
     .name = "whole_account_only",
     .type = Type::kFlag,
     .fallback = "false",
     .needs_restart = true,
     .example = "true",
     .sentence = "Leave accounts alone that are suspended for unfamiliar places only: a gate that sees the "
                 "client's address refuses these.",
     .store = [](auto& d, auto& v) { serving(d).socketmap.whole_account_only = as<bool>(v); }},
    {.section = "gate.tcp_table",
     .name = "listen",
     .type = Type::kEndpoints,
     .fallback = "[]",
     .needs_restart = true,
     .example = "[\"127.0.0.1:10042\"]",
     .sentence = kListen,
     .store = [](auto& d, auto& v) { serving(d).tcp_table.listen = endpoints(v); }},
    {.section = "gate.tcp_table",
     .name = "whole_account_only",
     .type = Type::kFlag,
     .fallback = "false",
     .needs_restart = true,
     .example = "true",
     .sentence = "As for socketmap.",
     .store = [](auto& d, auto& v) { serving(d).tcp_table.whole_account_only = as<bool>(v); }},
    {.section = "gate.milter",
     .name = "listen",
     .type = Type::kEndpoints,
     .fallback = "[]",
     .needs_restart = true,
     .example = "[\"127.0.0.1:10043\"]",
     .sentence = kListen,
     .store = [](auto& d, auto& v) { serving(d).milter.listen = endpoints(v); }},
    {.section = "gate.milter",
     .name = "add_header",
     .type = Type::kFlag,
     .fallback = "false",
     .needs_restart = true,
     .example = "true",
     .sentence = "Add a header that says what was found, to messages of accounts that are not clear.",
     .store = [](auto& d, auto& v) { serving(d).milter.add_header = as<bool>(v); }},
    {.section = "gate.auth_policy",
     .name = "listen",
     .type = Type::kEndpoints,
     .fallback = "[]",
     .needs_restart = true,
     .example = "[\"127.0.0.1:10044\"]",
     .sentence = kListen,
     .store = [](auto& d, auto& v) { serving(d).auth_policy.listen = endpoints(v); }},
    {.section = "gate.auth_policy",
     .name = "user",
     .type = Type::kText,
     .needs_restart = true,
     .example = "\"wforce\"",
     .sentence = "User name that Basic authentication must have; without it nobody is asked.",
     .store = [](auto& d, auto& v) { serving(d).auth_policy.user = as<Text>(v); }},
    {.section = "gate.auth_policy",
     .name = "api_header",
     .type = Type::kText,
     .needs_restart = true,
     .example = "\"X-Guard-Key\"",
     .sentence = "Header whose value must be the password (Dovecot's `auth_policy_server_api_header`).",
     .store = [](auto& d, auto& v) { serving(d).auth_policy.api_header = as<Text>(v); }},
    {.section = "gate.auth_policy",
     .name = "password_file",
     .type = Type::kPath,
     .needs_restart = true,
     .example = "\"auth_policy.password\"",
     .sentence = "File whose first line is the password for `user` or `api_header`.",
     .store = [](auto& d, auto& v) { serving(d).auth_policy.password_file = as<Text>(v); }},
    {.section = "gate.auth_policy",
     .name = "refuse_suspended",
     .type = Type::kFlag,
     .fallback = "false",
     .needs_restart = true,
     .example = "true",
     .sentence =
         "Refuse SMTP logins of suspended accounts; without it the gates of the mail refuse their mail.",
     .store = [](auto& d, auto& v) { serving(d).auth_policy.refuse_suspended = as<bool>(v); }},
    {.section = "gate.events",
     .name = "listen",
     .type = Type::kEndpoints,
     .fallback = "[]",
     .needs_restart = true,
     .example = "[\"127.0.0.1:10045\"]",
     .sentence = kListen,
     .store = [](auto& d, auto& v) { serving(d).events = endpoints(v); }},
    {.section = "metrics",
     .name = "listen",
     .type = Type::kEndpoints,
     .fallback = "[]",
     .needs_restart = true,
     .example = "[\"127.0.0.1:8025\"]",
     .sentence = "Where /metrics, /livez and /readyz are answered. Off without it.",
     .store = [](auto& d, auto& v) { serving(d).metrics = endpoints(v); }},
    {.section = "logs",
     .name = "files",
     .type = Type::kAnyPaths,
     .fallback = "[]",
     .needs_restart = true,
     .example = "[\"/var/log/mail.log\"]",
     .sentence = "Logs of Postfix, Exim and Dovecot to follow: what destinations answer, and everything of "
                 "servers that can only be watched.",
     .store = [](auto& d, auto& v) { serving(d).logs.files = as<Texts>(v); }},
    {.section = "logs",
     .name = "time_zone",
     .type = Type::kTimeZone,
     .fallback = "\"UTC\"",
     .needs_restart = true,
     .example = "\"Europe/Berlin\"",
     .sentence = "Time zone of log lines that do not name their offset.",
     .store = [](auto& d, auto& v) { serving(d).logs.time_zone = as<Text>(v); }},
    {.section = "logs",
     .name = "from_beginning",
     .type = Type::kFlag,
     .fallback = "false",
     .needs_restart = true,
     .example = "true",
     .sentence = "Read a log that was never followed from its beginning instead of from its end.",
     .store = [](auto& d, auto& v) { serving(d).logs.from_beginning = as<bool>(v); }},
};

}  // namespace

std::span<const Setting> serving_settings() {
  return kSettings;
}

}  // namespace postreeve
