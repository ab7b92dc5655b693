#include "intake/log_line.h"

#include <algorithm>

#include "base/ascii.h"
#include "intake/grammars.h"
#include "intake/log_stamp.h"
#include "intake/log_tag.h"

namespace postreeve {
namespace {

using std::string_view_literals::operator""sv;

// Exim in syslog repeats its own stamp (syslog_timestamp) and may add "[pid] ".
std::string_view without_pid(std::string_view message) noexcept {
  if (message.empty() || message[0] != '[') return message;
  std::size_t at = 1;
  while (at < message.size() && is_digit(message[at])) ++at;
  if (at == 1 || at + 1 >= message.size() || message[at] != ']' || message[at + 1] != ' ') return message;
  return message.substr(at + 2);
}

void parse_exim_message(LogLine& line, std::string_view message) {
  line.program = Program::kExim;
  if (!message.empty() && is_digit(message[0])) {
    const auto own = take_iso_stamp(message);
    // It has the year, and perhaps milliseconds and the zone.
    if (own && (!line.stamp || line.stamp->year == 0)) line.stamp = own;
  }
  line.record = parse_exim(without_pid(message));
}

void parse_dovecot_message(LogLine& line, std::string_view message) {
  line.program = Program::kDovecot;
  // Seen with loggers that add the name once more.
  if (message.starts_with("dovecot: ")) message.remove_prefix(9);
  line.record = parse_dovecot(message);
}

// `text` is the line from the tag on.
void parse_message(LogLine& line, std::string_view text, std::string_view message) {
  const auto tag = line.tag;
  if (const auto service = postfix_service(tag); !service.empty()) {
    line.program = Program::kPostfix;
    line.record = parse_postfix(service, message);
    return;
  }
  if (tag == "dovecot") return parse_dovecot_message(line, message);
  // "auth: pam_unix(dovecot:auth): ..." and "dovecot-auth: ..." by way of PAM.
  if (tag.starts_with("dovecot-") || message.starts_with("pam_unix(dovecot:")) {
    return parse_dovecot_message(line, text);
  }
  if (is_exim_tag(tag)) return parse_exim_message(line, message);
  line.program = Program::kOther;
  line.record = NothingToSay{};
}

// rsyslog: "message repeated 3 times: [ warning: unknown[192.0.2.7]: SASL ...]".
struct Repeated {
  std::string_view message;
  std::uint32_t times = 1;
};

Repeated unfold_repetition(std::string_view message) noexcept {
  constexpr auto kBegin = "message repeated "sv;
  if (!message.starts_with(kBegin)) return {message};
  auto rest = message.substr(kBegin.size());
  std::uint32_t times = 0;
  std::size_t digits = 0;
  while (digits < rest.size() && digits < 6 && is_digit(rest[digits])) {
    times = times * 10 + static_cast<std::uint32_t>(rest[digits++] - '0');
  }
  rest.remove_prefix(digits);
  constexpr auto kMiddle = " times: ["sv;
  if (times == 0 || !rest.starts_with(kMiddle) || !rest.ends_with(']')) return {message};
  rest.remove_prefix(kMiddle.size());
  rest.remove_suffix(1);
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  return {rest, times};
}

void count_repetition(Record& record, std::uint32_t times) noexcept {
  auto* login = std::get_if<LoginSeen>(&record);
  if (login == nullptr || times == 1) return;
  const auto attempts = static_cast<std::uint64_t>(login->attempts) * times;
  login->attempts = static_cast<std::uint32_t>(std::min<std::uint64_t>(attempts, 1'000'000));
}

// Sun: "tag[pid]: [ID 197553 mail.info] message".
std::string_view without_sun_id(std::string_view message) noexcept {
  if (!message.starts_with("[ID ")) return message;
  const auto close = message.find("] ");
  return close > 40 ? message : message.substr(close + 2);  // npos is more, too
}

// `text` begins with the tag.
void parse_tagged(LogLine& line, std::string_view text) {
  const auto split = split_tag(text);
  line.tag = split.tag;
  if (split.tag.empty()) {  // "last message repeated 3 times"
    line.program = Program::kOther;
    line.record = NothingToSay{};
    return;
  }
  const char first = split.message.empty() ? '\0' : split.message[0];
  if (first != 'm' && first != '[') return parse_message(line, text, split.message);
  const auto repeated = unfold_repetition(without_sun_id(split.message));
  parse_message(line, text, repeated.message);
  count_repetition(line.record, repeated.times);
}

void parse_dovecot_file(LogLine& line, std::string_view text) {
  line.tag = "dovecot";
  parse_dovecot_message(line, text);
}

// Behind a stamp of syslog: "host tag[pid]: message", "tag[pid]: message" or Dovecot's own file.
void parse_behind_syslog_stamp(LogLine& line, std::string_view rest) {
  rest = without_severity(rest);
  if (begins_with_dovecot_process(rest)) return parse_dovecot_file(line, rest);
  const auto space = rest.find(' ');
  if (space == std::string_view::npos) return;
  if (rest[space - (space > 0 ? 1 : 0)] == ':') return parse_tagged(line, rest);  // no host
  line.host = rest.substr(0, space);
  rest.remove_prefix(space + 1);
  if (rest.starts_with('<')) {  // BSD syslogd -v: "host <mail.info> tag[pid]: ..."
    const auto close = rest.find("> ");
    if (close < 24) rest.remove_prefix(close + 2);
  }
  parse_tagged(line, rest);
}

bool is_host_char(char c) noexcept {
  return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == ':';
}

// "host exim[77]: ", "host postfix/smtpd[77]: ", "host su[77]: " behind "2026-11-22 00:08:02 ", where
// Exim's own messages could stand as well.
bool is_syslog_behind_civil_stamp(std::string_view rest) noexcept {
  const auto space = rest.find(' ');
  if (space == std::string_view::npos || space == 0 || space > 255) return false;
  if (!std::ranges::all_of(rest.substr(0, space), is_host_char)) return false;
  const auto split = split_tag(rest.substr(space + 1));
  if (split.tag.empty() || !is_alpha(split.tag[0])) return false;
  return split.has_pid || split.tag == "dovecot" || is_exim_tag(split.tag) ||
         !postfix_service(split.tag).empty();
}

// "CRIT: ", "INFO: ": another program's own file.
bool begins_with_capital_severity(std::string_view rest) noexcept {
  std::size_t size = 0;
  while (size < rest.size() && size < 7 && is_upper(rest[size])) ++size;
  return size >= 4 && size <= 6 && rest.substr(size).starts_with(": ");
}

// 16RdAL-0006pc-00, 10HmaX-000000005vi-0000
bool begins_with_exim_id(std::string_view rest) noexcept {
  return rest.size() > 18 && rest[6] == '-' && (rest[13] == '-' || rest[18] == '-');
}

// Behind "2026-11-22 00:08:02 ": Exim's or Dovecot's own file, seldom syslog.
void parse_behind_civil_stamp(LogLine& line, std::string_view rest) {
  if (!begins_with_exim_id(rest)) {
    rest = without_severity(rest);
    if (begins_with_dovecot_process(rest)) return parse_dovecot_file(line, rest);
    if (is_syslog_behind_civil_stamp(rest)) return parse_behind_syslog_stamp(line, rest);
    if (begins_with_capital_severity(rest)) {
      line.program = Program::kOther;
      line.record = NothingToSay{};
      return;
    }
  }
  line.tag = "exim";
  line.program = Program::kExim;
  line.record = parse_exim(without_pid(rest));
}

std::string_view take_word(std::string_view& text) noexcept {
  const auto space = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, space);
  text.remove_prefix(std::min(space + 1, text.size()));
  return word;
}

// RFC 5424 6.3: "-" or elements in brackets, whose quoted values may contain escaped quotes and brackets.
bool skip_structured_data(std::string_view& text) noexcept {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
  } else {
    while (text.starts_with('[')) {
      std::size_t at = 1;
      for (bool is_quoted = false; at < text.size() && (is_quoted || text[at] != ']'); ++at) {
        if (text[at] == '\\' && is_quoted) {
          ++at;
        } else if (text[at] == '"') {
          is_quoted = !is_quoted;
        }
      }
      if (at >= text.size()) return false;
      text.remove_prefix(at + 1);
    }
  }
  if (!text.empty() && text[0] != ' ') return false;
  if (!text.empty()) text.remove_prefix(1);
  return true;
}

