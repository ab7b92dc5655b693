// How `postreeve serve` runs, as the configuration says it: where its state lies, at which doors it listens,
// which logs it follows.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "guard/guard.h"
#include "socket/endpoint.h"
#include "store/ledger/postgresql_session.h"
#include "store/ledger/retention.h"

namespace postreeve {

// An empty list: the gate is off.
using Endpoints = std::vector<Endpoint>;

struct PolicyGateSettings {
  Endpoints listen;
  std::string divert_to;  // of FILTER: "smtp:[relay.example]:25"; empty: diverted mail is held
  bool prepend_reason = false;
};

struct LockMapSettings {
  Endpoints listen;
  bool whole_account_only = false;  // not those that are suspended for unfamiliar places only
};

struct MilterSettings {
  Endpoints listen;
  bool add_header = false;
};

struct AuthPolicySettings {
  Endpoints listen;
  std::string user;  // of Basic authentication; empty: none is asked for
  std::string password_file;
  std::string api_header;         // "X-Guard-Key": its value must be the password; empty: not asked for
  bool refuse_suspended = false;  // of SMTP
  bool suspended_refuses_mailboxes = false;  // IMAP, POP3, ManageSieve, webmail
};

struct LogSettings {
  std::vector<std::string> files;
  std::string time_zone = "UTC";
  bool from_beginning = false;  // of a log that was never followed
};

struct Serving {
  std::string state_path = "/var/lib/postreeve/state.db";
  std::uint64_t state_memory_mib = 2048;
  std::string key_file;  // empty: beside the state
  std::string redis;     // URL of what records and counters are shared on; empty: they are in the state
  std::string redis_password_file;  // empty: none is asked for
  std::string redis_ca_file;        // of rediss://; empty: what the system trusts
  PostgresqlServer ledger;          // without a connection it is in the state's file
  std::string control_socket = "/run/postreeve/control.sock";
  bool mode_is_given = false;  // else the mode last chosen with `postreeve mode`
  Mode mode = Mode::kObserve;
  bool fails_closed = false;
  std::string user;           // whom to become when started as root; empty: nobody else
  std::uint32_t threads = 0;  // 0: as many as the machine has
  std::uint32_t most_connections = 10'000;
  // Empty: what each gate's protocol needs (gate_limits.h).
  std::optional<std::uint32_t> most_request_kib;
  std::optional<std::chrono::seconds> idle;
  DiversionOptions diversion;
  PolicyGateSettings postfix_policy;
  LockMapSettings socketmap;
  LockMapSettings tcp_table;
  MilterSettings milter;
  AuthPolicySettings auth_policy;
  Endpoints events;
  Endpoints metrics;
  LogSettings logs;
  RetentionSettings retention;
  std::vector<std::string> activity_domains;  // whose accounts' logins and messages are kept
};

}  // namespace postreeve
