// postreeve-queue: lists, shows, holds, releases and deletes the mail of one account in Postfix's or Exim's
// queue. The part of Postreeve that runs as root; see verbs.h and docs/actions/queue.md.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "queue_helper/arguments.h"
#include "queue_helper/exim_queue.h"
#include "queue_helper/postfix_queue.h"
#include "queue_helper/relay.h"
#include "queue_helper/verbs.h"

namespace postreeve {
namespace {

constexpr int kOk = 0;
constexpr int kUsage = 64;
constexpr int kTryAgain = 75;

// Whoever asks gives up after half a minute; so do we, with whatever we run.
constexpr unsigned kMostSeconds = 29;

void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(kTryAgain);  // nobody reads any more
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

int tell(const Error& error) {
  write_all(error_line(error));
  return error.code == ErrorCode::kInvalidInput ? kUsage : kTryAgain;
}

Result<std::unique_ptr<MailQueue>> queue_of(const HelperRequest& request) {
  if (request.server == ServerKind::kExim) {
    auto queue = EximQueue::open(request.configuration);
    if (!queue) return fail(queue.error());
    return std::move(*queue);
  }
  auto queue = PostfixQueue::open(request.configuration);
  if (!queue) return fail(queue.error());
  return std::move(*queue);
}

bool wants_input(const HelperRequest& request) {
  return request.verb != HelperVerb::kList && request.verb != HelperVerb::kShow;
}

int serve(const std::vector<std::string>& arguments, const std::string* given_input) {
  const Result<HelperRequest> request = read_helper_arguments(arguments);
  if (!request) return tell(request.error());
  std::string input;
  if (given_input != nullptr) {
    input = *given_input;
  } else if (wants_input(*request)) {
    Result<std::string> read = read_to_end(STDIN_FILENO, kMostInputBytes);
    if (!read) return tell(read.error());
    input = std::move(*read);
  }
  const auto queue = queue_of(*request);
  if (!queue) return tell(queue.error());
  // A list of many messages in few writes.
  std::string waiting;
  const Result<void> done = answer_helper_request(*request, **queue, input, [&](std::string_view line) {
    waiting += line;
    if (waiting.size() < 64UL * 1024) return;
    write_all(waiting);
    waiting.clear();
  });
  write_all(waiting);
  return done ? kOk : tell(done.error());
}

int serve_connection() {
  const Result<std::string> text = read_to_end(STDIN_FILENO, kMostInputBytes);
  if (!text) return tell(text.error());
  const Result<RelayedRequest> request = read_relayed_request(*text);
  if (!request) return tell(request.error());
  const std::string input(request->input);
  return serve(request->arguments, &input);
}

int ask(const std::string& socket_path, const std::vector<std::string>& arguments) {
  const Result<HelperRequest> request = read_helper_arguments(arguments);
  if (!request) return tell(request.error());
  const Result<std::string> input =
      wants_input(*request) ? read_to_end(STDIN_FILENO, kMostInputBytes) : Result<std::string>(std::string());
  if (!input) return tell(input.error());
  const Result<std::string> answer = ask_over_socket(socket_path, relayed_request(arguments, *input),
                                                     std::chrono::seconds(kMostSeconds - 1));
  if (!answer) return tell(answer.error());
  write_all(*answer);
  return kOk;
}

int run(std::vector<std::string> arguments) {
  if (arguments.empty() || arguments.front() == "--help") {
    std::fputs(kHelperUsage.data(), stderr);
    return arguments.empty() ? kUsage : kOk;
  }
  if (arguments.size() == 1 && arguments.front() == "--serve-connection") return serve_connection();
  if (arguments.size() < 2 || arguments.front() != "--via") return serve(arguments, nullptr);
  const std::string socket_path = arguments[1];
  arguments.erase(arguments.begin(), arguments.begin() + 2);
  return ask(socket_path, arguments);
}

}  // namespace
}  // namespace postreeve

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  alarm(postreeve::kMostSeconds);
  umask(077);
  // Of what we were started with nothing reaches the mail server's programs (process/child.h).
  if (chdir("/") != 0) return postreeve::kTryAgain;
  try {
    return postreeve::run({argv + 1, argv + argc});
  } catch (const std::exception& wrong) {
    std::fprintf(stderr, "postreeve-queue: %s\n", wrong.what());
    return postreeve::kTryAgain;
  }
}
