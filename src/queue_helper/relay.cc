#include "queue_helper/relay.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

namespace postreeve {
namespace {

constexpr std::size_t kMostAnswerBytes = 256UL * 1024 * 1024;

std::unexpected<Error> unavailable(const std::string& path, int why) {
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", path, std::generic_category().message(why)));
}

// 0, or the system's error; EFBIG for more than `most_bytes`.
int read_all(int descriptor, std::size_t most_bytes, std::string& text) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return 0;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > most_bytes) return EFBIG;
  }
}

std::unexpected<Error> too_long(std::size_t most_bytes) {
  return fail(ErrorCode::kLimitExceeded, fmt::format("more than {} bytes", most_bytes));
}

bool connect_to(int socket, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return shutdown(socket, SHUT_WR) == 0;
}

}  // namespace

std::string relayed_request(std::span<const std::string> arguments, std::string_view input) {
  std::string request;
  for (const std::string& argument : arguments) {
    request += argument;
    request += '\0';
  }
  request += '\n';
  request += input;
  return request;
}

Result<RelayedRequest> read_relayed_request(std::string_view text) {
  RelayedRequest request;
  while (!text.empty() && text.front() != '\n') {
    const auto end = text.find('\0');
    if (end == std::string_view::npos || request.arguments.size() == 32) break;
    request.arguments.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (!text.starts_with('\n')) return fail(ErrorCode::kInvalidInput, "this is no request");
  request.input = text.substr(1);
  return request;
}

Result<std::string> read_to_end(int descriptor, std::size_t most_bytes) {
  std::string text;
  const int problem = read_all(descriptor, most_bytes, text);
  if (problem == EFBIG) return too_long(most_bytes);
  if (problem != 0) return unavailable("reading", problem);
  return text;
}

Error no_helper(const std::string& socket_path, int why, std::chrono::seconds limit) {
  if (why == EAGAIN)
    return {ErrorCode::kUnavailable,
            fmt::format("{} did not answer within {} s", socket_path, limit.count())};
  std::string says = fmt::format("{}: {}", socket_path, std::generic_category().message(why));
  if (why == ENOENT || why == ECONNREFUSED) says += "; systemctl enable --now postreeve-queue.socket";
  if (why == EACCES) says += "; only the user postreeve may connect";
  return {ErrorCode::kUnavailable, says};
}

Result<std::string> ask_over_socket(const std::string& socket_path, std::string_view request,
                                    std::chrono::seconds limit) {
  if (socket_path.size() >= sizeof(sockaddr_un::sun_path))
    return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is too long for a socket", socket_path));
  const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file < 0) return unavailable(socket_path, errno);
  const timeval patience{.tv_sec = limit.count(), .tv_usec = 0};
  setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  std::string answer;
  const int problem = connect_to(file, socket_path) && send_all(file, request)
                          ? read_all(file, kMostAnswerBytes, answer)
                          : errno;
  close(file);
  if (problem == EFBIG) return too_long(kMostAnswerBytes);
  if (problem != 0) return fail(no_helper(socket_path, problem, limit));
  return answer;
}

}  // namespace postreeve
