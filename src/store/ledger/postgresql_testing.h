// A private PostgreSQL for tests: on a socket in a folder of its own, ended with the process.
#pragma once

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <soci/soci.h>

#include "store/ledger/postgresql_session.h"

namespace postreeve {

class PrivatePostgresql {
 public:
  // Makes and starts one. Throws std::runtime_error with what went wrong.
  PrivatePostgresql() {
    std::string name = (place() / "postreeve-pg-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    if (const ::passwd* user = user_of_server(); user != nullptr && ::geteuid() == 0)
      (void)::chown(name.c_str(), user->pw_uid, user->pw_gid);
    const ::pid_t making = spawn({"initdb", "-D", data(), "-U", "postreeve", "-A", "trust", "--no-sync", "-E",
                                  "UTF8", "--locale=C.UTF-8"});
    int status = 0;
    ::waitpid(making, &status, 0);
    if (status != 0) throw std::runtime_error("initdb failed: " + log());
    // What a process wrote outlives its kill without fsync.
    std::ofstream(data() + "/postgresql.conf", std::ios::app)
        << "listen_addresses = ''\nunix_socket_directories = '" << folder_.string()
        << "'\nshared_buffers = 16MB\nmax_connections = 60\nfsync = off\n";
    start();
  }
  ~PrivatePostgresql() {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  PrivatePostgresql(const PrivatePostgresql&) = delete;
  PrivatePostgresql& operator=(const PrivatePostgresql&) = delete;

  // Whether the system has the programs (Debian: postgresql).
  [[nodiscard]] static bool is_installed() { return !programs().empty() && user_of_server() != nullptr; }

  // The one that tests share which leave it running.
  [[nodiscard]] static PrivatePostgresql& shared() {
    static PrivatePostgresql server;
    return server;
  }

  [[nodiscard]] PostgresqlServer server() const {
    return {.connection = "host=" + folder_.string() + " user=postreeve dbname=postgres",
            .password_file = {},
            .timeout = std::chrono::milliseconds{3'000}};
  }
  // Into a new schema of its own.
  [[nodiscard]] PostgresqlServer new_ledger() {
    PostgresqlServer made = server();
    const std::string schema = "ledger" + std::to_string(++schemas_);
    (*open_postgresql(made).value()) << "CREATE SCHEMA " + schema;
    made.connection += " options='-c search_path=" + schema + "'";
    return made;
  }

  void start() {
    const std::vector<std::string> command{"postgres", "-D", data()};
    server_ = spawn(command);
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!open_postgresql(server())) {
      if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("no PostgreSQL: " + log());
      // It ends when something of one that was killed is still there.
      if (::waitpid(server_, nullptr, WNOHANG) == server_) server_ = spawn(command);
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }
  // As an administrator does.
  void stop() { end_with(SIGINT); }
  void kill() {
    signal_all(SIGKILL);
    end_with(SIGKILL);
  }
  void pause() const { signal_all(SIGSTOP); }
  void resume() const { signal_all(SIGCONT); }

 private:
  // In memory, if it may be: a disk that writes back what a build left takes seconds for a page.
  static std::filesystem::path place() {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  }
  static std::string programs() {
    std::string found;
    std::error_code none;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
      if (std::filesystem::exists(version.path() / "bin/initdb")) found = version.path() / "bin";
    }
    return found;
  }
  // PostgreSQL does not run as root.
  static const ::passwd* user_of_server() {
    return ::geteuid() == 0 ? ::getpwnam("postgres")
                            : ::getpwuid(::geteuid());  // NOLINT(concurrency-mt-unsafe)
  }
  [[nodiscard]] std::string data() const { return folder_ / "data"; }
  [[nodiscard]] std::string log() const {
    std::ifstream file(folder_ / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Ends with this process at the latest.
  [[nodiscard]] ::pid_t spawn(const std::vector<std::string>& words) const {
    const ::passwd* user = user_of_server();
    const std::string program = programs() + "/" + words.front();
    const std::string log_file = folder_ / "log";
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const ::pid_t child = ::fork();
    if (child != 0) return child;
    if (::geteuid() == 0 && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    const int nothing = ::open("/dev/null", O_RDONLY);
    const int log = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (::dup2(nothing, 0) < 0 || ::dup2(log, 1) < 0 || ::dup2(log, 2) < 0 || ::chdir("/") != 0) ::_exit(126);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
  }
  // Its children first: they would be told by it.
  void signal_all(int number) const {
    if (server_ <= 0) return;
    const std::string tasks = "/proc/" + std::to_string(server_) + "/task";
    std::error_code none;
    for (const auto& task : std::filesystem::directory_iterator(tasks, none)) {
      std::ifstream children(task.path() / "children");
      for (::pid_t child = 0; children >> child;) ::kill(child, number);
    }
    ::kill(server_, number);
  }
  void end_with(int number) {
    if (server_ <= 0) return;
    ::kill(server_, number);
    ::waitpid(server_, nullptr, 0);
    server_ = 0;
    if (number == SIGKILL) std::filesystem::remove(data() + "/postmaster.pid");
  }

  std::filesystem::path folder_;
  ::pid_t server_ = 0;
  int schemas_ = 0;
};

}  // namespace postreeve
