#include "store/ledger/timeline.h"

#include <array>

#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostDetailsBytes = 64UL * 1024;

}  // namespace

std::string_view to_text(EntryKind kind) noexcept {
  static constexpr std::array<std::string_view, 5> kTexts{"standing", "evidence", "note", "action",
                                                          "judgement"};
  return kTexts[static_cast<std::size_t>(kind)];
}

Result<void> check_line(const TimelineRow& row) {
  if (row.details.size() <= kMostDetailsBytes && is_storable(row.details)) return {};
  return fail(ErrorCode::kInvalidInput, "the details are no UTF-8 of at most 64 KiB");
}

void insert_line(soci::session& session, const TimelineRow& row, std::uint64_t number) {
  execute(session,
          "INSERT INTO timeline (id, incident, occurred, kind, author, says, details)"
          " VALUES (:id, :incident, :occurred, :kind, :author, :says, :details)",
          static_cast<long long>(number), stored_incident(row.incident), stored_time(row.time),
          word(row.kind), stored_line(row.author, 320), stored_line(row.text), row.details);
}

Result<void> add_to_timeline(soci::session& session, const TimelineRow& row) {
  if (auto sound = check_line(row); !sound) return sound;
  const auto known = execute(session,
                             "UPDATE incident SET changed = CASE WHEN changed > :t1 THEN changed ELSE :t2"
                             " END WHERE id = :id",
                             stored_time(row.time), stored_time(row.time), stored_incident(row.incident));
  if (known == 0) return no_incident(row.incident);
  insert_line(session, row, take_numbers(session, "timeline"));
  return {};
}

}  // namespace postreeve
