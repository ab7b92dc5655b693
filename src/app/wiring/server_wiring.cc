#include "app/wiring/server_wiring.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <sodium.h>

#include "app/wiring/mailbox_checks.h"
#include "app/wiring/run_program.h"
#include "base/ascii.h"

namespace postreeve {
namespace {

namespace fs = std::filesystem;

std::string random_text() {
  std::string text;
  for (int i = 0; i < 6; ++i) text += fmt::format("{:08x}", ::randombytes_random());
  return text;
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string list;
  for (const auto& text : texts) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", text);
  return "[" + list + "]";
}

}  // namespace

WiringSettings suggested_wiring(const ServerPlaces& places) {
  WiringSettings wiring;
  wiring.postfix_policy = {"127.0.0.1:10040"};
  wiring.auth_policy = {"127.0.0.1:10044"};
  wiring.control_socket = "/run/postreeve/control.sock";
  wiring.state_path = "/var/lib/postreeve/state.db";
  if (const auto postfix = read_postfix(places.postfix.value_or(""))) {
    const auto log = postfix->main.find("maillog_file");
    if (log != postfix->main.end() && log->second.starts_with("/var")) wiring.logs.push_back(log->second);
  }
  for (const std::string path : {"/var/log/mail.log", "/var/log/maillog", "/var/log/exim4/mainlog"}) {
    const bool is_new = std::ranges::find(wiring.logs, path) == wiring.logs.end();
    if (is_new && ::access(path.c_str(), F_OK) == 0) wiring.logs.push_back(path);
  }
  return wiring;
}

std::string configuration_text(const WiringSettings& wiring) {
  std::string text =
      "# Written by postreeve init. Postreeve observes and refuses nothing until `postreeve mode enforce`.\n";
  text += fmt::format("[state]\npath = \"{}\"\n\n", wiring.state_path);
  const auto gate = [&](std::string_view name, const std::vector<std::string>& listens) {
    if (!listens.empty()) text += fmt::format("[gate.{}]\nlisten = {}\n\n", name, list_of(listens));
  };
  gate("postfix_policy", wiring.postfix_policy);
  gate("socketmap", wiring.socketmap);
  gate("tcp_table", wiring.tcp_table);
  gate("milter", wiring.milter);
  gate("auth_policy", wiring.auth_policy);
  gate("events", wiring.events);
  if (!wiring.logs.empty()) text += fmt::format("[logs]\nfiles = {}\n\n", list_of(wiring.logs));
  text += fmt::format("[control]\nsocket = \"{}\"\n", wiring.control_socket);
  return text;
}

std::optional<ServerWiring> wire_dovecot(const ServerPlaces& places, const WiringSettings& ours) {
  const auto settings = read_dovecot(places.dovecot.value_or(""));
  ServerWiring wiring{.server = "Dovecot", .reload = "doveadm reload"};
  if (!settings) {
    if (settings.error().code == ErrorCode::kNotFound) return std::nullopt;
    wiring.note = settings.error().detail;
    return wiring;
  }
  const auto url = settings->find("auth_policy_server_url");
  if (ours.auth_policy.empty()) {
    wiring.note = "the auth policy gate is off";
    return wiring;
  }
  if (url != settings->end() && names_one_of(url->second, ours.auth_policy)) {
    wiring.note = "it asks Postreeve already";
    return wiring;
  }
  if (url != settings->end() && !url->second.empty()) {
    wiring.note = fmt::format("it asks {} about logins; Dovecot can ask one only: decide which", url->second);
    return wiring;
  }
  wiring.lines = {fmt::format("auth_policy_server_url = http://{}/", ours.auth_policy.front()),
                  fmt::format("auth_policy_hash_nonce = {}", random_text()),
                  "auth_policy_server_timeout_msecs = 2000",
                  "auth_policy_request_attributes = login=%{requested_username} pwhash=%{hashed_password} "
                  "remote=%{rip} device_id=%{client_id} protocol=%s session_id=%{session} mech=%{mech}"};
  if (!ours.auth_policy_header.empty())
    wiring.lines.push_back("auth_policy_server_api_header = " + ours.auth_policy_header);
  const std::string file = places.dovecot.value_or("/etc/dovecot/dovecot.conf");
  const auto own = (fs::path(file).parent_path() / "postreeve.conf").string();
  const auto before = read_file(file);
  if (!before) {
    wiring.note = fmt::format("{}: {}", file, before.error().detail);
    return wiring;
  }
  std::string text = "# Logins are told to Postreeve. Without it they go on as before.\n";
  for (const auto& line : wiring.lines) text += line + "\n";
  const auto was = read_file(own);
  wiring.changes.push_back({own, was ? std::optional(*was) : std::nullopt, text});
  const std::string include = "!include_try postreeve.conf\n";
  if (before->find(include) == std::string::npos) {
    wiring.changes.push_back({file, *before, *before + (before->ends_with('\n') ? "" : "\n") + include});
  }
  wiring.check = {"doveconf", "-c", file, "-n"};
  return wiring;
}

}  // namespace postreeve
