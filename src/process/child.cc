#include "process/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace postreeve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostErrors = 4096;
constexpr std::array kFolders{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};
constexpr const char* kPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

class File {
 public:
  explicit File(int number = -1) : number_(number) {}
  File(File&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  File& operator=(File&& other) noexcept {
    close();
    number_ = std::exchange(other.number_, -1);
    return *this;
  }
  ~File() { close(); }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

struct Pipe {
  File reading;
  File writing;
};

std::unexpected<Error> system_error(std::string_view what) {
  const int why = errno;
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", what, std::generic_category().message(why)));
}

Result<Pipe> open_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("no pipe");
  return Pipe{File(ends[0]), File(ends[1])};
}

// In memory, so that a child that does not read its input holds up nobody.
Result<File> input_file(std::string_view input) {
  File file(memfd_create("input", MFD_CLOEXEC));
  if (!file.is_open()) return system_error("no file in memory");
  while (!input.empty()) {
    const ssize_t written = write(file.number(), input.data(), input.size());
    if (written < 0) return system_error("cannot write the input");
    input.remove_prefix(static_cast<std::size_t>(written));
  }
  if (lseek(file.number(), 0, SEEK_SET) != 0) return system_error("cannot rewind the input");
  return file;
}

std::string program_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  for (const char* folder : kFolders) {
    std::string path = fmt::format("{}/{}", folder, name);
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return name;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// What posix_spawn does to the child before it is another program.
class Preparation {
 public:
  Preparation(int input, int output, int errors, short more_flags = POSIX_SPAWN_SETPGROUP) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files_, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    const auto flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | more_flags;
    posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
  }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;
  ~Preparation() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* files() const { return &files_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

struct Child {
  pid_t pid = 0;
  File output;
  File errors;
};

Result<pid_t> spawn(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                    const Preparation& preparation) {
  const std::string program = program_path(command.front());
  pid_t pid = 0;
  const int status = posix_spawn(&pid, program.c_str(), preparation.files(), preparation.attributes(),
                                 pointers_to(command).data(), pointers_to(environment).data());
  if (status == 0) return pid;
  const std::string why = std::generic_category().message(status);
  if (status == ENOENT || status == EACCES || status == ENOEXEC)
    return fail(ErrorCode::kNotFound, fmt::format("{} cannot be run: {}", program, why));
  return fail(ErrorCode::kUnavailable, fmt::format("{} does not start: {}", program, why));
}

Result<Child> start(const std::vector<std::string>& command, const ChildOptions& options) {
  const Result<File> input = input_file(options.input);
  if (!input) return fail(input.error());
  Result<Pipe> output = open_pipe();
  if (!output) return fail(output.error());
  Result<Pipe> errors = open_pipe();
  if (!errors) return fail(errors.error());

  std::vector<std::string> environment = options.environment;
  if (!options.is_bare) environment.insert(environment.begin(), {kPath, "LC_ALL=C"});
  const Preparation preparation(input->number(), output->writing.number(), errors->writing.number());
  const Result<pid_t> pid = spawn(command, environment, preparation);
  if (!pid) return fail(pid.error());
  return Child{*pid, std::move(output->reading), std::move(errors->reading)};
}

int left_of(Clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

// Reads what is there; closes at the end of the file. At most `most` bytes are kept.
void read_some(File& file, std::string& into, std::size_t most) {
  std::array<char, 65536> buffer{};
  const ssize_t got = read(file.number(), buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0) {
    file.close();
    return;
  }
  into.append(buffer.data(), std::min(static_cast<std::size_t>(got), most - std::min(most, into.size())));
}

enum class Ending { kClosed, kTooLate, kTooMuch, kUnknown };

Ending read_all(Child& child, ChildOutcome& outcome, std::size_t most_output, Clock::time_point until) {
  while (child.output.is_open() || child.errors.is_open()) {
    std::array<pollfd, 2> waits{{{child.output.number(), POLLIN, 0}, {child.errors.number(), POLLIN, 0}}};
    const int ready = poll(waits.data(), waits.size(), left_of(until));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0 && Clock::now() >= until) return Ending::kTooLate;
    if (waits[0].revents != 0) read_some(child.output, outcome.output, most_output + 1);
    if (waits[1].revents != 0) read_some(child.errors, outcome.errors, kMostErrors);
    if (outcome.output.size() > most_output) return Ending::kTooMuch;
  }
  return Ending::kClosed;
}

// kClosed: it ended by then; `status` as waitpid tells it. kUnknown: it may have ended, and somebody else
// knows how: where SIGCHLD is ignored nobody does.
Ending wait_until(pid_t pid, Clock::time_point until, int& status) {
  for (;;) {
    const pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid) return Ending::kClosed;
    if (ended < 0 && errno != EINTR) return Ending::kUnknown;
    if (Clock::now() >= until) return Ending::kTooLate;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// A program of another user (sudo) cannot be killed; it is waited for whenever it ends.
void wait_behind(pid_t pid) {
  std::thread([pid] {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }).detach();
}

Result<void> check(const std::vector<std::string>& command) {
  if (command.empty() || command.front().empty())
    return fail(ErrorCode::kInvalidInput, "there is no program to run");
  for (const std::string& argument : command) {
    if (argument.find('\0') != std::string::npos)
      return fail(ErrorCode::kInvalidInput, fmt::format("a NUL byte in an argument of {}", command.front()));
  }
  return {};
}

void end_now(pid_t pid) {
  kill(-pid, SIGKILL);
  int status = 0;
  if (wait_until(pid, Clock::now() + std::chrono::seconds(1), status) == Ending::kTooLate) wait_behind(pid);
}

}  // namespace

Result<ChildOutcome> run_child(const std::vector<std::string>& command, const ChildOptions& options) {
  if (const Result<void> checked = check(command); !checked) return fail(checked.error());
  const auto until = Clock::now() + options.limit;
  Result<Child> child = start(command, options);
  if (!child) return fail(child.error());
  ChildOutcome outcome;
  Ending ending = read_all(*child, outcome, options.most_output, until);
  int status = 0;
  if (ending == Ending::kClosed) ending = wait_until(child->pid, until, status);
  if (ending == Ending::kUnknown)
    return fail(ErrorCode::kUnavailable, fmt::format("nobody can say how {} ended", command.front()));
  if (ending != Ending::kClosed) end_now(child->pid);
  if (ending == Ending::kTooLate)
    return fail(ErrorCode::kUnavailable, fmt::format("{} did not end within {} s", command.front(),
                                                     std::chrono::duration<double>(options.limit).count()));
  if (ending == Ending::kTooMuch)
    return fail(ErrorCode::kLimitExceeded,
                fmt::format("{} wrote more than {} bytes", command.front(), options.most_output));
  outcome.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return outcome;
}

Result<void> start_child_alone(const std::vector<std::string>& command) {
  if (const Result<void> checked = check(command); !checked) return checked;
  const File nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nothing.is_open()) return system_error("cannot open /dev/null");
  const Preparation preparation(nothing.number(), nothing.number(), nothing.number(), POSIX_SPAWN_SETSID);
  const Result<pid_t> pid = spawn(command, {kPath, "LC_ALL=C"}, preparation);
  if (!pid) return fail(pid.error());
  wait_behind(*pid);
  return {};
}

}  // namespace postreeve
