#include "app/wiring/run_program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace postreeve {
namespace {

constexpr std::size_t kMostBytes = 4UL * 1024 * 1024;

class Pipe {
 public:
  Pipe() { is_open_ = ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reader();
    close_writer();
  }
  [[nodiscard]] bool is_open() const { return is_open_; }
  [[nodiscard]] int reader() const { return ends_[0]; }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_reader() { close(ends_[0]); }
  void close_writer() { close(ends_[1]); }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  std::array<int, 2> ends_{-1, -1};
  bool is_open_ = false;
};

// Takes what is there; closes the pipe at its end.
void take(Pipe& pipe, std::string& into) {
  std::array<char, 16384> buffer{};
  const auto count = ::read(pipe.reader(), buffer.data(), buffer.size());
  if (count <= 0) return pipe.close_reader();
  if (into.size() < kMostBytes) into.append(buffer.data(), static_cast<std::size_t>(count));
}

// False when it took too long.
bool take_all(Pipe& output, Pipe& errors, ProgramOutput& taken, std::chrono::milliseconds most) {
  const auto end = std::chrono::steady_clock::now() + most;
  while (output.reader() >= 0 || errors.reader() >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> on{{{output.reader(), POLLIN, 0}, {errors.reader(), POLLIN, 0}}};
    ::poll(on.data(), on.size(), static_cast<int>(left.count()));
    if (on[0].revents != 0) take(output, taken.output);
    if (on[1].revents != 0) take(errors, taken.errors);
  }
  return true;
}

Result<pid_t> spawn(const std::string& program, const std::vector<std::string>& words, const Pipe& output,
                    const Pipe& errors) {
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output.writer(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors.writer(), STDERR_FILENO);
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const auto& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, program.c_str(), &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return fail(ErrorCode::kUnavailable, fmt::format("{} cannot be started", program));
  return child;
}

}  // namespace

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is only one thread
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path == nullptr ? "" : path) + ":/usr/sbin:/usr/local/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto file = fmt::format("{}/{}", folder, name);
    if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

Result<ProgramOutput> run_program(const std::vector<std::string>& words, std::chrono::milliseconds most) {
  const auto program = words.empty() ? "" : find_program(words[0]);
  if (program.empty())
    return fail(ErrorCode::kNotFound, "there is no program " + (words.empty() ? "" : words[0]));
  Pipe output;
  Pipe errors;
  if (!output.is_open() || !errors.is_open())
    return fail(ErrorCode::kUnavailable, "no more files can be opened");
  const auto child = spawn(program, words, output, errors);
  if (!child) return fail(child.error());
  output.close_writer();
  errors.close_writer();
  ProgramOutput taken;
  const bool in_time = take_all(output, errors, taken, most);
  if (!in_time) ::kill(*child, SIGKILL);
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return fail(ErrorCode::kUnavailable, fmt::format("{} did not end in time", words[0]));
  taken.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return taken;
}

}  // namespace postreeve
