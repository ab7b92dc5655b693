#include "app/wiring/gate_checks.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

#include "intake/file_follower.h"
#include "socket/endpoint.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostAnswer = 64UL * 1024;

using Clock = std::chrono::steady_clock;

std::unexpected<Error> system_failure(int error) {
  return fail(ErrorCode::kUnavailable, std::generic_category().message(error));
}

bool wait_for(int socket, short what, Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  pollfd on{socket, what, 0};
  return left.count() > 0 && ::poll(&on, 1, static_cast<int>(left.count())) == 1;
}

struct SocketAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

SocketAddress address_of(const Endpoint& endpoint) {
  SocketAddress address;
  if (endpoint.is_unix()) {
    sockaddr_un path{};
    path.sun_family = AF_UNIX;
    endpoint.path.copy(path.sun_path, sizeof path.sun_path - 1);
    std::memcpy(&address.bytes, &path, sizeof path);
    address.size = sizeof path;
    return address;
  }
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  v4.sin_port = v6.sin6_port = htons(endpoint.port);
  if (::inet_pton(AF_INET, endpoint.host.c_str(), &v4.sin_addr) == 1) {
    if (v4.sin_addr.s_addr == INADDR_ANY) v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::memcpy(&address.bytes, &v4, sizeof v4);
    address.size = sizeof v4;
  } else {
    ::inet_pton(AF_INET6, endpoint.host.c_str(), &v6.sin6_addr);
    if (IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr)) v6.sin6_addr = in6addr_loopback;
    std::memcpy(&address.bytes, &v6, sizeof v6);
    address.size = sizeof v6;
  }
  return address;
}

Result<Descriptor> connect_to(const Endpoint& endpoint, Clock::time_point end) {
  const auto address = address_of(endpoint);
  Descriptor socket(::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return system_failure(errno);
  const auto* const target = reinterpret_cast<const sockaddr*>(&address.bytes);
  if (::connect(socket.get(), target, address.size) == 0) return socket;
  if (errno != EINPROGRESS) return system_failure(errno);
  if (!wait_for(socket.get(), POLLOUT, end)) return system_failure(ETIMEDOUT);
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return system_failure(error);
  return socket;
}

// How a gate is asked something that changes nothing.
struct Probe {
  std::string_view gate;
  const std::vector<std::string>& listens;
  std::string_view question;
  std::string_view wanted;
  std::string_view wrong_password = {};  // what it says to that
};

void check_gate(const Probe& probe, Checks& checks) {
  const auto name = fmt::format("gate.{}", probe.gate);
  if (probe.listens.empty()) {
    checks.push_back({CheckResult::kSkip, name, "it is off", {}});
    return;
  }
  for (const auto& listen : probe.listens) {
    const auto answer = ask(listen, probe.question, probe.wanted);
    if (!answer) {
      checks.push_back({CheckResult::kFail, name, fmt::format("{}: {}", listen, answer.error().detail),
                        "start postreeve serve"});
    } else if (!probe.wrong_password.empty() && answer->contains(probe.wrong_password)) {
      checks.push_back({CheckResult::kFail, name, fmt::format("{} does not take the password", listen),
                        fmt::format("let password_file of [gate.{}] hold the password that the daemon was "
                                    "started with, or restart it",
                                    probe.gate)});
    } else if (answer->find(probe.wanted) == std::string::npos) {
      checks.push_back(
          {CheckResult::kFail, name, fmt::format("{} answers something else", listen),
           "another program listens there: choose another port in [gate." + std::string(probe.gate) + "]"});
    } else {
      checks.push_back({CheckResult::kPass,
                        name,
                        fmt::format("{} {}", listen, probe.wanted.empty() ? "is open" : "answers"),
                        {}});
    }
  }
}

}  // namespace

Result<std::string> ask(const std::string& listen, std::string_view question, std::string_view enough,
                        std::chrono::milliseconds most) {
  const auto endpoint = Endpoint::parse(listen);
  if (!endpoint) return fail(endpoint.error());
  const auto end = Clock::now() + most;
  auto socket = connect_to(*endpoint, end);
  if (!socket) return fail(socket.error());
  if (question.empty()) return std::string();
  if (::send(socket->get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) return system_failure(errno);
  std::string answer;
  std::array<char, 4096> buffer{};
  while (answer.find(enough) == std::string::npos && answer.size() < kMostAnswer) {
    if (!wait_for(socket->get(), POLLIN, end)) return system_failure(ETIMEDOUT);
    const auto count = ::recv(socket->get(), buffer.data(), buffer.size(), 0);
    if (count < 0) return system_failure(errno);
    if (count == 0) break;
    answer.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return answer;
}

Checks check_gates(const WiringSettings& ours) {
  Checks checks;
  // No recipient, no account: nothing is judged.
  check_gate({"postfix_policy", ours.postfix_policy,
              "request=smtpd_access_policy\nprotocol_state=CONNECT\nprotocol_name=ESMTP\n"
              "client_address=127.0.0.1\nclient_name=postreeve-doctor\n\n",
              "action="},
             checks);
  check_gate({"socketmap", ours.socketmap, "31:postreeve doctor@doctor.invalid,", ":NOTFOUND"}, checks);
  check_gate({"tcp_table", ours.tcp_table, "get doctor@doctor.invalid\n", "500 "}, checks);
  check_gate({"milter", ours.milter, "", ""}, checks);
  const std::string header = ours.auth_policy_header.empty() ? "" : ours.auth_policy_header + "\r\n";
  const std::string ping =
      "GET /?command=ping HTTP/1.1\r\nHost: localhost\r\n" + header + "Connection: close\r\n\r\n";
  check_gate({"auth_policy", ours.auth_policy, ping, "HTTP/1.1 ", "HTTP/1.1 401 "}, checks);
  check_gate({"events", ours.events, "", ""}, checks);
  return checks;
}

}  // namespace postreeve
