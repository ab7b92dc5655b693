// Where Postreeve listens and what it follows, as init writes it and doctor looks for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/configuration.h"

namespace postreeve {

struct WiringSettings {
  std::vector<std::string> postfix_policy;
  std::vector<std::string> socketmap;
  std::vector<std::string> tcp_table;
  std::vector<std::string> milter;
  std::vector<std::string> auth_policy;
  // What whoever asks the auth policy gate must send: "X-Guard-Key:secret", "Authorization: Basic ...".
  // Empty: nothing, or the password cannot be read.
  std::string auth_policy_header;
  std::vector<std::string> events;
  std::vector<std::string> logs;
  std::string control_socket;
  std::string state_path;
  std::string time_zone = "UTC";  // of log lines that do not name their offset
};

[[nodiscard]] WiringSettings wiring_of(const Configuration& configuration);

// Whether what another server was told ("inet:127.0.0.1:10040", "unix:/run/x", "http://127.0.0.1:10044/",
// "socketmap:inet:127.0.0.1:10041:locks") is one of these endpoints: the same port, or the same socket (a
// path below a chroot is shorter).
[[nodiscard]] bool names_one_of(std::string_view told, const std::vector<std::string>& listens);

// An endpoint in Postfix's words: "127.0.0.1:10040" is "inet:127.0.0.1:10040".
[[nodiscard]] std::string in_words_of_postfix(const std::string& listen);

}  // namespace postreeve
