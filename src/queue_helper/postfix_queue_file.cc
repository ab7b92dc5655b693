#include "queue_helper/postfix_queue_file.h"

#include <charconv>
#include <optional>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr char kSize = 'C';
constexpr char kTime = 'T';
constexpr char kSender = 'S';
constexpr char kRecipient = 'R';
constexpr char kDoneRecipient = 'D';
constexpr char kAttribute = 'A';
constexpr char kContent = 'M';
constexpr char kLine = 'N';
constexpr char kPartOfLine = 'L';
constexpr char kExtracted = 'X';
constexpr char kEnd = 'E';
constexpr char kPointer = 'p';

struct Record {
  char type = 0;
  std::string_view data;
};

std::optional<std::int64_t> number_in(std::string_view text) {
  text = trim(text);
  std::int64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// The first word of `text`, which is cut off.
std::string_view next_word(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

// Goes from record to record, and on from where a pointer leads. Postfix reads each byte at most once; who
// would read more than there is goes in circles.
class Records {
 public:
  Records(std::string_view file, bool is_whole) : file_(file), is_whole_(is_whole) {}

  [[nodiscard]] Result<Record> next() {
    for (;;) {
      Result<Record> record = read();
      if (!record || record->type != kPointer) return record;
      const std::optional<std::int64_t> target = number_in(record->data);
      if (!target) return fail(ErrorCode::kCorrupt, "a pointer that is no number");
      // Room for a pointer that was never used.
      if (*target != 0) at_ = static_cast<std::size_t>(*target);
    }
  }

 private:
  [[nodiscard]] std::unexpected<Error> too_short() const {
    return is_whole_ ? fail(ErrorCode::kCorrupt, "the file ends within a message")
                     : fail(ErrorCode::kLimitExceeded, "the front of the file is too short");
  }

  [[nodiscard]] Result<Record> read() {
    if (at_ >= file_.size()) return too_short();
    std::size_t at = at_;
    Record record{file_[at++], {}};
    std::size_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (at >= file_.size()) return too_short();
      const auto byte = static_cast<unsigned char>(file_[at++]);
      if (shift > 28) return fail(ErrorCode::kCorrupt, "a record of impossible length");
      length |= static_cast<std::size_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    if (length > file_.size() - at) return too_short();
    record.data = file_.substr(at, length);
    seen_ += at + length - at_;
    if (seen_ > file_.size()) return fail(ErrorCode::kCorrupt, "the records go in circles");
    at_ = at + length;
    return record;
  }

  std::string_view file_;
  bool is_whole_;
  std::size_t at_ = 0;
  std::size_t seen_ = 0;
};

class EnvelopeReader {
 public:
  explicit EnvelopeReader(std::size_t most_recipients) : most_recipients_(most_recipients) {}

  // What the record says; before the content only.
  void take(const Record& record) {
    switch (record.type) {
      case kSize:
        take_size(record.data);
        break;
      case kTime:
        take_time(record.data);
        break;
      case kSender:
        message_.sender = record.data;
        has_sender_ = true;
        break;
      case kAttribute:
        take_attribute(record.data);
        break;
      default:
        take_recipient(record);
    }
  }

  // A milter adds recipients behind the content.
  void take_recipient(const Record& record) {
    if (record.type == kDoneRecipient) ++message_.done_recipients;
    if (record.type != kRecipient) return;
    ++message_.open_recipients;
    if (message_.recipients.size() < most_recipients_) message_.recipients.emplace_back(record.data);
  }

  // More recipients may lie behind the content.
  [[nodiscard]] bool lacks_recipients() const {
    return message_.open_recipients + message_.done_recipients < said_recipients_;
  }

  [[nodiscard]] Result<QueuedMessage> finish() {
    if (!has_sender_ || message_.arrived == 0)
      return fail(ErrorCode::kCorrupt, "an envelope without sender or time");
    if (has_two_logins_) message_.login.clear();
    message_.is_local = is_local_ && message_.login.empty() && message_.client_address.empty();
    if (message_.created == 0) message_.created = message_.arrived / 1'000'000;
    return std::move(message_);
  }

 private:
  // "size offset recipients ...", in columns.
  void take_size(std::string_view data) {
    message_.size = static_cast<std::uint64_t>(number_in(next_word(data)).value_or(0));
    next_word(data);
    said_recipients_ = static_cast<std::uint64_t>(number_in(next_word(data)).value_or(0));
  }

  // "seconds" or "seconds microseconds".
  void take_time(std::string_view data) {
    constexpr std::int64_t kLatest = 1'000'000'000'000;  // seconds: no time that overflows below
    const auto seconds = number_in(next_word(data));
    const auto micros = number_in(next_word(data));
    if (!seconds || *seconds > kLatest) return;
    const std::int64_t part = micros && *micros < 1'000'000 ? *micros : 0;
    message_.arrived = *seconds * 1'000'000 + part;
  }

  void take_attribute(std::string_view data) {
    const auto equals = data.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view name = data.substr(0, equals);
    const std::string_view value = data.substr(equals + 1);
    if (name == "sasl_username") {
      has_two_logins_ |= has_login_ && message_.login != value;
      has_login_ = true;
      message_.login = value;
    } else if (name == "client_address") {
      message_.client_address = value;
    } else if (name == "create_time") {
      message_.created = number_in(value).value_or(0);
    } else if (name == "log_message_origin") {
      is_local_ = value == "local";
    }
  }

  std::size_t most_recipients_;
  QueuedMessage message_;
  std::uint64_t said_recipients_ = 0;
  bool has_sender_ = false;
  bool has_login_ = false;
  bool has_two_logins_ = false;
  bool is_local_ = false;
};

}  // namespace

Result<QueuedMessage> read_postfix_envelope(std::string_view file, bool is_whole,
                                            std::size_t most_recipients) {
  if (!file.empty() && file.front() != kSize) return fail(ErrorCode::kCorrupt, "this is no queue file");
  Records records(file, is_whole);
  EnvelopeReader reader(most_recipients);
  bool is_content = false;
  for (;;) {
    const Result<Record> record = records.next();
    if (!record) return fail(record.error());
    if (record->type == kEnd) return reader.finish();
    if (record->type == kContent) {
      is_content = true;
      if (!reader.lacks_recipients()) return reader.finish();
    } else if (is_content) {
      reader.take_recipient(*record);
    } else {
      reader.take(*record);
    }
  }
}

Result<std::string> read_postfix_content(std::string_view file) {
  if (file.empty() || file.front() != kSize) return fail(ErrorCode::kCorrupt, "this is no queue file");
  Records records(file, true);
  std::string content;
  bool is_content = false;
  for (;;) {
    const Result<Record> record = records.next();
    if (!record) return fail(record.error());
    if (record->type == kExtracted || record->type == kEnd) return content;
    if (record->type == kContent) is_content = true;
    if (!is_content || (record->type != kLine && record->type != kPartOfLine)) continue;
    content += record->data;
    if (record->type == kLine) content += '\n';
  }
}

}  // namespace postreeve
