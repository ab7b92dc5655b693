#include "intake/log_stamp.h"

#include <array>
#include <chrono>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr std::array<std::uint8_t, 13> kLongestMonth = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

constexpr int digit(char c) noexcept {
  return c - '0';
}

// Two digits at `at`, which must exist; -1 when they are none.
constexpr int two_digits(std::string_view text, std::size_t at) noexcept {
  if (!is_digit(text[at]) || !is_digit(text[at + 1])) return -1;
  return digit(text[at]) * 10 + digit(text[at + 1]);
}

constexpr std::uint32_t three_letters(const char* at) noexcept {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(at[0])) << 16U |
         static_cast<std::uint32_t>(static_cast<unsigned char>(at[1])) << 8U |
         static_cast<unsigned char>(at[2]);
}

constexpr std::uint8_t month_number(const char* name) noexcept {
  switch (three_letters(name)) {
    case three_letters("Jan"):
      return 1;
    case three_letters("Feb"):
      return 2;
    case three_letters("Mar"):
      return 3;
    case three_letters("Apr"):
      return 4;
    case three_letters("May"):
      return 5;
    case three_letters("Jun"):
      return 6;
    case three_letters("Jul"):
      return 7;
    case three_letters("Aug"):
      return 8;
    case three_letters("Sep"):
      return 9;
    case three_letters("Oct"):
      return 10;
    case three_letters("Nov"):
      return 11;
    case three_letters("Dec"):
      return 12;
    default:
      return 0;
  }
}

constexpr bool is_leap(int year) noexcept {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr bool is_possible(const Stamp& stamp) noexcept {
  if (stamp.month < 1 || stamp.month > 12) return false;
  if (stamp.day < 1 || stamp.day > kLongestMonth[stamp.month]) return false;
  if (stamp.year == 0) return true;
  if (stamp.year < 1970 || stamp.year > 2105) return false;
  return stamp.month != 2 || stamp.day < 29 || is_leap(stamp.year);
}

// Reads "hh:mm:ss" and a fraction at `at`, moves `at` behind them.
bool take_clock(std::string_view text, std::size_t& at, Duration& time) noexcept {
  if (text.size() < at + 8 || text[at + 2] != ':' || text[at + 5] != ':') return false;
  const int hours = two_digits(text, at);
  const int minutes = two_digits(text, at + 3);
  const int seconds = two_digits(text, at + 6);
  // 60: a leap second
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60) return false;
  at += 8;
  int millis = 0;
  if (at + 1 < text.size() && (text[at] == '.' || text[at] == ',') && is_digit(text[at + 1])) {
    int scale = 100;
    for (++at; at < text.size() && is_digit(text[at]); ++at) {
      millis += digit(text[at]) * scale;
      scale /= 10;
    }
  }
  time = Duration{((hours * 60 + minutes) * 60 + seconds) * 1000 + millis};
  return true;
}

// Reads "Z", "+01:00" or "+0100" at `at`, moves `at` behind it.
std::optional<Duration> take_offset(std::string_view text, std::size_t& at) noexcept {
  if (at >= text.size()) return std::nullopt;
  if (text[at] == 'Z' || text[at] == 'z') {
    ++at;
    return Duration{0};
  }
  if ((text[at] != '+' && text[at] != '-') || text.size() < at + 5) return std::nullopt;
  const std::size_t colon = text[at + 3] == ':' ? 1 : 0;
  if (text.size() < at + 5 + colon) return std::nullopt;
  const int hours = two_digits(text, at + 1);
  const int minutes = two_digits(text, at + 3 + colon);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const Duration offset = std::chrono::minutes{hours * 60 + minutes};
  const bool is_west = text[at] == '-';
  at += 5 + colon;
  return is_west ? -offset : offset;
}

// A stamp ends at a space, which is dropped, or with the line.
bool end_stamp(std::string_view& line, std::size_t at) noexcept {
  if (at < line.size() && line[at] != ' ') return false;
  line.remove_prefix(at < line.size() ? at + 1 : at);
  return true;
}

std::optional<std::uint64_t> take_hex(std::string_view text) noexcept {
  std::uint64_t value = 0;
  for (const char c : text) {
    const char lower = to_lower(c);
    if (!is_digit(lower) && (lower < 'a' || lower > 'f')) return std::nullopt;
    value = value << 4U | static_cast<std::uint64_t>(is_digit(lower) ? digit(lower) : lower - 'a' + 10);
  }
  return value;
}

}  // namespace

