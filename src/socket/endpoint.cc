#include "socket/endpoint.h"

#include <charconv>

#include <fmt/format.h>
#include <sys/un.h>
#include <boost/asio/ip/address.hpp>

namespace postreeve {
namespace {

constexpr std::string_view kUnix = "unix:";

std::unexpected<Error> wrong(std::string_view text, std::string_view what) {
  return fail(ErrorCode::kInvalidInput,
              fmt::format("'{}' {}; write \"127.0.0.1:10040\", \"[::1]:10040\" or \"unix:/run/postreeve/"
                          "policy.sock\"",
                          text, what));
}

Result<Endpoint> parse_unix(std::string_view text) {
  const std::string_view path = text.substr(kUnix.size());
  if (!path.starts_with('/')) return wrong(text, "has no absolute path");
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return wrong(text, "is too long for a Unix socket");
  return Endpoint{.host = {}, .port = 0, .path = std::string(path)};
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text) {
  if (text.starts_with(kUnix)) return parse_unix(text);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong(text, "has no port");
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool has_brackets = host.starts_with('[') && host.ends_with(']');
  if (has_brackets) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(host), error);
  if (error || address.is_v6() != has_brackets) return wrong(text, "has no IP address");
  std::uint16_t port = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (status != std::errc() || end != digits.data() + digits.size()) return wrong(text, "has no port");
  return Endpoint{.host = address.to_string(), .port = port, .path = {}};
}

std::string Endpoint::to_string() const {
  if (is_unix()) return std::string(kUnix) + path;
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

}  // namespace postreeve
