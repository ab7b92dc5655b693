#include "app/control_client.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/error_word.h"

namespace postreeve {
namespace {

namespace json = boost::json;

std::unexpected<Error> system_failure(const std::string& socket_path, int error) {
  const std::string words = std::generic_category().message(error);
  if (error == ENOENT || error == ECONNREFUSED)
    return fail(
        ErrorCode::kNotFound,
        fmt::format("no daemon answers on {} ({}); is `postreeve serve` running?", socket_path, words));
  const std::string_view hint = error == EACCES ? "; ask as root or as the user it runs as" : "";
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}{}", socket_path, words, hint));
}

std::string member(const json::value& value, std::string_view name) {
  const json::value* found = value.is_object() ? value.get_object().if_contains(name) : nullptr;
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace

Result<ControlClient> ControlClient::connect(const std::string& socket_path, std::chrono::seconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path)
    return fail(ErrorCode::kInvalidInput, fmt::format("{}: too long for a Unix socket", socket_path));
  std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return system_failure(socket_path, errno);
  ControlClient client(descriptor);
  const timeval most{.tv_sec = patience.count(), .tv_usec = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return system_failure(socket_path, errno);
  return client;
}

ControlClient::~ControlClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ControlClient::ControlClient(ControlClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

Result<json::value> ControlClient::ask(std::string_view verb, const json::object& arguments) {
  const std::string line = json::serialize(json::object{{"verb", verb}, {"arguments", arguments}}) + '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t sent = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return fail(ErrorCode::kUnavailable, "the daemon went away");
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  const Result<std::string> answer = read_line();
  if (!answer) return fail(answer.error());
  boost::system::error_code failure;
  json::value reply = json::parse(*answer, failure);
  if (failure || !reply.is_object()) return fail(ErrorCode::kUnavailable, "the daemon's answer is no JSON");
  if (json::value* data = reply.get_object().if_contains("data")) return std::move(*data);
  const json::value* error = reply.get_object().if_contains("error");
  if (error == nullptr) return fail(ErrorCode::kUnavailable, "the daemon answered nothing");
  return fail(error_code_from(member(*error, "code")).value_or(ErrorCode::kInvalidInput),
              member(*error, "text"));
}

Result<std::string> ControlClient::read_line() {
  std::string line;
  std::array<char, 16'384> chunk{};
  while (!line.ends_with('\n')) {
    const ssize_t got = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
    if (got <= 0) return fail(ErrorCode::kUnavailable, "the daemon did not answer");
    line.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return line;
}

}  // namespace postreeve
