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
     .needs_restart = true,
     .example = "\"closed\"",
     .sentence = "What mail servers are told when a decision cannot be made: accept, or try again later.",
     .store = [](auto& d, auto& v) { serving(d).fails_closed = as<Text>(v) == "closed"; }},
    {.section = "guard",
     .name = "user",
     .type = Type::kText,
     .needs_restart = true,
     .example = "\"postreeve\"",
     .sentence = "System user to become when started as root, before anything but the configuration is "
                 "opened: it must be able to read `key_file`, password files and logs.",
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
     .least = 8,
     .most = 65'536,
     .needs_restart = true,
     .example = "64",
     .sentence =
         "The largest request, or body of one by HTTP; a larger one closes its connection. Without it each "
         "gate's own: 64 KiB for policy requests, 16 for tables, 64 by HTTP and 4096 for events. A milter's "
         "frames may always have 256 KiB, which its protocol needs.",
     .store = [](auto& d, auto& v) { serving(d).most_request_kib = count(v); }},
    {.section = "guard",
     .name = "idle",
     .type = Type::kDuration,
     .least = 1,
     .most = 86'400,
     .needs_restart = true,
     .example = "\"10m\"",
     .sentence =
         "How long a connection may be silent. Without it each gate's own: 10 minutes for policy and tables, "
         "longer than the 5 for which Postfix keeps a connection, and a minute by HTTP. A milter's may "
         "always be silent for 2 hours, as long as its client.",
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
    {.section = "state",
     .name = "redis",
     .type = Type::kRedis,
     .needs_restart = true,
     .example = "\"rediss://guard@redis1.example.org,redis2.example.org\"",
     .sentence =
         "Keep records and shared counters on this Redis, so that several machines judge as one: a single "
         "server "
         "or any nodes of a cluster, rediss for TLS. All need the same `key_file`. Without it they lie "
         "in `path`.",
     .store = [](auto& d, auto& v) { serving(d).redis = as<Text>(v); }},
    {.section = "state",
     .name = "redis_password_file",
     .type = Type::kPath,
     .needs_restart = true,
     .example = "\"redis.password\"",
     .sentence = "File whose first line is the password for Redis.",
     .store = [](auto& d, auto& v) { serving(d).redis_password_file = as<Text>(v); }},
    {.section = "state",
     .name = "redis_ca_file",
     .type = Type::kPath,
     .needs_restart = true,
     .example = "\"redis-ca.pem\"",
     .sentence =
         "Certificates that Redis is trusted by, with rediss; without it those that the system trusts.",
     .store = [](auto& d, auto& v) { serving(d).redis_ca_file = as<Text>(v); }},
    {.section = "state",
     .name = "ledger",
     .type = Type::kText,
     .needs_restart = true,
     .example = "\"postgresql://postreeve@db.example.org/postreeve\"",
     .sentence =
         "PostgreSQL database of the ledger, which several nodes share (docs/ledger.md); without it the "
         "ledger is in the file at `path`. A URI or keywords as libpq reads them, without a password.",
     .store = [](auto& d, auto& v) { serving(d).ledger.connection = as<Text>(v); }},
    {.section = "state",
     .name = "ledger_password_file",
     .type = Type::kPath,
     .needs_restart = true,
     .example = "\"ledger.password\"",
     .sentence = "File whose first line is the password for `ledger`; read again at every connection.",
     .store = [](auto& d, auto& v) { serving(d).ledger.password_file = as<Text>(v); }},
    {.section = "state",
     .name = "ledger_timeout",
     .type = Type::kDuration,
     .fallback = "\"3s\"",
     .least = 1,
     .most = 60,
     .needs_restart = true,
     .example = "\"2s\"",
     .sentence = "How long `ledger` may be silent before changes go into the spool beside `path`.",
     .store =
         [](auto& d, auto& v) {
           serving(d).ledger.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(as<Duration>(v));
         }},
    {.section = "divert",
     .name = "from",
     .type = Type::kChoice,
     .choices = "watched recovering slowed",
     .needs_restart = true,
     .example = "\"slowed\"",
     .sentence =
         "The mildest standing in which messages that a stranger wrote, and that are let out, take the "
         "way of `divert_to` ([gate.postfix_policy]). Without it only limits divert.",
     .store =
         [](auto& d, auto& v) {
           const Text& level = as<Text>(v);
           serving(d).diversion.from = level == "watched"      ? Level::kWatched
                                       : level == "recovering" ? Level::kRecovering
                                                               : Level::kSlowed;
         }},
    {.section = "divert",
     .name = "most",
     .type = Type::kCount,
     .unit = "messages an hour",
     .fallback = "20",
     .least = 1,
     .most = 10'000,
     .needs_restart = true,
     .example = "50",
     .sentence = "So many of one account; further ones are held.",
     .store = [](auto& d, auto& v) { serving(d).diversion.most_an_hour = count(v); }},
    {.section = "activity",
     .name = "domains",
     .type = Type::kDomains,
     .fallback = "[]",
     .needs_restart = true,
     .example = "[\"x.example\"]",
     .sentence =
         "Domains whose accounts' successful logins and messages are kept one by one, with the client's "
         "address, as long as `[retention] activity` says; `postreeve find` looks there too.",
     .store = [](auto& d, auto& v) { serving(d).activity_domains = as<Texts>(v); }},
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
     .sentence = "Where diverted mail goes: a transport with its smarthost (FILTER), or an address "
                 "(REDIRECT); without it such mail is held.",
     .store = [](auto& d, auto& v) { serving(d).postfix_policy.divert_to = as<Text>(v); }},
    {.section = "gate.postfix_policy",
     .name = "prepend_reason",
     .type = Type::kFlag,
     .fallback = "false",
     .needs_restart = true,
     .example = "true",
     .sentence = "Add a header with standing, risk and reason to each message that is accepted. Whoever gets "
                 "the mail can read it: for trying Postreeve out only.",
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
     .sentence = "Add a header with standing, risk and reason to messages that are held, or in observe mode "
                 "would be more than accepted. Whoever gets the mail can read it.",
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
    {.section = "gate.auth_policy",
     .name = "suspended_refuses_mailboxes",
     .type = Type::kFlag,
     .fallback = "false",
     .needs_restart = true,
     .example = "true",
     .sentence =
         "Refuse IMAP, POP3, ManageSieve and webmail logins of suspended accounts too; without it their "
         "mailboxes stay open, so that the owner can read what happened.",
     .store = [](auto& d, auto& v) { serving(d).auth_policy.suspended_refuses_mailboxes = as<bool>(v); }},
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
