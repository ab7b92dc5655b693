#include "redis/redis_address.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/number.h"

namespace postreeve {
namespace {

constexpr std::uint16_t kDefaultPort = 6'379;
constexpr int kMostDatabase = 10'000;
constexpr std::string_view kForm = "it is written like redis://127.0.0.1:6379 or rediss://user@host:6380/0";

std::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorCode::kInvalidInput, fmt::format("{}; {}", what, kForm));
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::ranges::all_of(host, [](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_letter || c == '.' || c == '-' || c == '_' || c == ':';
  });
}

Result<RedisNodeName> read_node(std::string_view text) {
  RedisNodeName node{.host = {}, .port = kDefaultPort};
  std::string_view host = text;
  std::string_view port;
  const bool is_bracketed = text.starts_with('[');
  const std::size_t end = is_bracketed ? text.find(']') : text.find(':');
  if (is_bracketed) {
    if (end == std::string_view::npos) return wrong("a bracket is not closed");
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else if (end != std::string_view::npos) {
    host = text.substr(0, end);
    port = text.substr(end);
  }
  if (!is_host(host)) return wrong(fmt::format("\"{}\" is no host", host));
  if (!port.empty() && (port.front() != ':' || !read_number(port.substr(1), node.port) || node.port == 0))
    return wrong(fmt::format("\"{}\" is no port", port));
  node.host = host;
  return node;
}

}  // namespace

Result<RedisAddress> RedisAddress::parse(std::string_view text) {
  RedisAddress address;
  const std::size_t scheme = text.find("://");
  const std::string_view name = text.substr(0, scheme);
  if (scheme == std::string_view::npos || (name != "redis" && name != "rediss"))
    return wrong("no address of a Redis");
  address.tls = name == "rediss";
  text.remove_prefix(scheme + 3);
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view database = text.substr(slash + 1);
    const bool is_number = database.empty() || read_number(database, address.database);
    if (!is_number || address.database < 0 || address.database > kMostDatabase)
      return wrong(fmt::format("\"{}\" is no number of a database", database));
    text = text.substr(0, slash);
  }
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = text.substr(0, at);
    if (user.contains(':')) return wrong("a password belongs into redis_password_file");
    address.user = user;
    text.remove_prefix(at + 1);
  }
  while (true) {
    const std::size_t comma = text.find(',');
    Result<RedisNodeName> node = read_node(text.substr(0, comma));
    if (!node) return fail(std::move(node).error());
    address.nodes.push_back(std::move(*node));
    if (comma == std::string_view::npos) return address;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace postreeve