std::optional<Stamp> take_bsd_stamp(std::string_view& line) noexcept {
  if (line.size() < 14 || line[3] != ' ') return std::nullopt;
  Stamp stamp;
  stamp.month = month_number(line.data());
  std::size_t at = line[4] == ' ' ? 5 : 4;
  if (!is_digit(line[at])) return std::nullopt;
  stamp.day = static_cast<std::uint8_t>(digit(line[at++]));
  if (is_digit(line[at])) stamp.day = static_cast<std::uint8_t>(stamp.day * 10 + digit(line[at++]));
  if (line[at++] != ' ') return std::nullopt;
  // "Nov 22 2026 00:08:02"
  if (line.size() > at + 5 && line[at + 4] == ' ' && line[at + 2] != ':') {
    const int century = two_digits(line, at);
    const int years = two_digits(line, at + 2);
    if (century < 0 || years < 0 || century * 100 + years == 0) return std::nullopt;
    stamp.year = static_cast<std::int16_t>(century * 100 + years);
    at += 5;
  }
  if (!take_clock(line, at, stamp.time_of_day) || !is_possible(stamp)) return std::nullopt;
  // Cisco and some relays end it with a colon: "Nov 22 2026 00:08:02: ".
  if (stamp.year != 0 && at < line.size() && line[at] == ':') ++at;
  if (!end_stamp(line, at)) return std::nullopt;
  return stamp;
}

std::optional<Stamp> take_iso_stamp(std::string_view& line) noexcept {
  if (line.size() < 19 || line[4] != '-' || line[7] != '-') return std::nullopt;
  const int century = two_digits(line, 0);
  const int years = two_digits(line, 2);
  const int month = two_digits(line, 5);
  const int day = two_digits(line, 8);
  if (century < 0 || years < 0 || month < 0 || day < 0) return std::nullopt;
  const bool is_rfc3339 = line[10] == 'T' || line[10] == 't';
  if (!is_rfc3339 && line[10] != ' ') return std::nullopt;
  Stamp stamp;
  stamp.year = static_cast<std::int16_t>(century * 100 + years);
  stamp.month = static_cast<std::uint8_t>(month);
  stamp.day = static_cast<std::uint8_t>(day);
  std::size_t at = 11;
  if (stamp.year == 0 || !take_clock(line, at, stamp.time_of_day) || !is_possible(stamp)) return std::nullopt;
  stamp.utc_offset = take_offset(line, at);
  if (!stamp.utc_offset && at + 1 < line.size() && line[at] == ' ') {
    // Exim's log_timezone: a space before the offset.
    std::size_t behind = at + 1;
    stamp.utc_offset = line[behind] == '+' || line[behind] == '-' ? take_offset(line, behind) : std::nullopt;
    if (stamp.utc_offset) at = behind;
  }
  if (!end_stamp(line, at)) return std::nullopt;
  return stamp;
}

std::optional<Stamp> take_tai_stamp(std::string_view& line) noexcept {
  if (line.size() < 25 || line[0] != '@') return std::nullopt;
  const auto seconds = take_hex(line.substr(1, 16));
  const auto nanos = take_hex(line.substr(17, 8));
  constexpr std::uint64_t kEpoch = 0x4000000000000000ULL + 10;  // multilog: TAI is 10 s ahead of UTC
  constexpr std::uint64_t kLatest = 0xffffffffULL;              // 2106
  if (!seconds || !nanos || *seconds < kEpoch || *seconds - kEpoch > kLatest || *nanos > 999'999'999) {
    return std::nullopt;
  }
  using namespace std::chrono;
  const Timestamp time{Duration{static_cast<std::int64_t>((*seconds - kEpoch) * 1000 + *nanos / 1'000'000)}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  Stamp stamp{static_cast<std::int16_t>(static_cast<int>(date.year())),
              static_cast<std::uint8_t>(static_cast<unsigned>(date.month())),
              static_cast<std::uint8_t>(static_cast<unsigned>(date.day())), time - day, Duration{0}};
  if (stamp.year > 2105 || !end_stamp(line, 25)) return std::nullopt;
  return stamp;
}

void skip_priority(std::string_view& line) noexcept {
  if (line.empty() || line[0] != '<') return;
  std::size_t at = 1;
  while (at < line.size() && at < 5 && is_digit(line[at])) ++at;
  if (at > 1 && at < line.size() && line[at] == '>') line.remove_prefix(at + 1);
}

std::optional<Stamp> find_stamp(std::string_view line) noexcept {
  skip_priority(line);
  if (line.starts_with("1 ")) line.remove_prefix(2);  // RFC 5424 6.2.2
  if (line.empty()) return std::nullopt;
  if (is_digit(line[0])) return take_iso_stamp(line);
  if (line[0] == '@') return take_tai_stamp(line);
  return take_bsd_stamp(line);
}

}  // namespace postreeve
