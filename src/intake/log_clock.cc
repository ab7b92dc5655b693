#include "intake/log_clock.h"

#include <date/tz.h>

#include <stdexcept>

namespace postreeve {
namespace {

using std::chrono::days;
using std::chrono::month_day;
using std::chrono::year;
using std::chrono::year_month_day;

// Lines out of order by less than this stay in the first of two equal hours.
constexpr Duration kOutOfOrder = std::chrono::minutes{10};

// Day of a leap year, 0..365.
int day_of_year(month_day day) noexcept {
  const std::chrono::sys_days start{year_month_day{year{2000}, std::chrono::January, std::chrono::day{1}}};
  return static_cast<int>(
      (std::chrono::sys_days{year_month_day{year{2000}, day.month(), day.day()}} - start).count());
}

bool exists(month_day day, int in_year) noexcept {
  return year_month_day{year{in_year}, day.month(), day.day()}.ok();
}

Duration midnight(int in_year, month_day day) noexcept {
  return std::chrono::sys_days{year_month_day{year{in_year}, day.month(), day.day()}}.time_since_epoch();
}

month_day day_of(const Stamp& stamp) noexcept {
  return {std::chrono::month{stamp.month}, std::chrono::day{stamp.day}};
}

}  // namespace

int year_step(month_day from, month_day to) noexcept {
  constexpr int kDaysInYear = 366;
  const int forward = day_of_year(to) - day_of_year(from);
  if (forward < -kMostStepBack.count()) return 1;
  return forward > kDaysInYear - kMostStepBack.count() ? -1 : 0;
}

int last_year_of(month_day day, Timestamp latest) noexcept {
  const auto limit = std::chrono::floor<days>(latest) + days{1};
  int candidate = static_cast<int>(year_month_day{limit}.year());
  while (!exists(day, candidate) || midnight(candidate, day) > limit.time_since_epoch()) --candidate;
  return candidate;
}

struct CivilZone::Impl {
  const date::time_zone* zone = nullptr;  // none: UTC
  // Civil times in [safe_begin, safe_end) have this offset and no other.
  Duration offset{};
  Duration safe_begin{};
  Duration safe_end{};
};

CivilZone::CivilZone(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CivilZone::CivilZone(CivilZone&&) noexcept = default;
CivilZone& CivilZone::operator=(CivilZone&&) noexcept = default;
CivilZone::~CivilZone() = default;

Result<CivilZone> CivilZone::open(const std::string& name) {
  auto impl = std::make_unique<Impl>();
  // UTC is there even where no zone files are installed.
  if (name == "UTC") return CivilZone{std::move(impl)};
  try {
    impl->zone = date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return fail(ErrorCode::kInvalidInput, "there is no time zone '" + name + "'");
  }
  return CivilZone{std::move(impl)};
}

Timestamp CivilZone::to_utc(Duration civil, std::optional<Timestamp> previous) {
  auto& cached = *impl_;
  if (cached.zone == nullptr) return Timestamp{civil};
  if (civil >= cached.safe_begin && civil < cached.safe_end) return Timestamp{civil - cached.offset};
  const auto info = cached.zone->get_info(date::local_time<Duration>{civil});
  if (info.result == date::local_info::unique) {
    cached.offset = info.first.offset;
    // No zone has ever moved its clocks by more than a day; so far from a change nothing is twice.
    cached.safe_begin = info.first.begin.time_since_epoch() + days{2};
    cached.safe_end = info.first.end.time_since_epoch() - days{2};
    return Timestamp{civil - cached.offset};
  }
  const Timestamp first{civil - info.first.offset};
  // In a gap the first offset shifts forward: 02:30 is half an hour after the change.
  if (info.result == date::local_info::nonexistent) return first;
  if (!previous || first >= *previous - kOutOfOrder) return first;
  return Timestamp{civil - info.second.offset};
}

int LogClock::infer_year(const Stamp& stamp) {
  const auto day = day_of(stamp);
  int inferred = year_;
  if (!yearless_) {
    inferred = hint_.first_year.value_or(last_year_of(day, hint_.latest));
  } else if (*yearless_ != day) {
    inferred += year_step(*yearless_, day);
    // A step beyond the last possible time is none: the clock was set back further than we think likely.
    const auto limit = std::chrono::floor<days>(hint_.latest) + days{1};
    if (inferred > year_ && (!exists(day, inferred) || midnight(inferred, day) > limit.time_since_epoch())) {
      inferred = year_;
    }
  }
  yearless_ = day;
  year_ = inferred;
  return exists(day, inferred) ? inferred : inferred / 4 * 4;  // Feb 29 in a year of no such day
}

Timestamp LogClock::read(const Stamp& stamp) {
  if (stamp.year != day_.year || stamp.month != day_.month || stamp.day != day_.day) {
    const int in_year = stamp.year != 0 ? stamp.year : infer_year(stamp);
    day_ = stamp;
    day_start_ = midnight(in_year, day_of(stamp));
  }
  const Duration civil = day_start_ + stamp.time_of_day;
  const auto time = stamp.utc_offset ? Timestamp{civil - *stamp.utc_offset} : zone_->to_utc(civil, previous_);
  previous_ = time;
  return time;
}

}  // namespace postreeve
