// A private Redis for tests: the real server on loopback, in a folder that goes away.
#pragma once

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "redis/redis_client.h"

namespace postreeve {

inline sockaddr_in loopback_at(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Below those that the system gives to clients, so that nobody else comes to it by chance.
inline std::uint16_t free_port() {
  std::random_device random;
  while (true) {
    const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback_at(static_cast<std::uint16_t>(12'000 + random() % 19'000));
    const bool is_free = bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(probe);
    if (is_free) return ntohs(address.sin_port);
  }
}

// A server for what no real Redis does when it is asked to: `serve` has each connection, one at a time, and
// leaves it when it is to end.
class Impostor {
 public:
  explicit Impostor(std::function<void(int client)> serve)
      : serve_(std::move(serve)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address = loopback_at(port);
    const bool is_bound = bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    if (!is_bound || listen(listener_, 8) != 0) std::abort();
    thread_ = std::thread([this] { run(); });
  }
  Impostor(const Impostor&) = delete;
  Impostor& operator=(const Impostor&) = delete;
  // After the clients.
  ~Impostor() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  [[nodiscard]] std::string url() const { return "redis://127.0.0.1:" + std::to_string(port); }
  // What has come; empty when the client is gone.
  [[nodiscard]] static std::string received(int client) {
    std::string text(std::size_t{64} << 10U, '\0');
    const ssize_t got = recv(client, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }
  static void send_to(int client, std::string_view text) {
    (void)send(client, text.data(), text.size(), MSG_NOSIGNAL);
  }

  const std::uint16_t port = free_port();

 private:
  void run() {
    for (int client = accept(listener_, nullptr, nullptr); client >= 0;
         client = accept(listener_, nullptr, nullptr)) {
      serve_(client);
      close(client);
    }
  }

  std::function<void(int client)> serve_;
  int listener_;
  std::thread thread_;
};

class PrivateRedis {
 public:
  explicit PrivateRedis(std::vector<std::string> settings = {}) : settings_(std::move(settings)) {
    std::string name = (std::filesystem::temp_directory_path() / "postreeve-redis-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
    for (int i = 0; !start(); ++i) {
      if (i == 5) std::abort();
      port_ = free_port();
    }
  }
  PrivateRedis(const PrivateRedis&) = delete;
  PrivateRedis& operator=(const PrivateRedis&) = delete;
  ~PrivateRedis() {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  // At the same port as before. False when it ends at once: somebody else has the port.
  bool start() {
    process_ = fork();
    if (process_ == 0) execute();
    for (int i = 0; i < 4'000 && waitpid(process_, nullptr, WNOHANG) == 0; ++i) {
      if (is_listening()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  // Takes connections and says nothing, as behind a network that is cut.
  void pause() const { ::kill(process_, SIGSTOP); }
  void resume() const { ::kill(process_, SIGCONT); }

 private:
  [[noreturn]] void execute() const {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::vector<std::string> words{"redis-server",
                                   "--port",
                                   std::to_string(port_),
                                   "--bind",
                                   "127.0.0.1",
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "no",
                                   "--dir",
                                   folder_.string(),
                                   "--logfile",
                                   (folder_ / "log").string()};
    words.insert(words.end(), settings_.begin(), settings_.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execvp("redis-server", arguments.data());
    _exit(127);
  }
  [[nodiscard]] bool is_listening() const {
    const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    const bool is_there = connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(probe);
    return is_there;
  }

  std::vector<std::string> settings_;
  std::filesystem::path folder_;
  std::uint16_t port_ = free_port();
  pid_t process_ = 0;
};

// Sanitizers and other tests take their time: what is not about time limits gets a generous one.
inline std::unique_ptr<RedisClient> client_of(const std::string& url, RedisOptions options = {}) {
  Result<RedisAddress> address = RedisAddress::parse(url);
  if (!address) std::abort();
  options.address = std::move(*address);
  if (options.time_limit == RedisOptions{}.time_limit) options.time_limit = std::chrono::seconds(10);
  Result<std::unique_ptr<RedisClient>> client = RedisClient::make(std::move(options));
  if (!client) {
    std::fprintf(stderr, "%s\n", client.error().detail.c_str());
    std::abort();
  }
  return std::move(*client);
}

// One command of words; its reply.
inline Result<RespValue> ask(RedisClient& client, std::initializer_list<std::string_view> words) {
  const std::string_view key = words.size() > 1 ? *(words.begin() + 1) : std::string_view();
  return client.ask(RedisCommand(key, words));
}

// Runs a program of the shell's; for redis-cli and openssl.
inline bool run_command(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;  // NOLINT(concurrency-mt-unsafe)
}

// Masters without replicas that know each other and share the slots.
class PrivateCluster {
 public:
  // With a password they let nobody in without it.
  explicit PrivateCluster(std::size_t masters = 3, const std::string& password = {}) {
    if (!password.empty()) cli_ += " --no-auth-warning -a " + password;
    std::string create = cli_ + " --cluster create";
    for (std::size_t i = 0; i < masters; ++i) {
      const std::string bus = std::to_string(free_port());
      std::vector<std::string> settings{"--cluster-enabled",
                                        "yes",
                                        "--cluster-port",
                                        bus,
                                        "--cluster-node-timeout",
                                        "15000",
                                        "--cluster-require-full-coverage",
                                        "no"};
      if (!password.empty()) settings.insert(settings.end(), {"--requirepass", password});
      nodes_.push_back(std::make_unique<PrivateRedis>(std::move(settings)));
      create += " 127.0.0.1:" + std::to_string(nodes_.back()->port());
    }
    if (!run_command(create + " --cluster-replicas 0 --cluster-yes")) std::abort();
    for (int i = 0; i < 2'000 && !is_ready(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  [[nodiscard]] std::string url() const { return nodes_.front()->url(); }
  [[nodiscard]] PrivateRedis& node(std::size_t number) { return *nodes_[number]; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

 private:
  // Each of them believes so.
  [[nodiscard]] bool is_ready() const {
    for (const auto& node : nodes_) {
      const std::string port = std::to_string(node->port());
      if (!run_command(cli_ + " -p " + port + " cluster info | grep -q cluster_state:ok")) return false;
    }
    return true;
  }

  std::string cli_ = "redis-cli";
  std::vector<std::unique_ptr<PrivateRedis>> nodes_;
};

}  // namespace postreeve