// RFC 5424 6, behind "<pri>1 ".
void parse_rfc5424(LogLine& line, std::string_view rest) {
  if (rest.starts_with("- ")) {
    rest.remove_prefix(2);
  } else {
    line.stamp = take_iso_stamp(rest);
    if (!line.stamp) return;
  }
  const auto host = take_word(rest);
  const auto name = take_word(rest);
  take_word(rest);  // PROCID
  take_word(rest);  // MSGID
  if (name.empty() || !skip_structured_data(rest)) return;
  if (host != "-") line.host = host;
  line.tag = name;
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  const auto repeated = unfold_repetition(rest);
  parse_message(line, repeated.message, repeated.message);
  count_repetition(line.record, repeated.times);
}

// What Exim's rejectlog writes below a refused message: its envelope and headers.
bool is_rejected_header(std::string_view line) noexcept {
  if (line.starts_with("Envelope-from: <") || line.starts_with("Envelope-to: <")) return true;
  if (line.starts_with("----------")) return true;
  if (line.size() < 4 || line[1] != ' ' || (!is_upper(line[0]) && line[0] != '*')) return false;
  std::size_t at = 2;
  while (at < line.size() && (is_alnum(line[at]) || line[at] == '-')) ++at;
  return at > 2 && at < line.size() && line[at] == ':';
}

