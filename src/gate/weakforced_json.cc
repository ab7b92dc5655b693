#include "gate/weakforced_json.h"

#include <array>
#include <chrono>

#include <fmt/format.h>

#include "base/json_writer.h"

namespace postreeve {

HttpResponse weakforced_ok() {
  return json_response(R"({"status":"ok"})");
}

HttpResponse weakforced_failure(unsigned status, std::string_view reason) {
  fmt::memory_buffer text;
  JsonWriter json(text);
  json.begin_object().key("status").text("failure").key("reason").text(reason).end_object();
  return json_response(fmt::to_string(text), status);
}

// Written by hand: it is on the way of every login.
HttpResponse weakforced_allow(const LoginAnswer& answer) {
  if (answer.rule.empty())
    return json_response(fmt::format(R"({{"status":{},"msg":"","r_attrs":{{}}}})", answer.status));
  return json_response(fmt::format(R"({{"status":{},"msg":"{}","r_attrs":{{"rule":"{}"}}}})", answer.status,
                                   answer.message, answer.rule));
}

std::string weakforced_time(std::optional<Timestamp> time) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (!time) return "9999-Dec-31 23:59:59";
  const auto day = std::chrono::floor<std::chrono::days>(*time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(*time - day));
  return fmt::format("{:04}-{}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace postreeve
