#include "app/wiring/wiring_settings.h"

#include <algorithm>

#include "base/ascii.h"
#include "socket/endpoint.h"

namespace postreeve {
namespace {

// A template, so that a Configuration without [gate.*] and the rest has no wiring instead of being an error.
template <typename AnyConfiguration>
WiringSettings read_serving(const AnyConfiguration& configuration) {
  WiringSettings wiring;
  wiring.time_zone = configuration.time_zone;
  if constexpr (requires { configuration.serving; }) {
    const auto texts = [](const auto& endpoints) {
      std::vector<std::string> found;
      for (const Endpoint& endpoint : endpoints) found.push_back(endpoint.to_string());
      return found;
    };
    const auto& serving = configuration.serving;
    wiring.postfix_policy = texts(serving.postfix_policy.listen);
    wiring.socketmap = texts(serving.socketmap.listen);
    wiring.tcp_table = texts(serving.tcp_table.listen);
    wiring.milter = texts(serving.milter.listen);
    wiring.auth_policy = texts(serving.auth_policy.listen);
    wiring.events = texts(serving.events);
    wiring.logs = serving.logs.files;
    wiring.time_zone = serving.logs.time_zone;
    wiring.control_socket = serving.control_socket;
    wiring.state_path = serving.state_path;
  }
  return wiring;
}

}  // namespace

WiringSettings wiring_of(const Configuration& configuration) {
  return read_serving(configuration);
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
