// Dovecot's auth policy protocol from its side.
#include <fmt/format.h>

#include <charconv>

#include "bench/policy_requests.h"

namespace postreeve::bench {
namespace {

std::string post(std::string_view command, std::string_view body) {
  return fmt::format(
      "POST /?command={} HTTP/1.1\r\nHost: 127.0.0.1:10044\r\nDate: Mon, 02 Mar 2026 08:00:00 GMT\r\n"
      "User-Agent: dovecot/auth-policy-client\r\nConnection: Keep-Alive\r\nContent-Length: {}\r\n"
      "Content-Type: application/json\r\n\r\n{}",
      command, body.size(), body);
}

}  // namespace

Transaction auth_transaction(const Life& life, const Act& act, std::uint64_t message) {
  const std::string facts = fmt::format(
      R"("device_id":"","login":"{}","protocol":"imap","pwhash":"{:02x}","remote":"{}","session_id":"{:x}","tls":false)",
      life.account().text(), message % 251, act.address.to_string(), message);
  return {.time = act.time,
          .requests = {post("allow", fmt::format("{{{}}}", facts)),
                       post("report", fmt::format(R"({{{},"success":true,"policy_reject":false}})", facts))}};
}

bool is_whole_http_reply(std::string_view reply) {
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t end = reply.find("\r\n\r\n");
  const std::size_t length = reply.find(kLength);
  if (end == std::string_view::npos || length > end) return false;
  std::size_t size = 0;
  std::from_chars(reply.data() + length + kLength.size(), reply.data() + end, size);
  return reply.size() >= end + 4 + size;
}

}  // namespace postreeve::bench
