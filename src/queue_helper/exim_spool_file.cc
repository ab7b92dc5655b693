#include "queue_helper/exim_spool_file.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>

#include "base/ascii.h"

namespace postreeve {
namespace {

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool is_over() const { return rest_.empty(); }
  // Without its line break; "" behind the end.
  std::string_view next() {
    const auto end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return line;
  }
  void skip(std::size_t bytes) { rest_.remove_prefix(std::min(bytes, rest_.size())); }
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// "-name value", "--name value" (from outside), "--(lookup)name value".
struct Option {
  std::string_view name;
  std::string_view value;
};

Option option_in(std::string_view line) {
  while (!line.empty() && line.front() == '-') line.remove_prefix(1);
  if (line.starts_with('(')) line.remove_prefix(std::min(line.size(), line.find(')') + 1));
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return {line, {}};
  return {line.substr(0, space), line.substr(space + 1)};
}

// "[198.51.100.7]:47931"; older ones write "198.51.100.7.47931".
std::string_view address_in(std::string_view value) {
  if (value.starts_with('[')) return value.substr(1, value.find(']') - 1);
  return value.substr(0, value.rfind('.'));
}

void take_option(Lines& lines, QueuedMessage& message) {
  const Option option = option_in(lines.next());
  if (option.name == "auth_id") {
    message.login = option.value;
  } else if (option.name == "host_address") {
    message.client_address = address_in(option.value);
  } else if (option.name == "frozen") {
    message.queue = QueueName::kHold;
  } else if (option.name == "local") {
    message.is_local = true;
  } else if (option.name == "received_time_usec" && option.value.starts_with('.')) {
    const auto micros = number_in(option.value.substr(1));
    if (micros && *micros < 1'000'000) message.arrived += *micros;
  } else if (option.name == "aclc" || option.name == "aclm" || option.name == "acl") {
    // "-aclm NAME LENGTH", then that many bytes and a line break, whatever they are.
    const auto length = number_in(option.value.substr(option.value.rfind(' ') + 1));
    if (length) lines.skip(static_cast<std::size_t>(*length) + 1);
  }
}

// A tree of who got it already, in prefix order: "XX" when empty, else "YN address" with a letter for each
// side that has a tree of its own.
std::optional<std::set<std::string, std::less<>>> served_in(Lines& lines) {
  std::set<std::string, std::less<>> served;
  std::string_view line = lines.next();
  if (line == "XX") return served;
  for (std::size_t wanted = 1;; line = lines.next()) {
    if (line.size() < 4 || line[2] != ' ') return std::nullopt;
    served.emplace(line.substr(3));
    wanted += static_cast<std::size_t>(line[0] == 'Y') + static_cast<std::size_t>(line[1] == 'Y');
    if (--wanted == 0) return served;
  }
}

// "address", or "address more,1#5" with what redirection and DSN added.
std::string_view recipient_in(std::string_view line) {
  const bool has_more = line.find('#') != std::string_view::npos && is_digit(line.back());
  return has_more ? line.substr(0, line.find(' ')) : line;
}

bool take_recipients(Lines& lines, std::size_t most_recipients, QueuedMessage& message) {
  const auto served = served_in(lines);
  const auto count = number_in(lines.next());
  if (!served || !count) return false;
  for (std::int64_t i = 0; i < *count; ++i) {
    if (lines.is_over()) return false;
    const std::string_view recipient = recipient_in(lines.next());
    if (served->contains(recipient)) {
      ++message.done_recipients;
      continue;
    }
    ++message.open_recipients;
    if (message.recipients.size() < most_recipients) message.recipients.emplace_back(recipient);
  }
  return !lines.is_over() && lines.next().empty();
}

// "246P Received: ...": length, a flag, a space, then that many bytes. Flag '*': rewritten, no longer valid.
std::string header_in(Lines lines) {
  std::string header;
  while (!lines.is_over()) {
    const std::string_view rest = lines.rest();
    std::size_t length = 0;
    const auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    // Three digits, a flag and a space: "021  Subject: ..." has a space for a flag.
    if (status != std::errc() || digits + 2 > rest.size()) break;
    const char flag = rest[digits];
    const std::string_view text = rest.substr(digits + 2, length);
    if (flag != '*') header += text;
    lines.skip(digits + 2 + std::max<std::size_t>(length, 1));
  }
  return header;
}

}  // namespace

Result<EximEnvelope> read_exim_envelope(std::string_view file, std::size_t most_recipients) {
  const auto corrupt = [] { return fail(ErrorCode::kCorrupt, "this is no envelope of Exim's"); };
  EximEnvelope envelope;
  QueuedMessage& message = envelope.message;
  message.queue = QueueName::kActive;
  Lines lines(file);
  const std::string_view name = lines.next();
  if (!name.ends_with("-H") || !is_exim_message_id(name.substr(0, name.size() - 2))) return corrupt();
  message.queue_id = name.substr(0, name.size() - 2);
  lines.next();  // the user it belongs to
  const std::string_view sender = lines.next();
  if (sender.size() < 2 || sender.front() != '<' || sender.back() != '>') return corrupt();
  message.sender = sender.substr(1, sender.size() - 2);
  const std::string_view times = lines.next();
  const auto arrived = number_in(times.substr(0, times.find(' ')));
  constexpr std::int64_t kLatest = 1'000'000'000'000;
  if (!arrived || *arrived == 0 || *arrived > kLatest) return corrupt();
  message.created = *arrived;
  message.arrived = *arrived * 1'000'000;
  while (lines.peek() == '-') take_option(lines, message);
  message.is_local = message.login.empty() && message.client_address.empty();
  if (!take_recipients(lines, most_recipients, message)) return corrupt();
  envelope.header = header_in(lines);
  message.size = envelope.header.size();
  return envelope;
}

}  // namespace postreeve
