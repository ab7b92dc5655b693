#include "lab/score/tally.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace postreeve::lab {

std::vector<AlarmMonth> worst_of_months(std::span<const Alarm> alarms, Timestamp from) {
  std::map<std::pair<std::uint32_t, std::uint16_t>, AlarmMonth> months;
  for (const Alarm& alarm : alarms) {
    if (alarm.time < from) continue;
    const auto month = static_cast<std::uint16_t>((alarm.time - from) / std::chrono::days{30});
    const AlarmMonth first{
        .account = alarm.account, .month = month, .level = alarm.level, .detectors = alarm.detectors};
    AlarmMonth& known = months.try_emplace({alarm.account, month}, first).first->second;
    known.level = std::max(known.level, alarm.level);
  }
  std::vector<AlarmMonth> all;
  for (const auto& [key, month] : months) all.push_back(month);
  return all;
}

void AlarmScore::add(const AlarmMonth& month) {
  ++(month.level == Level::kSuspended ? suspended : month.level == Level::kHeld ? held : slowed);
  for (std::size_t d = 0; d < by_detector.size(); ++d) by_detector[d] += month.detectors >> d & 1;
}

std::uint32_t most_within_an_hour(std::span<const Timestamp> moments) {
  std::size_t most = 0, first = 0;
  for (std::size_t last = 0; last < moments.size(); ++last) {
    while (moments[last] - moments[first] >= std::chrono::hours{1}) ++first;
    most = std::max(most, last - first + 1);
  }
  return static_cast<std::uint32_t>(most);
}

// Half the chi-square quantile with 2n + 2 degrees of freedom (Wilson and Hilferty 1931); exact for none.
double upper_bound_95(std::uint64_t count) {
  if (count == 0) return 2.996;
  const double degrees = 2.0 * static_cast<double>(count) + 2.0;
  const double t = 2.0 / (9.0 * degrees);
  return 0.5 * degrees * std::pow(1.0 - t + 1.644854 * std::sqrt(t), 3.0);
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto last = static_cast<double>(values.size() - 1);
  const auto n = static_cast<std::ptrdiff_t>(std::min(last, std::floor(share * last + 0.5)));
  std::nth_element(values.begin(), values.begin() + n, values.end());
  return values[static_cast<std::size_t>(n)];
}

}  // namespace postreeve::lab
