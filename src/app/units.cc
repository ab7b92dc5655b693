#include "app/units.h"

#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"

namespace postreeve {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::weeks;

constexpr std::array<std::pair<char, Duration>, 5> kUnits{
    {{'w', weeks{1}}, {'d', days{1}}, {'h', hours{1}}, {'m', minutes{1}}, {'s', seconds{1}}}};
constexpr Duration kLongest = days{36'525};

std::optional<Duration> unit_of(char letter) {
  for (const auto& [name, length] : kUnits) {
    if (name == letter) return length;
  }
  return std::nullopt;
}

// Takes a run of digits from the front; nullopt when there is none or it is too great.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// Takes exactly `digits` digits.
std::optional<std::uint32_t> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    number = number * 10 + static_cast<std::uint32_t>(text[i] - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// "22:00" in minutes of the day.
std::optional<std::uint16_t> take_clock(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59 || *hour * 60 + *minute > 24 * 60) return std::nullopt;
  return static_cast<std::uint16_t>(*hour * 60 + *minute);
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Duration sum{0};
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number || text.empty()) return std::nullopt;
    const auto unit = unit_of(text.front());
    if (!unit) return std::nullopt;
    text.remove_prefix(1);
    sum += *number * *unit;  // 2^32 weeks are 2^61 ms: the sum cannot overflow before it is checked
    if (sum > kLongest) return std::nullopt;
  }
  return sum;
}

std::string format_duration(Duration duration) {
  if (duration == Duration{0}) return "0s";
  for (const auto& [name, length] : kUnits) {
    if (name != 'w' && duration % length == Duration{0}) return fmt::format("{}{}", duration / length, name);
  }
  return fmt::format("{}ms", duration.count());
}

std::optional<Rate> parse_rate(std::string_view text) {
  const auto amount = take_number(text);
  if (!amount || !take(text, '/')) return std::nullopt;
  const auto window = text.size() == 1 ? unit_of(text.front()) : parse_duration(text);
  if (!window || *window <= Duration{0}) return std::nullopt;
  return Rate{*amount, *window};
}

std::optional<Hours> parse_hours(std::string_view text) {
  const auto from = take_clock(text);
  if (!from || !take(text, '-')) return std::nullopt;
  const auto to = take_clock(text);
  if (!to || !text.empty() || *from == *to || *from == 24 * 60) return std::nullopt;
  return Hours{*from, static_cast<std::uint16_t>(*to % (24 * 60))};
}

std::optional<std::uint32_t> parse_date(std::string_view text) {
  using namespace std::chrono;
  const auto y = take_digits(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  const auto d = take_digits(text, 2);
  if (!d || !text.empty()) return std::nullopt;
  if (!year_month_day{year{static_cast<int>(*y)}, month{*m}, day{*d}}.ok()) return std::nullopt;
  return *y * 10'000 + *m * 100 + *d;
}

}  // namespace postreeve
