#include "response/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

extern "C" {  // which glibc 2.36 forgot
#include <sys/pidfd.h>
}

namespace postreeve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTimeToDie{2};

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor reading;
  Descriptor writing;
};

std::unexpected<Error> system_failure(std::string_view what, int error) {
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", what, std::generic_category().message(error)));
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return system_failure("a pipe", errno);
  return Pipe{.reading = Descriptor(ends[0]), .writing = Descriptor(ends[1])};
}

// A file rather than a pipe: a program that does not read it blocks nobody and breaks nothing.
Result<Descriptor> input_file(std::string_view text) {
  Descriptor file(::memfd_create("input", MFD_CLOEXEC));
  if (!file.is_open()) return system_failure("the program's input", errno);
  while (!text.empty()) {
    const ssize_t wrote = ::write(file.get(), text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return system_failure("the program's input", errno);
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return system_failure("the program's input", errno);
  return file;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> found;
  found.reserve(texts.size() + 1);
  for (const std::string& text : texts) found.push_back(const_cast<char*>(text.c_str()));
  found.push_back(nullptr);
  return found;
}

// What posix_spawn() is to do in the child. Each call fails only without memory.
class SpawnPlan {
 public:
  SpawnPlan(int input, int output, int errors) {
    is_ready_ = ::posix_spawn_file_actions_init(&files_) == 0 && ::posix_spawnattr_init(&attributes_) == 0;
    if (!is_ready_) return;
    const std::array failures{::posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO),
                              ::posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO),
                              ::posix_spawn_file_actions_adddup2(&files_, errors, STDERR_FILENO),
                              ::posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1),
                              ::posix_spawn_file_actions_addchdir_np(&files_, "/"),
                              set_attributes()};
    is_ready_ = std::ranges::all_of(failures, [](int failure) { return failure == 0; });
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  [[nodiscard]] Result<pid_t> spawn(const ChildProgram& program) const {
    if (!is_ready_) return system_failure(program.command.front(), ENOMEM);
    pid_t child = 0;
    const int failure = ::posix_spawn(&child, program.command.front().c_str(), &files_, &attributes_,
                                      pointers(program.command).data(), pointers(program.environment).data());
    if (failure == 0) return child;
    const std::string says =
        fmt::format("{}: {}", program.command.front(), std::generic_category().message(failure));
    if (failure == ENOENT || failure == ENOTDIR) return fail(ErrorCode::kNotFound, says);
    if (failure == EACCES || failure == ENOEXEC || failure == E2BIG)
      return fail(ErrorCode::kInvalidInput, says);
    return fail(ErrorCode::kUnavailable, says);
  }

 private:
  int set_attributes() {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    constexpr short kFlags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (const int failure = ::posix_spawnattr_setflags(&attributes_, kFlags); failure != 0) return failure;
    if (const int failure = ::posix_spawnattr_setpgroup(&attributes_, 0); failure != 0) return failure;
    if (const int failure = ::posix_spawnattr_setsigmask(&attributes_, &none); failure != 0) return failure;
    return ::posix_spawnattr_setsigdefault(&attributes_, &all);
  }

  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
  bool is_ready_ = false;
};

// Takes what lies in the pipe; closes it at its end.
void drain(Descriptor& pipe, std::string& kept, std::size_t most) {
  std::array<char, 4096> bytes{};
  // Bounded: a program that writes without end is left to the time limit.
  for (int i = 0; i < 64 && pipe.is_open(); ++i) {
    const ssize_t got = ::read(pipe.get(), bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return pipe.close();
    kept.append(bytes.data(), std::min(static_cast<std::size_t>(got), most - kept.size()));
  }
}

int milliseconds_until(Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 60'000));
}

class RunningChild {
 public:
  RunningChild(pid_t child, Descriptor end, Descriptor output, Descriptor errors)
      : child_(child), end_(std::move(end)), output_(std::move(output)), errors_(std::move(errors)) {}

  // Whether it ended in time.
  bool wait_until(Clock::time_point limit, std::size_t most_output) {
    while (true) {
      // A closed pipe is -1, which poll() passes by.
      std::array<pollfd, 3> watched{{{.fd = end_.get(), .events = POLLIN, .revents = 0},
                                     {.fd = output_.get(), .events = POLLIN, .revents = 0},
                                     {.fd = errors_.get(), .events = POLLIN, .revents = 0}}};
      (void)::poll(watched.data(), watched.size(), milliseconds_until(limit));
      drain(output_, told_.output, most_output);
      drain(errors_, told_.errors, most_output);
      if (watched[0].revents != 0) return true;
      if (Clock::now() >= limit) return false;
    }
  }

  // The child is not waited for yet, so its number is still its own.
  void kill_group() {
    told_.is_late = true;
    (void)::kill(-child_, SIGKILL);
  }

  Result<ChildEnd> take_end() {
    int status = 0;
    const pid_t waited = ::waitpid(child_, &status, WNOHANG);
    if (waited != child_) return system_failure("the program's end", waited < 0 ? errno : EBUSY);
    told_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    told_.exit_status = told_.signal != 0 ? 128 + told_.signal : WEXITSTATUS(status);
    return std::move(told_);
  }

 private:
  pid_t child_;
  Descriptor end_;
  Descriptor output_;
  Descriptor errors_;
  ChildEnd told_;
};

Result<RunningChild> start(const ChildProgram& program) {
  const auto input = input_file(program.input);
  if (!input) return fail(input.error());
  auto output = make_pipe();
  if (!output) return fail(output.error());
  auto errors = make_pipe();
  if (!errors) return fail(errors.error());
  // The child's ends block, as programs expect.
  for (const Pipe* pipe : {&*output, &*errors}) (void)::fcntl(pipe->writing.get(), F_SETFL, 0);
  const SpawnPlan plan(input->get(), output->writing.get(), errors->writing.get());
  const auto child = plan.spawn(program);
  if (!child) return fail(child.error());
  Descriptor end(::pidfd_open(*child, 0));
  if (!end.is_open()) {
    const int reason = errno;
    (void)::kill(-*child, SIGKILL);
    (void)::waitpid(*child, nullptr, 0);
    return system_failure(program.command.front(), reason);
  }
  return RunningChild(*child, std::move(end), std::move(output->reading), std::move(errors->reading));
}

}  // namespace

Result<ChildEnd> run_child(const ChildProgram& program) {
  const Clock::time_point limit = Clock::now() + program.time_limit;
  auto child = start(program);
  if (!child) return fail(child.error());
  if (!child->wait_until(limit, program.most_output)) {
    child->kill_group();
    if (!child->wait_until(Clock::now() + kTimeToDie, program.most_output))
      return fail(ErrorCode::kUnavailable, program.command.front() + " cannot be killed");
  }
  return child->take_end();
}

}  // namespace postreeve
