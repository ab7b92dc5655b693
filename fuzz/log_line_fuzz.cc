// Whole log lines, envelope and message: reading is total, reads nothing beyond the line, and
// every text it returns is a view into it. The stamps go through a clock.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "intake/history_survey.h"
#include "intake/line_reader.h"
#include "intake/log_clock.h"
#include "intake/log_line.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool lies_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_line(std::string_view text, postreeve::LogClock& clock, postreeve::YearScan& scan) {
  // A buffer of its own, so that the sanitizer sees every byte read beyond the line.
  const auto copy = std::make_unique<char[]>(text.size());
  std::memcpy(copy.get(), text.data(), text.size());
  const std::string_view line(copy.get(), text.size());
  const auto parsed = postreeve::parse_log_line(line);
  require(lies_within(parsed.host, line));
  if (const auto* login = std::get_if<postreeve::LoginSeen>(&parsed.record)) {
    require(lies_within(login->login, line));
    require(lies_within(login->client_address, line));
  }
  if (const auto* received = std::get_if<postreeve::MessageReceived>(&parsed.record)) {
    require(lies_within(received->login, line));
  }
  if (!parsed.stamp) return;
  scan.add(*parsed.stamp);
  const auto time = clock.read(*parsed.stamp).time_since_epoch();
  require(time > -std::chrono::hours{24 * 366 * 16} && time < std::chrono::hours{24 * 366 * 150});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto zone = postreeve::CivilZone::open("UTC");
  const auto latest = *postreeve::parse_rfc3339("2026-11-22T00:00:00Z");
  postreeve::LogClock clock(*zone, {std::nullopt, latest});
  postreeve::YearScan scan;
  postreeve::for_each_line({reinterpret_cast<const char*>(data), size}, 64 * 1024,
                           [&](postreeve::Line line) { check_line(line.text, clock, scan); });
  (void)scan.first_year(latest);
  return 0;
}
