#include "replay/verdict_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/json_writer.h"
#include "finding/json_evidence.h"

namespace postreeve {
namespace {

constexpr std::size_t kFlushAt = 1U << 18;

}  // namespace

Result<VerdictWriter> VerdictWriter::open(const std::string& file) {
  const int descriptor = file == "-" ? ::dup(STDOUT_FILENO)
                                     : ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const bool forbidden = errno == EACCES || errno == EPERM || errno == EROFS;
    return fail(forbidden ? ErrorCode::kUnavailable : ErrorCode::kInvalidInput,
                fmt::format("cannot be written: {}", std::generic_category().message(errno)));
  }
  return VerdictWriter(descriptor);
}

VerdictWriter::VerdictWriter(VerdictWriter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      error_(other.error_),
      buffer_(std::move(other.buffer_)),
      second_(other.second_),
      time_text_(std::move(other.time_text_)) {}

VerdictWriter::~VerdictWriter() {
  (void)close();
}

std::string_view VerdictWriter::text_of(Timestamp time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second.time_since_epoch().count() != second_ || time_text_.empty()) {
    second_ = second.time_since_epoch().count();
    time_text_ = format_rfc3339(second);
  }
  const auto ms = static_cast<unsigned>((time - second).count());
  char* digits = time_text_.data() + time_text_.size() - 4;  // "....123Z"
  digits[0] = static_cast<char>('0' + ms / 100);
  digits[1] = static_cast<char>('0' + ms / 10 % 10);
  digits[2] = static_cast<char>('0' + ms % 10);
  return time_text_;
}

void VerdictWriter::write(const Submission& submission, const MessageOutcome& outcome) {
  JsonWriter json(buffer_);
  json.begin_object();
  json.key("time").text(text_of(submission.time));
  json.key("queue_id").text(submission.queue_id);
  json.key("account").text(submission.account.text());
  json.key("action").text(to_text(outcome.action));
  json.key("recipients_accepted").number(outcome.recipients_accepted);
  json.key("recipients_deferred").number(outcome.recipients_deferred);
  json.key("risk").decimal(outcome.risk);
  json.key("standing").text(to_text(outcome.standing.level));
  json.key("evidence");
  write_evidence(json, {outcome.evidence.begin(), outcome.evidence.end()});
  json.end_object();
  end_line();
}

void VerdictWriter::write(const AccountId& account, const StandingChange& change) {
  JsonWriter json(buffer_);
  json.begin_object();
  json.key("time").text(text_of(change.time));
  json.key("incident").text(change.after.incident.to_string());
  json.key("account").text(account.text());
  json.key("standing").text(to_text(change.after.level));
  json.key("messages_out").number(change.outgo.messages);
  json.key("recipients_out").number(change.outgo.recipients);
  json.end_object();
  end_line();
}

void VerdictWriter::end_line() {
  buffer_.push_back('\n');
  if (buffer_.size() >= kFlushAt) flush();
}

void VerdictWriter::flush() {
  std::string_view rest(buffer_.data(), buffer_.size());
  while (!rest.empty() && error_ == 0) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

std::optional<Error> VerdictWriter::close() {
  if (descriptor_ >= 0) {
    flush();
    if (::close(std::exchange(descriptor_, -1)) != 0 && error_ == 0) error_ = errno;
  }
  if (error_ == 0) return std::nullopt;
  return Error{ErrorCode::kUnavailable,
               fmt::format("writing failed: {}", std::generic_category().message(error_))};
}

}  // namespace postreeve
