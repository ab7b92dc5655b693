#include "bench/load_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <string_view>

namespace postreeve::bench {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

[[noreturn]] void give_up(std::string_view what) {
  fmt::print(stderr, "gate_bench: {}\n", what);
  std::exit(EXIT_FAILURE);
}

struct Connection {
  int socket = -1;
  const Transaction* transaction = nullptr;
  std::size_t next = 0;  // request of the transaction
  bool is_asking = false;
  SteadyTime due;     // of the request that is asked, or comes next
  std::string reply;  // as far as it is there
};

class Client {
 public:
  Client(const Load& load, std::span<const Transaction> transactions)
      : load_(load), left_(transactions), epoll_(epoll_create1(0)) {
    std::size_t requests = 0;
    for (const Transaction& transaction : transactions) requests += transaction.requests.size();
    result_.latencies_us.reserve(requests);
    connections_.resize(load.connections);
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].socket = connect_to(load.port);
      epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].socket, &event);
    }
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() {
    for (const Connection& connection : connections_) close(connection.socket);
    close(epoll_);
  }

  LoadResult run() {
    const SteadyTime begin = std::chrono::steady_clock::now();
    if (load_.rate > 0) {
      interval_ = std::chrono::nanoseconds(
          static_cast<std::int64_t>(1e9 * static_cast<double>(load_.connections) / load_.rate));
    }
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].due =
          begin + interval_ * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(connections_.size());
      if (load_.rate == 0) ask_next(connections_[i], begin);
    }
    while (!is_done()) turn();
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    result_.requests = result_.latencies_us.size();
    std::ranges::sort(result_.latencies_us);
    return std::move(result_);
  }

 private:
  bool is_done() const {
    return left_.empty() && std::ranges::none_of(connections_, [](const Connection& c) {
             return c.is_asking || c.transaction != nullptr;
           });
  }

  void turn() {
    std::array<epoll_event, 64> events;
    // With a rate it never sleeps: waking up would be measured too.
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), load_.rate > 0 ? 0 : -1);
    for (int i = 0; i < count; ++i) read_reply(connections_[events[static_cast<std::size_t>(i)].data.u64]);
    if (load_.rate == 0) return;
    const SteadyTime now = std::chrono::steady_clock::now();
    for (Connection& connection : connections_) {
      if (!connection.is_asking && connection.due <= now) ask_next(connection, connection.due);
    }
  }

  void ask_next(Connection& connection, SteadyTime due) {
    if (connection.transaction == nullptr) {
      if (left_.empty()) return;
      connection.transaction = &left_.front();
      connection.next = 0;
      left_ = left_.subspan(1);
      load_.at_time(connection.transaction->time);
    }
    const std::string& request = connection.transaction->requests[connection.next];
    connection.is_asking = true;
    connection.due = due;
    if (send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size()))
      give_up("the server takes no request");
  }

  void read_reply(Connection& connection) {
    std::array<char, 1024> bytes;
    const ssize_t size = recv(connection.socket, bytes.data(), bytes.size(), 0);
    if (size <= 0) give_up("the server hung up");
    connection.reply.append(bytes.data(), static_cast<std::size_t>(size));
    if (!load_.is_whole(connection.reply)) return;
    const SteadyTime now = std::chrono::steady_clock::now();
    result_.latencies_us.push_back(std::chrono::duration<double, std::micro>(now - connection.due).count());
    result_.accepted += connection.reply.starts_with("action=DUNNO") ? 1U : 0U;
    connection.reply.clear();
    connection.is_asking = false;
    if (++connection.next == connection.transaction->requests.size()) connection.transaction = nullptr;
    if (load_.rate == 0) {
      ask_next(connection, now);
    } else {
      connection.due += interval_;
    }
  }

  const Load& load_;
  std::span<const Transaction> left_;
  int epoll_;
  std::vector<Connection> connections_;
  std::chrono::nanoseconds interval_{0};
  LoadResult result_;
};

}  // namespace

double LoadResult::percentile(double share) const {
  if (latencies_us.empty()) return 0;
  return latencies_us[static_cast<std::size_t>(share * static_cast<double>(latencies_us.size() - 1))];
}

LoadResult run_load(const Load& load, std::span<const Transaction> transactions) {
  return Client(load, transactions).run();
}

int connect_to(std::uint16_t port) {
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (client < 0 || connect(client, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
    give_up("cannot connect");
  const int on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return client;
}

}  // namespace postreeve::bench
