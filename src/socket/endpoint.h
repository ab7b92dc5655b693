// Where something listens: a TCP address and port, or a Unix socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace postreeve {

struct Endpoint {
  std::string host;  // an IP address; empty for a Unix socket
  std::uint16_t port = 0;
  std::string path;  // absolute; empty for TCP

  // "127.0.0.1:10040", "[::1]:10040", "unix:/run/postreeve/policy.sock". kInvalidInput says what is wrong
  // and how it is written. No names: what a name means could change under a running server.
  [[nodiscard]] static Result<Endpoint> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;  // as it is parsed
  [[nodiscard]] bool is_unix() const noexcept { return !path.empty(); }

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

}  // namespace postreeve
