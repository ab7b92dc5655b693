#include "response/told_before.h"

#include <algorithm>
#include <optional>

#include <boost/json/parse.hpp>

#include "store/ledger/incident_book.h"
#include "store/ledger/outbox.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

bool is_earlier(const OutboxRow& row, const Task& task) {
  return row.id < task.id && row.action.kind == task.action;
}

// Whether the line tells that a free account was restricted.
bool begins_a_round(const TimelineRow& row) {
  if (row.kind != EntryKind::kStanding) return false;
  boost::system::error_code failure;
  const boost::json::value details = boost::json::parse(row.details, failure);
  if (failure || !details.is_object()) return false;
  const auto level = [&](std::string_view name) -> std::optional<Level> {
    const boost::json::value* text = details.get_object().if_contains(name);
    if (text == nullptr || !text->is_string()) return std::nullopt;
    const auto read = level_from(text->get_string());
    return read ? std::optional(*read) : std::nullopt;
  };
  const auto before = level("before");
  const auto after = level("after");
  return before && after && !is_restriction(*before) && is_restriction(*after);
}

}  // namespace

Result<Timestamp> round_of(LedgerDatabase& ledger, const Task& task) {
  const auto timeline = IncidentBook(ledger).timeline(task.incident);
  if (!timeline) return fail(ErrorCode::kUnavailable, timeline.error().detail);
  Timestamp begun{};
  for (const TimelineRow& row : *timeline) {
    if (row.time <= task.time && begins_a_round(row)) begun = row.time;
  }
  return begun;
}

Result<std::vector<OutboxRow>> rows_of(LedgerDatabase& ledger, const Task& task) {
  auto rows = Outbox(ledger).of_incident(task.incident);
  // Whatever is the matter with the ledger: it may be well again later.
  if (!rows) return fail(ErrorCode::kUnavailable, rows.error().detail);
  return rows;
}

bool was_told_before(const std::vector<OutboxRow>& rows, const Task& task,
                     const std::function<bool(const Task&)>& is_such) {
  return std::ranges::any_of(rows, [&](const OutboxRow& row) {
    if (!is_earlier(row, task) || row.state != OutboxState::kDone) return false;
    const auto told = read_task(row);
    return told && is_such(*told);
  });
}

std::uint64_t first_row_of(const std::vector<OutboxRow>& rows, const Task& task) {
  const auto first = std::ranges::find_if(rows, [&](const OutboxRow& row) { return is_earlier(row, task); });
  return first == rows.end() ? task.id : first->id;
}

}  // namespace postreeve
