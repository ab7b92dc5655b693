// The helper over a socket, for daemons that may not gain privileges: systemd listens, starts one helper a
// connection as root (StandardInput=socket), and its unprivileged namesake speaks for the daemon.
//
//   asks:     argument NUL argument NUL ... LF, then the standard input up to the end
//   answers:  as verbs.h says
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postreeve {

// "list\0--account\0anna\0\n" and what follows.
[[nodiscard]] std::string relayed_request(std::span<const std::string> arguments, std::string_view input);
struct RelayedRequest {
  std::vector<std::string> arguments;
  std::string_view input;
};
// kInvalidInput: not so.
[[nodiscard]] Result<RelayedRequest> read_relayed_request(std::string_view text);

// Asks over the Unix socket; gives the whole answer. kUnavailable says what to do about it.
[[nodiscard]] Result<std::string> ask_over_socket(const std::string& socket_path, std::string_view request,
                                                  std::chrono::seconds limit);

// Why the helper behind the socket was not reached, by the system's error, and what helps.
[[nodiscard]] Error no_helper(const std::string& socket_path, int why, std::chrono::seconds limit);

// What comes over a descriptor up to its end. kLimitExceeded beyond `most_bytes`, kUnavailable.
[[nodiscard]] Result<std::string> read_to_end(int descriptor, std::size_t most_bytes);

}  // namespace postreeve
