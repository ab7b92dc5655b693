#include "finding/explain.h"

#include <fmt/format.h>

#include <cmath>

#include "base/ascii.h"
#include "finding/reason_table.h"

namespace postreeve {
namespace {

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr Unit kUnits[] = {{"months", std::chrono::days{30}},
                           {"weeks", std::chrono::days{7}},
                           {"days", std::chrono::days{1}},
                           {"hours", std::chrono::hours{1}},
                           {"minutes", std::chrono::minutes{1}}};

std::string without_controls(std::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (is_control(c)) c = '?';
  }
  return clean;
}

// One digit behind the point below ten, none above: "0.4", "3", "812".
std::string rounded(double number) {
  if (std::fabs(number) < 10 && std::fabs(number - std::round(number)) >= 0.05)
    return fmt::format("{:.1f}", number);
  return fmt::format("{:.0f}", number);
}

struct InWords {
  std::string operator()(std::monostate) const { return "unknown"; }
  std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
  std::string operator()(double number) const { return rounded(number); }
  std::string operator()(Duration duration) const { return in_words(duration); }
  std::string operator()(CountryCode country) const {
    return country.known() ? std::string(country.name()) : std::string("an unknown country");
  }
  std::string operator()(const Prefix& prefix) const { return prefix.to_string(); }
  std::string operator()(const ShortText& text) const {
    return text.text().empty() ? std::string("nothing")
                               : fmt::format("\"{}\"", without_controls(text.text()));
  }
};

}  // namespace

std::string in_words(Duration duration) {
  for (const Unit& unit : kUnits) {
    if (duration >= 2 * unit.length) return fmt::format("{} {}", duration / unit.length, unit.name);
  }
  if (duration >= std::chrono::minutes{1}) return "a minute";
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration).count();
  return seconds == 1 ? "a second" : fmt::format("{} seconds", std::max<long>(0, seconds));
}

std::string explain(const Evidence& evidence) {
  const auto words = [&](std::size_t i) { return std::visit(InWords{}, evidence.arguments[i]); };
  const std::string_view sentence = row_of(evidence.reason).sentence;
  return fmt::format(fmt::runtime(sentence), words(0), words(1), words(2), words(3));
}

}  // namespace postreeve
