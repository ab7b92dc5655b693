#include "lab/score/ledger_lines.h"

#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace postreeve::lab {
namespace {

constexpr std::uint32_t kPage = 500;

std::string line_of(const StandingRow& row) {
  const Standing& standing = row.standing;
  return fmt::format("{} {} of incident {} since {} until {}{}, changed {}", to_text(standing.level),
                     to_text(standing.scope), standing.incident.to_string(), standing.since, standing.until,
                     row.is_observed ? ", only observed" : "", format_rfc3339(row.changed));
}

Result<std::string> line_of(const IncidentRow& row, const IncidentBook& incidents) {
  const auto timeline = incidents.timeline(row.id);
  if (!timeline) return fail(timeline.error());
  std::string line = fmt::format(
      "{} {} {} {}{}, opened {}, changed {}, {} messages to {} got out before", row.account.text(),
      to_text(row.level), to_text(row.scope), to_text(row.outcome), row.is_observed ? ", only observed" : "",
      format_rfc3339(row.opened), format_rfc3339(row.changed), row.outgo.messages, row.outgo.recipients);
  for (const TimelineRow& entry : *timeline)
    line += fmt::format("\n    {} {}: {}", format_rfc3339(entry.time), to_text(entry.kind), entry.text);
  return line;
}

using Lines = std::map<std::string, std::string>;

std::string_view said(const Lines& lines, const std::string& name) {
  const auto line = lines.find(name);
  return line == lines.end() ? "nothing" : std::string_view(line->second);
}

// How many there are in either, and how many of them are not the same in both.
std::pair<std::size_t, std::size_t> compare(const Lines& one, const Lines& other,
                                            std::vector<std::string>& differences) {
  std::set<std::string> names;
  for (const Lines* lines : {&one, &other}) {
    for (const auto& [name, line] : *lines) names.insert(name);
  }
  const std::size_t before = differences.size();
  for (const std::string& name : names) {
    if (said(one, name) != said(other, name))
      differences.push_back(fmt::format("{}: {}\n  beside {}", name, said(one, name), said(other, name)));
  }
  return {names.size(), differences.size() - before};
}

}  // namespace

Result<LedgerLines> read_ledger(const IncidentBook& incidents) {
  LedgerLines lines;
  const auto standings = incidents.standings();
  if (!standings) return fail(standings.error());
  for (const StandingRow& row : *standings) lines.standings.emplace(row.account.text(), line_of(row));
  IncidentQuery query;
  query.most = kPage;
  while (true) {
    const auto rows = incidents.find(query);
    if (!rows) return fail(rows.error());
    for (const IncidentRow& row : *rows) {
      auto line = line_of(row, incidents);
      if (!line) return fail(line.error());
      lines.incidents.emplace(row.id.to_string(), *std::move(line));
    }
    if (rows->size() < kPage) return lines;
    query.before = rows->back().id;
  }
}

LedgerComparison compare(const LedgerLines& one, const LedgerLines& other) {
  LedgerComparison result;
  std::tie(result.standings, result.other_standings) =
      compare(one.standings, other.standings, result.differences);
  std::tie(result.incidents, result.other_incidents) =
      compare(one.incidents, other.incidents, result.differences);
  return result;
}

}  // namespace postreeve::lab
