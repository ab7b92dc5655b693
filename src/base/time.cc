#include "base/time.h"

#include <cstdio>

#include "base/ascii.h"

namespace postreeve {
namespace {

// Reads exactly `count` digits from the front of `text`; -1 when they are not there.
int take_digits(std::string_view& text, std::size_t count) noexcept {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char expected) noexcept {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) noexcept {
  using namespace std::chrono;
  const int y = take_digits(text, 4);
  if (y < 1970 || y > 2105 || !take(text, '-')) return std::nullopt;
  const int m = take_digits(text, 2);
  if (m < 0 || !take(text, '-')) return std::nullopt;
  const int d = take_digits(text, 2);
  if (d < 0) return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date};
}

std::optional<Duration> take_clock(std::string_view& text) noexcept {
  const int hours = take_digits(text, 2);
  if (hours < 0 || hours > 23 || !take(text, ':')) return std::nullopt;
  const int minutes = take_digits(text, 2);
  if (minutes < 0 || minutes > 59 || !take(text, ':')) return std::nullopt;
  const int seconds = take_digits(text, 2);
  if (seconds < 0 || seconds > 60) return std::nullopt;  // 60: a leap second
  int millis = 0;
  if (take(text, '.')) {
    int scale = 100;
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    while (!text.empty() && is_digit(text.front())) {
      millis += (text.front() - '0') * scale;
      scale /= 10;
      text.remove_prefix(1);
    }
  }
  return std::chrono::hours{hours} + std::chrono::minutes{minutes} + std::chrono::seconds{seconds} +
         Duration{millis};
}

// "Z", "+01:00" or "-0330"; the offset from UTC.
std::optional<Duration> take_offset(std::string_view& text) noexcept {
  if (take(text, 'Z') || take(text, 'z')) return Duration{0};
  const bool negative = !text.empty() && text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const int hours = take_digits(text, 2);
  take(text, ':');
  const int minutes = take_digits(text, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const Duration offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return negative ? -offset : offset;
}

}  // namespace

std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept {
  const auto date = take_date(text);
  if (!date || text.empty()) return std::nullopt;
  if (text.front() != 'T' && text.front() != 't' && text.front() != ' ') return std::nullopt;
  text.remove_prefix(1);
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return Timestamp{*date} + *clock - *offset;
}

std::string format_rfc3339(Timestamp time) {
  using namespace std::chrono;
  const auto days = floor<std::chrono::days>(time);
  const year_month_day date{days};
  const auto ms = (time - days).count();
  char buffer[40];
  const int length = std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                                   static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                   static_cast<unsigned>(date.day()), static_cast<int>(ms / 3'600'000),
                                   static_cast<int>(ms / 60'000 % 60), static_cast<int>(ms / 1000 % 60),
                                   static_cast<int>(ms % 1000));
  return {buffer, static_cast<std::size_t>(length)};
}

}  // namespace postreeve
