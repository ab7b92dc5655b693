#include "app/wiring/wiring_settings.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/password_file.h"
#include "socket/endpoint.h"

namespace postreeve {
namespace {

std::vector<std::string> texts(const Endpoints& endpoints) {
  std::vector<std::string> found;
  found.reserve(endpoints.size());
  for (const Endpoint& endpoint : endpoints) found.push_back(endpoint.to_string());
  return found;
}

std::string header_for(const AuthPolicySettings& gate) {
  const Result<std::string> password = read_password(gate.password_file);
  if (!password || password->empty()) return {};
  if (!gate.api_header.empty()) return gate.api_header + ":" + *password;
  return "Authorization: Basic " + to_base64(gate.user + ":" + *password);
}

}  // namespace

WiringSettings wiring_of(const Configuration& configuration) {
  const Serving& serving = configuration.serving;
  return {.postfix_policy = texts(serving.postfix_policy.listen),
          .socketmap = texts(serving.socketmap.listen),
          .tcp_table = texts(serving.tcp_table.listen),
          .milter = texts(serving.milter.listen),
          .auth_policy = texts(serving.auth_policy.listen),
          .auth_policy_header = header_for(serving.auth_policy),
          .events = texts(serving.events),
          .logs = serving.logs.files,
          .control_socket = serving.control_socket,
          .state_path = serving.state_path,
          .time_zone = serving.logs.time_zone};
}

bool names_one_of(std::string_view told, const std::vector<std::string>& listens) {
  return std::ranges::any_of(listens, [&](const std::string& listen) {
    const auto endpoint = Endpoint::parse(listen);
    if (!endpoint) return false;
    if (endpoint->is_unix()) {
      const auto at = told.find("unix:");
      if (at == std::string_view::npos) return false;
      const auto path = told.substr(at + 5);
      return path.size() > 1 && (endpoint->path.ends_with(path) || path.starts_with(endpoint->path));
    }
    const auto wanted = ":" + std::to_string(endpoint->port);
    const auto at = told.find(wanted);
    if (at == std::string_view::npos) return false;
    const auto behind = told.substr(at + wanted.size());
    return behind.empty() || !is_digit(behind.front());
  });
}

std::string in_words_of_postfix(const std::string& listen) {
  return listen.starts_with("unix:") ? listen : "inet:" + listen;
}

}  // namespace postreeve
