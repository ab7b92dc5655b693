#include "queue_helper/postfix_queue.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <thread>

#include <unistd.h>

#include <fmt/format.h>

#include "base/ascii.h"
#include "process/child.h"
#include "queue_helper/bounce.h"
#include "queue_helper/postfix_queue_file.h"
#include "queue_helper/spool_files.h"
#include "queue_helper/trusted_path.h"

namespace postreeve {
namespace {

// In the way of a message, so that one that moves on meanwhile is seen at its next station.
constexpr std::array kQueues{QueueName::kHold, QueueName::kIncoming, QueueName::kActive,
                             QueueName::kDeferred};
// Between these a message goes to and fro.
constexpr std::array kMovingQueues{QueueName::kActive, QueueName::kDeferred};
constexpr int kMostRounds = 5;

constexpr std::size_t kFrontBytes = 16UL * 1024;
constexpr std::size_t kMostFileBytes = 256UL * 1024 * 1024;
constexpr std::size_t kReleasedAtOnce = 20;
// With a daemon that is to take a message out of its folder.
constexpr std::chrono::seconds kPatience{3};

std::int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string ids_of(const std::vector<QueuedMessage>& messages) {
  std::string lines;
  for (const QueuedMessage& message : messages) lines += message.queue_id + '\n';
  return lines;
}

// Its path; empty: it is not in that queue.
std::string find_file(const std::string& folder, QueueName queue, const std::string& queue_id) {
  std::string found;
  walk_spool(fmt::format("{}/{}", folder, to_text(queue)), [&](const std::string& path, const auto& name) {
    if (name == queue_id) found = path;
  });
  return found;
}

// Waits until the file is gone; whether it was in time.
bool is_taken(const std::string& file) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (access(file.c_str(), F_OK) == 0) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

// The whole file only where its front does not say enough.
Result<QueuedMessage> message_in(const std::string& path, bool with_bounce_originals) {
  Result<SpoolFile> file = read_spool_file(path, kFrontBytes);
  if (!file) return fail(file.error());
  if (!file->is_executable) return fail(ErrorCode::kNotFound, path + " is still being written");
  Result<QueuedMessage> message = read_postfix_envelope(file->bytes, file->is_whole, kMostListedRecipients);
  const bool needs_all = (!message && message.error().code == ErrorCode::kLimitExceeded) ||
                         (message && message->is_local && with_bounce_originals);
  if (!needs_all) return message;
  file = read_spool_file(path, kMostFileBytes);
  if (!file) return fail(file.error());
  message = read_postfix_envelope(file->bytes, true, kMostListedRecipients);
  if (!message || !message->is_local || !message->sender.empty() || !with_bounce_originals) return message;
  if (const Result<std::string> content = read_postfix_content(file->bytes))
    message->bounce_of = originals_of_bounce(*content);
  return message;
}

}  // namespace

std::optional<std::int64_t> read_postfix_seconds(std::string_view text) {
  text = trim(text);
  std::int64_t count = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (status != std::errc() || count < 0 || count > 1'000'000'000) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.empty() || unit == "s") return count;
  if (unit == "m") return count * 60;
  if (unit == "h") return count * 3600;
  if (unit == "d") return count * 86'400;
  if (unit == "w") return count * 7 * 86'400;
  return std::nullopt;
}

std::vector<QueuedMessage> messages_in_postfix_queue(const std::string& folder, const Wanted& wanted,
                                                     const std::function<void(QueueName)>& before_looking) {
  std::vector<QueuedMessage> messages;
  std::set<std::string, std::less<>> seen;
  const auto look = [&](QueueName queue, bool is_first_round) {
    if (before_looking) before_looking(queue);
    walk_spool(fmt::format("{}/{}", folder, to_text(queue)), [&](const std::string& path, const auto& name) {
      if (!is_postfix_queue_id(name) || (wanted.ids && !wanted.ids->contains(name))) return;
      if (!is_first_round && seen.contains(name)) return;
      Result<QueuedMessage> message = message_in(path, wanted.with_bounce_originals);
      if (!message) return;
      message->queue_id = name;
      message->queue = queue;
      messages.push_back(std::move(*message));
      seen.insert(name);
    });
  };
  for (const QueueName queue : kQueues) look(queue, true);
  for (int round = 1; round < kMostRounds; ++round) {
    const std::size_t before = messages.size();
    for (const QueueName queue : kMovingQueues) look(queue, false);
    if (messages.size() == before) break;
  }
  sort_by_arrival(messages);
  return messages;
}

PostfixQueue::PostfixQueue(std::string configuration, std::string folder, Lifetimes lifetimes)
    : configuration_(std::move(configuration)), folder_(std::move(folder)), lifetimes_(lifetimes) {}

Result<std::unique_ptr<PostfixQueue>> PostfixQueue::open(const std::string& configuration) {
  if (!configuration.empty()) {
    if (const Result<void> checked = check_trusted_path(configuration); !checked)
      return fail(checked.error());
    if (const Result<void> checked = check_trusted_path(configuration + "/main.cf"); !checked)
      return fail(checked.error());
  }
  const PostfixQueue unplaced(configuration, {}, {});
  const Result<std::string> said = unplaced.run(
      "postconf", {"-x", "-h", "queue_directory", "maximal_queue_lifetime", "bounce_queue_lifetime"});
  if (!said) return fail(said.error());
  std::array<std::string, 3> values;
  std::string_view rest = *said;
  for (std::string& value : values) {
    const auto end = std::min(rest.find('\n'), rest.size());
    value = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const auto mail = read_postfix_seconds(values[1]);
  const auto bounce = read_postfix_seconds(values[2]);
  if (!values[0].starts_with('/') || !mail || !bounce)
    return fail(ErrorCode::kUnavailable, fmt::format("postconf answers '{}'", *said));
  return std::unique_ptr<PostfixQueue>(new PostfixQueue(configuration, values[0], {*mail, *bounce}));
}

Result<std::string> PostfixQueue::run(const std::string& program, std::vector<std::string> arguments,
                                      std::string input) const {
  if (!configuration_.empty()) arguments.insert(arguments.begin(), {"-c", configuration_});
  arguments.insert(arguments.begin(), "/usr/sbin/" + program);
  const auto done = run_child(arguments, {.input = std::move(input), .limit = std::chrono::seconds(25)});
  if (!done) return fail(done.error());
  if (done->exit_code != 0)
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} ended with {}: {}", program, done->exit_code, trim(done->errors)));
  return done->output;
}

bool PostfixQueue::is_queue_id(std::string_view text) const {
  return is_postfix_queue_id(text);
}

Result<std::vector<QueuedMessage>> PostfixQueue::scan(const Wanted& wanted) {
  if (access((folder_ + "/hold").c_str(), R_OK | X_OK) != 0)
    return fail(ErrorCode::kUnavailable, fmt::format("the queue in {} cannot be read", folder_));
  return messages_in_postfix_queue(folder_, wanted);
}

Result<StoredMessage> PostfixQueue::read(const std::string& queue_id, std::size_t most_bytes) {
  // Twice: see kMovingQueues.
  constexpr std::array kStations{QueueName::kHold,     QueueName::kIncoming, QueueName::kActive,
                                 QueueName::kDeferred, QueueName::kActive,   QueueName::kDeferred};
  for (const QueueName queue : kStations) {
    const std::string found = find_file(folder_, queue, queue_id);
    if (found.empty()) continue;
    const Result<SpoolFile> file = read_spool_file(found, most_bytes);
    if (!file) continue;  // it moved on
    if (!file->is_whole)
      return fail(ErrorCode::kLimitExceeded, fmt::format("{} is longer than {} bytes", queue_id, most_bytes));
    Result<QueuedMessage> message = read_postfix_envelope(file->bytes, true, file->bytes.size());
    if (!message) return fail(message.error());
    Result<std::string> content = read_postfix_content(file->bytes);
    if (!content) return fail(content.error());
    message->queue_id = queue_id;
    message->queue = queue;
    if (message->is_local && message->sender.empty()) message->bounce_of = originals_of_bounce(*content);
    return StoredMessage{std::move(*message), std::move(*content)};
  }
  return fail(ErrorCode::kNotFound, queue_id + " is not in the queue");
}

Result<void> PostfixQueue::hold(const std::vector<QueuedMessage>& messages) {
  const auto done = run("postsuper", {"-h", "-"}, ids_of(messages));
  return done ? Result<void>{} : fail(done.error());
}

Result<void> PostfixQueue::remove(const std::vector<QueuedMessage>& messages) {
  const auto done = run("postsuper", {"-d", "-", "hold"}, ids_of(messages));
  return done ? Result<void>{} : fail(done.error());
}

bool PostfixQueue::is_old(const QueuedMessage& message, std::int64_t now) const {
  const std::int64_t lifetime = message.sender.empty() ? lifetimes_.bounce : lifetimes_.mail;
  return lifetime > 0 && now - message.created > lifetime / 2;
}

Result<void> PostfixQueue::release(const std::vector<QueuedMessage>& messages, Deadline deadline) {
  const std::int64_t now = seconds_now();
  bool keeps_up = true;
  for (auto at = messages.begin(); at != messages.end() && std::chrono::steady_clock::now() < deadline;) {
    auto end = at;
    while (end != messages.end() && end - at < static_cast<std::ptrdiff_t>(kReleasedAtOnce) &&
           !is_old(*end, now))
      ++end;
    const Result<void> released = end == at ? queue_anew(*at) : release_young({at, end}, keeps_up);
    if (!released) return released;
    at = end == at ? at + 1 : end;
  }
  return {};
}

// Into the deferred queue, then each at once: without that they would wait for the next run, in any order. So
// would those that lie in the incoming queue together: the next one waits until the queue manager has the one
// before. A queue manager that is stopped or full is waited for once.
Result<void> PostfixQueue::release_young(const std::vector<QueuedMessage>& messages, bool& keeps_up) const {
  if (const auto done = run("postsuper", {"-H", "-"}, ids_of(messages)); !done) return fail(done.error());
  for (const QueuedMessage& message : messages) {
    if (const auto done = run("postqueue", {"-i", message.queue_id}); !done) return fail(done.error());
    if (keeps_up) keeps_up = is_taken(find_file(folder_, QueueName::kIncoming, message.queue_id));
  }
  return {};
}

// Waits until it was picked up, so that the next one does not overtake it. A pickup that sleeps finds it
// within a minute.
Result<void> PostfixQueue::queue_anew(const QueuedMessage& message) const {
  if (const auto done = run("postsuper", {"-r", "-", "hold"}, message.queue_id + '\n'); !done)
    return fail(done.error());
  if (const auto done = run("postkick", {"public", "pickup", "W"}); !done) return fail(done.error());
  is_taken(fmt::format("{}/maildrop/{}", folder_, message.queue_id));
  return {};
}

}  // namespace postreeve
