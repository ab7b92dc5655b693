// From the stamps of log lines to times: zones, daylight saving and years that are not written.
//
// One LogClock reads one file from its beginning to its end. Years that lines do not
// name (RFC 3164) follow from the order of the lines: the calendar may step back by up
// to kMostStepBack (lines out of order, a clock that was set, files put one behind the
// other); a longer way back is the next year. Where the first line lies is the
// caller's hint (history_survey.h); without one it is the last possible year.
//
// Limits: a stream without years that is longer than a year, or that is silent for
// more than ten months, is read a year off.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "intake/log_line.h"

namespace postreeve {

inline constexpr std::chrono::days kMostStepBack{60};

// By how many years a calendar without years goes on from one day to a later line's day: -1, 0 or 1.
[[nodiscard]] int year_step(std::chrono::month_day from, std::chrono::month_day to) noexcept;

// The last year not after `latest` in which `day` exists and lies not after it. A day of
// leeway is given: files are stamped in other zones than their lines.
[[nodiscard]] int last_year_of(std::chrono::month_day day, Timestamp latest) noexcept;

// Civil time of one zone (IANA name) to UTC. Caches the offset: a call costs a few
// nanoseconds. Not thread-safe.
class CivilZone {
 public:
  // Fails with kInvalidInput for a name that the system's zone files do not have.
  [[nodiscard]] static Result<CivilZone> open(const std::string& name);

  CivilZone(CivilZone&&) noexcept;
  CivilZone& operator=(CivilZone&&) noexcept;
  ~CivilZone();

  // `civil` counts from 1970-01-01 00:00 on the zone's own clocks. The hour that the end of
  // summer time repeats is read so that time does not run back behind `previous`, else as the
  // first. An hour that its beginning leaves out is shifted forward by what was left out.
  [[nodiscard]] Timestamp to_utc(Duration civil, std::optional<Timestamp> previous);

 private:
  struct Impl;
  explicit CivilZone(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct YearHint {
  std::optional<int> first_year;  // of the first stamp that names no year
  Timestamp latest{};             // no line is later than this by more than a day
};

class LogClock {
 public:
  // `zone` must outlive the clock and may be shared by clocks of one thread.
  LogClock(CivilZone& zone, YearHint hint) : zone_(&zone), hint_(hint) {}

  // No line to come is later than this by more than a day: for files that grow while they are read.
  void set_latest(Timestamp latest) { hint_.latest = latest; }

  // The time of the next stamp of the file.
  [[nodiscard]] Timestamp read(const Stamp& stamp);

 private:
  [[nodiscard]] int infer_year(const Stamp& stamp);

  CivilZone* zone_;
  YearHint hint_;
  std::optional<Timestamp> previous_;
  std::optional<std::chrono::month_day> yearless_;  // the day of the latest stamp without a year
  int year_ = 0;                                    // and its year
  Stamp day_;                                       // the latest stamp's date ...
  Duration day_start_{};                            // ... and its midnight, counted like `civil`
};

}  // namespace postreeve
