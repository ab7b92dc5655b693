// A first look at the files of a history: when each begins, and which years its lines are of
// when they do not say.
//
// RFC 3164 names no year. A file's last line lies at or before an end that we know: its
// modification time (or what the caller says), a date in its name ("maillog-20261122"), the time in its gzip
// header, the beginning of its next younger sibling ("mail.log.2.gz" ends where "mail.log.1" begins). From
// there the years are counted back over every turn of the year inside the file.
//
// Limits: of a compressed file only the first kScannedBytes are looked through, of a longer
// plain one a few hundred places; standard input and pipes are not looked at before they are
// read and are taken to be shorter than a year.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "intake/history.h"
#include "intake/log_clock.h"

namespace postreeve {

inline constexpr std::uint64_t kScannedBytes = 16 * 1024 * 1024;

struct SurveyedFile {
  std::string path;
  bool is_stream = false;  // it can be read only once, and when it begins is not known
  std::optional<Timestamp> first_time;
  YearHint years;
};

// Looks at the options' files, in their order. What cannot be opened or read is left as it
// is: reading it will say why.
[[nodiscard]] std::vector<SurveyedFile> survey_files(const HistoryOptions& options, CivilZone& zone);

// What the stamps of one file say about its years.
class YearScan {
 public:
  void add(const Stamp& stamp);

  [[nodiscard]] const std::optional<Stamp>& first() const noexcept { return first_; }
  // The year of the first stamp without one when the last lies at or before `latest`; nullopt
  // when every stamp has its year.
  [[nodiscard]] std::optional<int> first_year(Timestamp latest) const;

 private:
  std::optional<Stamp> first_;
  std::optional<std::chrono::month_day> last_day_;  // of stamps without a year
  int last_year_ = 0;                               // counted from the first
  std::vector<int> leap_years_;                     // years that had a Feb 29, counted from the first
};

// "mail.log", 2 of "mail.log.2.gz".
struct RotatedName {
  std::string stem;
  int age = 0;

  friend bool operator==(const RotatedName&, const RotatedName&) = default;
};
[[nodiscard]] RotatedName rotated_name(const std::string& path);

// The day in "maillog-20261122.gz", "maillog.20261122-000802".
[[nodiscard]] std::optional<Timestamp> date_in_name(const std::string& path);

}  // namespace postreeve
