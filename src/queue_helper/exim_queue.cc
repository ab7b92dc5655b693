#include "queue_helper/exim_queue.h"

#include <algorithm>
#include <array>
#include <span>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/ascii.h"
#include "process/child.h"
#include "queue_helper/bounce.h"
#include "queue_helper/exim_spool_file.h"
#include "queue_helper/spool_files.h"
#include "queue_helper/trusted_path.h"

namespace postreeve {
namespace {

constexpr std::array kPrograms{"/usr/sbin/exim4", "/usr/sbin/exim", "/usr/exim/bin/exim"};
constexpr std::size_t kMostHeaderBytes = 4UL * 1024 * 1024;
constexpr std::size_t kMostReportBytes = 256UL * 1024;
constexpr std::size_t kIdsAtOnce = 200;
constexpr std::size_t kMostReleased = 20'000;  // what a command line surely holds
constexpr std::chrono::seconds kLimit{25};

// ID-D begins with a line that has its own name.
std::string_view body_in(std::string_view file) {
  const auto end = file.find('\n');
  return end == std::string_view::npos ? std::string_view{} : file.substr(end + 1);
}

std::string body_path(const std::string& header_path) {
  return header_path.substr(0, header_path.size() - 1) + 'D';
}

Result<EximEnvelope> envelope_in(const std::string& path, std::size_t most_recipients) {
  const Result<SpoolFile> file = read_spool_file(path, kMostHeaderBytes);
  if (!file) return fail(file.error());
  return read_exim_envelope(file->bytes, most_recipients);
}

std::uint64_t size_of(const std::string& path) {
  struct stat status{};
  const bool is_file = lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  return is_file ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::vector<std::string> with_ids(const std::string& option, std::span<const QueuedMessage> messages) {
  std::vector<std::string> arguments{option};
  for (const QueuedMessage& message : messages) arguments.push_back(message.queue_id);
  return arguments;
}

}  // namespace

EximQueue::EximQueue(std::string program, std::string configuration, std::string folder)
    : program_(std::move(program)), configuration_(std::move(configuration)), folder_(std::move(folder)) {}

std::vector<std::string> EximQueue::command(std::vector<std::string> arguments) const {
  std::vector<std::string> whole{program_};
  if (!configuration_.empty()) whole.insert(whole.end(), {"-C", configuration_});
  whole.insert(whole.end(), arguments.begin(), arguments.end());
  return whole;
}

Result<std::unique_ptr<EximQueue>> EximQueue::open(const std::string& configuration) {
  if (!configuration.empty()) {
    if (const Result<void> checked = check_trusted_path(configuration); !checked)
      return fail(checked.error());
  }
  const auto program =
      std::ranges::find_if(kPrograms, [](const char* path) { return access(path, X_OK) == 0; });
  if (program == kPrograms.end()) return fail(ErrorCode::kUnavailable, "there is no Exim on this machine");
  const EximQueue unplaced(*program, configuration, {});
  const auto said = run_child(unplaced.command({"-bP", "spool_directory"}), {.limit = kLimit});
  if (!said) return fail(said.error());
  constexpr std::string_view kFront = "spool_directory = ";
  const std::string_view answer = trim(said->output);
  if (said->exit_code != 0 || !answer.starts_with(kFront) || answer.find('\n') != std::string_view::npos)
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} -bP spool_directory answers '{}' {}", *program, answer, trim(said->errors)));
  const std::string folder = fmt::format("{}/input", answer.substr(kFront.size()));
  return std::unique_ptr<EximQueue>(new EximQueue(*program, configuration, folder));
}

bool EximQueue::is_queue_id(std::string_view text) const {
  return is_exim_message_id(text);
}

Result<std::vector<QueuedMessage>> EximQueue::scan(const Wanted& wanted) {
  if (access(folder_.c_str(), R_OK | X_OK) != 0)
    return fail(ErrorCode::kUnavailable, fmt::format("the spool in {} cannot be read", folder_));
  std::vector<QueuedMessage> messages;
  walk_spool(folder_, [&](const std::string& path, const std::string& name) {
    if (!name.ends_with("-H")) return;
    const std::string id = name.substr(0, name.size() - 2);
    if (!is_queue_id(id) || (wanted.ids && !wanted.ids->contains(id))) return;
    Result<EximEnvelope> envelope = envelope_in(path, kMostListedRecipients);
    if (!envelope || envelope->message.queue_id != id) return;
    QueuedMessage& message = envelope->message;
    message.size += size_of(body_path(path));
    if (wanted.with_bounce_originals && message.is_local && message.sender.empty()) {
      if (const Result<SpoolFile> body = read_spool_file(body_path(path), kMostReportBytes))
        message.bounce_of =
            originals_of_bounce(fmt::format("{}\n{}", envelope->header, body_in(body->bytes)));
    }
    messages.push_back(std::move(message));
  });
  sort_by_arrival(messages);
  return messages;
}

Result<StoredMessage> EximQueue::read(const std::string& queue_id, std::size_t most_bytes) {
  std::string found;
  walk_spool(folder_, [&](const std::string& path, const std::string& name) {
    if (name == queue_id + "-H") found = path;
  });
  if (found.empty()) return fail(ErrorCode::kNotFound, queue_id + " is not in the queue");
  Result<EximEnvelope> envelope = envelope_in(found, kMostHeaderBytes);
  if (!envelope) return fail(envelope.error());
  const Result<SpoolFile> body = read_spool_file(body_path(found), most_bytes);
  if (!body) return fail(body.error());
  if (!body->is_whole)
    return fail(ErrorCode::kLimitExceeded, fmt::format("{} is longer than {} bytes", queue_id, most_bytes));
  StoredMessage stored{std::move(envelope->message),
                       fmt::format("{}\n{}", envelope->header, body_in(body->bytes))};
  stored.message.size = stored.content.size();
  if (stored.message.is_local && stored.message.sender.empty())
    stored.message.bounce_of = originals_of_bounce(stored.content);
  return stored;
}

// Exim answers for each message in its own words and with an exit code of the last: a scan tells more.
Result<std::size_t> EximQueue::run(const std::string& option, std::span<const QueuedMessage> messages,
                                   Deadline deadline) const {
  std::span<const QueuedMessage> rest = messages;
  while (!rest.empty() && std::chrono::steady_clock::now() < deadline) {
    const auto some = rest.first(std::min(rest.size(), kIdsAtOnce));
    if (const auto done = run_child(command(with_ids(option, some)), {.limit = kLimit}); !done)
      return fail(done.error());
    rest = rest.subspan(some.size());
  }
  return messages.size() - rest.size();
}

Result<void> EximQueue::hold(const std::vector<QueuedMessage>& messages) {
  const auto done = run("-Mf", messages, Deadline::max());
  return done ? Result<void>{} : fail(done.error());
}

Result<void> EximQueue::remove(const std::vector<QueuedMessage>& messages) {
  const auto done = run("-Mrm", messages, Deadline::max());
  return done ? Result<void>{} : fail(done.error());
}

// One process delivers all that was thawed in time: several would not keep the order.
Result<void> EximQueue::release(const std::vector<QueuedMessage>& messages, Deadline deadline) {
  const auto wanted = std::span(messages).first(std::min(messages.size(), kMostReleased));
  const Result<std::size_t> thawed = run("-Mt", wanted, deadline);
  if (!thawed) return fail(thawed.error());
  if (*thawed == 0) return {};
  return start_child_alone(command(with_ids("-M", wanted.first(*thawed))));
}

}  // namespace postreeve
