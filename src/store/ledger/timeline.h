// The lines of an incident's timeline: what happened, who did what, in words that stay.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "finding/standing.h"

namespace soci {
class session;
}

namespace postreeve {

// Stored as text: never renamed, never reused.
enum class EntryKind : std::uint8_t { kStanding, kEvidence, kNote, kAction, kJudgement };
[[nodiscard]] std::string_view to_text(EntryKind kind) noexcept;  // "standing"

// A line of an incident's timeline.
struct TimelineRow {
  std::uint64_t id = 0;
  IncidentId incident;
  Timestamp time{};
  EntryKind kind{};
  std::string author;
  std::string text;     // one plain sentence
  std::string details;  // JSON; empty: none
};

// Within a write of somebody else. The id is given here; the text becomes one printable line. kNotFound
// without the incident; kInvalidInput for details that are no UTF-8 of at most 64 KiB.
[[nodiscard]] Result<void> add_to_timeline(soci::session& session, const TimelineRow& row);

// Adds `row` under a number that the caller took, and checks nothing.
void insert_line(soci::session& session, const TimelineRow& row, std::uint64_t number);
[[nodiscard]] Result<void> check_line(const TimelineRow& row);

}  // namespace postreeve
