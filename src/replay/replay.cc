#include "replay/replay.h"

#include <utility>

namespace postreeve {
namespace {

// Streams are in order of time, but for lines that were written late.
constexpr Duration kDisorder = std::chrono::hours{24};

}  // namespace

void Replay::add_side(Engine& engine, const Policy& policy, VerdictWriter* verdicts) {
  sides_.push_back(std::make_unique<ReplaySide>(engine, verdicts, Incidents(accounts_, policy, locator_)));
}

bool Replay::take(Event&& event) {
  const Timestamp time = time_of(event);
  if (window_.until && time >= *window_.until) return time < *window_.until + kDisorder;
  const bool is_reported = !window_.since || time >= *window_.since;
  const AccountNumber account = accounts_.number_of(account_of(event));
  if (is_reported) tally_.add(account, event);
  for (const auto& side : sides_) side->take(account, event, is_reported);
  return true;
}

std::vector<Report> Replay::reports(const HistoryResult& read) const {
  const TrafficReport traffic = tally_.report();
  std::vector<Report> reports;
  for (const auto& side : sides_) {
    Report report;
    report.traffic = traffic;
    report.judgement = side->report();
    report.lines = read.counts;
    report.problems = read.problems;
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace postreeve