// A line that does not begin with a stamp.
void parse_unstamped(LogLine& line, std::string_view text) {
  if (is_space(text[0])) {  // the line before goes on
    line.program = Program::kOther;
    line.record = NothingToSay{};
  } else if (is_rejected_header(text)) {
    line.program = Program::kExim;
    line.record = NothingToSay{};
  } else if (is_syslog_behind_civil_stamp(text)) {
    // "host exim[77]: 2026-11-22 00:08:02 ...": the only stamp is Exim's own.
    auto rest = text;
    const auto host = take_word(rest);
    auto split = split_tag(rest);
    if (!is_exim_tag(split.tag) || !find_stamp(split.message)) return;
    line.host = host;
    line.tag = split.tag;
    parse_exim_message(line, split.message);
  }
}

LogLine understand(std::string_view text) {
  LogLine line;
  line.record = NotUnderstood{};
  auto rest = text;
  skip_priority(rest);
  if (rest.size() < text.size() && rest.starts_with("1 ")) {
    parse_rfc5424(line, rest.substr(2));
    return line;
  }
  if (rest.empty()) return line;
  if (is_digit(rest[0])) {
    const bool is_civil = rest.size() > 10 && rest[10] == ' ';
    line.stamp = take_iso_stamp(rest);
    if (line.stamp && is_civil) {
      parse_behind_civil_stamp(line, rest);
    } else if (line.stamp) {
      parse_behind_syslog_stamp(line, rest);
    } else {
      parse_unstamped(line, rest);
    }
    return line;
  }
  line.stamp = rest[0] == '@' ? take_tai_stamp(rest) : take_bsd_stamp(rest);
  if (line.stamp) {
    parse_behind_syslog_stamp(line, rest);
  } else {
    parse_unstamped(line, rest);
  }
  return line;
}

}  // namespace

std::string_view to_text(Program program) noexcept {
  switch (program) {
    case Program::kPostfix:
      return "postfix";
    case Program::kExim:
      return "exim";
    case Program::kDovecot:
      return "dovecot";
    case Program::kUnknown:
    case Program::kOther:
      break;
  }
  return "other";
}

LogLine parse_log_line(std::string_view line) {
  if (trim(line).empty()) return {};
  return understand(line);
}

}  // namespace postreeve
