// One line of a log, its envelope understood and its message parsed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "intake/record.h"

namespace postreeve {

enum class Program : std::uint8_t { kUnknown, kPostfix, kExim, kDovecot, kOther };
[[nodiscard]] std::string_view to_text(Program program) noexcept;

// A stamp as written: in UTC when the line names its offset, else civil time of an
// unnamed zone, perhaps without a year (RFC 3164). log_clock.h makes it a Timestamp.
struct Stamp {
  std::int16_t year = 0;  // 0: not written
  std::uint8_t month = 0;
  std::uint8_t day = 0;
  Duration time_of_day{0};
  std::optional<Duration> utc_offset;
};

struct LogLine {
  std::optional<Stamp> stamp;
  std::string_view host;  // empty for a program's own file
  Program program = Program::kUnknown;
  std::string_view tag;  // "postfix/submission/smtpd", "dovecot", "exim"
  Record record;
};

// Understands RFC 3164 ("Nov 22 00:08:02 mx postfix/smtpd[77]: ..."), RFC 3339
// ("2026-11-22T00:08:02.123+01:00 mx postfix/smtpd[77]: ..."), RFC 5424
// ("<22>1 2026-11-22T00:08:02Z mx postfix/smtpd 77 - - ..."), Dovecot's own file
// ("2026-11-22 00:08:02 imap-login: Info: ...", "Nov 22 00:08:02 imap-login: Info: ...")
// and Exim's own files. Never throws; a line without a known envelope has program kUnknown
// and record NotUnderstood, an empty line NothingToSay.
[[nodiscard]] LogLine parse_log_line(std::string_view line);

}  // namespace postreeve
