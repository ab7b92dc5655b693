#include "store/ledger/clue_book.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "store/ledger/rows.h"
#include "store/ledger/spool.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostBytes = 200;
// Clues in one write: some milliseconds of the ledger's thread.
constexpr std::size_t kMostInAWrite = 500;

constexpr std::array<std::string_view, kClueKinds> kKinds{
    "address",          "network",    "helo",       "sender",     "recipient", "subject",
    "subject_template", "url_domain", "attachment", "message_id", "queue_id"};

struct ClueColumns {
  std::string incident;
  std::string account;
  std::string kind;
  std::string value;
  std::string says;
  long long first_seen = 0;
  long long last_seen = 0;
  long long times = 0;

  auto tie() { return std::tie(incident, account, kind, value, says, first_seen, last_seen, times); }
};

constexpr std::string_view kColumns =
    "incident_clue.incident, incident.account, incident_clue.kind, incident_clue.value, incident_clue.says,"
    " incident_clue.first_seen, incident_clue.last_seen, incident_clue.times";
constexpr std::string_view kTables =
    " FROM incident_clue JOIN incident ON incident.id = incident_clue.incident ";

Result<ClueRow> row_of(const ClueColumns& columns) {
  auto incident = incident_from(columns.incident);
  auto account = account_from(columns.account);
  auto kind = enum_from<ClueKind>(columns.kind, kClueKinds);
  if (!incident) return fail(incident.error());
  if (!account) return fail(account.error());
  if (!kind) return fail(kind.error());
  return ClueRow{.incident = *incident,
                 .account = *std::move(account),
                 .clue = {.kind = *kind, .value = columns.value, .says = columns.says},
                 .seen = {.first = time_from(columns.first_seen),
                          .last = time_from(columns.last_seen),
                          .times = count_from(columns.times)}};
}

// Calls `take(row)` for each row until it has enough.
template <typename Take, typename... Values>
Result<void> select(soci::session& session, const std::string& rest, Take take, const Values&... values) {
  ClueColumns columns;
  const auto on_row = [&]() -> Result<Rows> {
    auto row = row_of(columns);
    if (!row) return fail(row.error());
    return take(*std::move(row));
  };
  return each_row(session, "SELECT " + std::string(kColumns) + std::string(kTables) + rest, columns.tie(),
                  on_row, values...);
}

// A clue as words: both databases take numbers as their texts.
constexpr std::ptrdiff_t kWords = 7;
struct ClueWords {
  const std::string& incident;
  const std::string& kind;
  const std::string& value;
  const std::string& says;
  const std::string& first;
  const std::string& last;
  const std::string& times;
};

// Whether the row was there.
bool add_to_stored(soci::session& session, const ClueWords& clue) {
  return execute(session,
                 "UPDATE incident_clue SET times = times + :times,"
                 " first_seen = CASE WHEN first_seen < :f1 THEN first_seen ELSE :f2 END,"
                 " last_seen = CASE WHEN last_seen > :l1 THEN last_seen ELSE :l2 END"
                 " WHERE incident = :incident AND kind = :kind AND value = :value",
                 clue.times, clue.first, clue.first, clue.last, clue.last, clue.incident, clue.kind,
                 clue.value) > 0;
}

void add_clue(soci::session& session, const ClueWords& clue) {
  if (add_to_stored(session, clue)) return;
  long long kept = 0;
  first_row(session, "SELECT COUNT(*) FROM incident_clue WHERE incident = :incident AND kind = :kind",
            std::tie(kept), clue.incident, clue.kind);
  if (kept >= ClueBook::kMostValues) return;
  execute(session,
          "INSERT INTO incident_clue (incident, kind, value, says, first_seen, last_seen, times)"
          " VALUES (:incident, :kind, :value, :says, :first, :last, :times)",
          clue.incident, clue.kind, clue.value, clue.says, clue.first, clue.last, clue.times);
}

// Every sign that LIKE takes for more than itself, made itself again.
std::string pattern_of(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c;
  }
  return pattern + '%';
}

}  // namespace

std::string_view to_text(ClueKind kind) noexcept {
  return kKinds[static_cast<std::size_t>(kind)];
}

std::optional<ClueKind> clue_kind_from_text(std::string_view text) noexcept {
  const auto* const found = std::ranges::find(kKinds, text);
  if (found == kKinds.end()) return std::nullopt;
  return static_cast<ClueKind>(found - kKinds.begin());
}

bool ties_incidents(ClueKind kind) noexcept {
  switch (kind) {
    case ClueKind::kNetwork:
    case ClueKind::kHelo:
    case ClueKind::kSubjectTemplate:
    case ClueKind::kUrlDomain:
    case ClueKind::kAttachment:
      return true;
    default:
      return false;
  }
}

void ClueSighting::add(Timestamp time, std::uint32_t more) {
  first = times == 0 ? time : std::min(first, time);
  last = times == 0 ? time : std::max(last, time);
  times += more;
}

ClueBook::ClueBook(LedgerDatabase& database, std::size_t most_in_memory)
    : database_(database), most_in_memory_(most_in_memory) {}

void ClueBook::add(IncidentId incident, const Clue& clue, const ClueSighting& seen) {
  Key key{incident.value, clue.kind, stored_line(clue.value, kMostBytes)};
  const std::lock_guard lock(mutex_);
  const auto found = pending_.find(key);
  std::uint32_t& values = values_pending_[{incident.value, clue.kind}];
  if (found == pending_.end() && (values >= kMostValues || pending_.size() >= most_in_memory_)) {
    ++dropped_;
    return;
  }
  if (found == pending_.end()) ++values;
  Pending& pending = found == pending_.end() ? pending_[std::move(key)] : found->second;
  pending.says = stored_line(clue.says, kMostBytes);
  pending.seen.add(seen.first, seen.times);
  pending.seen.add(seen.last, 0);
}

Result<void> add_clues(soci::session& session, const Texts& columns) {
  for (auto row = columns.begin(); columns.end() - row >= kWords; row += kWords)
    add_clue(session, {row[0], row[1], row[2], row[3], row[4], row[5], row[6]});
  return {};
}

Texts ClueBook::columns_of(const All& clues) {
  Texts columns;
  for (const auto& [key, pending] : clues) {
    const auto& [incident, kind, value] = key;
    columns.insert(columns.end(),
                   {stored_incident({incident}), word(kind), value, pending.says,
                    std::to_string(stored_time(pending.seen.first)),
                    std::to_string(stored_time(pending.seen.last)), std::to_string(pending.seen.times)});
  }
  return columns;
}

Result<void> ClueBook::flush() {
  const std::lock_guard one_at_a_time(flushing_);
  All clues;
  {
    const std::lock_guard lock(mutex_);
    clues = std::exchange(pending_, {});
    values_pending_.clear();
  }
  while (!clues.empty()) {
    All part;
    while (!clues.empty() && part.size() < kMostInAWrite) part.insert(clues.extract(clues.begin()));
    const Texts columns = columns_of(part);
    const auto outcome = database_.write(
        [&](soci::session& session) { return add_clues(session, columns); },
        SpooledWrite{.kind = "clues", .body = packed(columns), .is_elsewhere = true, .is_kept = true});
    if (outcome) continue;
    part.merge(clues);
    for (const auto& [key, pending] : part)
      add({std::get<0>(key)}, {std::get<1>(key), std::get<2>(key), pending.says}, pending.seen);
    return outcome;
  }
  return {};
}

Result<std::vector<ClueRow>> ClueBook::of(IncidentId incident) const {
  std::vector<ClueRow> rows;
  const auto take = [&](ClueRow row) {
    rows.push_back(std::move(row));
    return Rows::kMore;
  };
  const auto outcome = database_.read([&](soci::session& session) {
    return select(session,
                  "WHERE incident_clue.incident = :incident"
                  " ORDER BY incident_clue.first_seen, incident_clue.value",
                  take, stored_incident(incident));
  });
  if (!outcome) return fail(outcome.error());
  std::ranges::stable_sort(rows, {}, [](const ClueRow& row) { return row.clue.kind; });
  return rows;
}

Result<std::vector<SharedClue>> ClueBook::shared_with(IncidentId incident, std::uint32_t most,
                                                      std::optional<ClueKind> kind) const {
  const auto ours = of(incident);
  if (!ours) return fail(ours.error());
  std::vector<SharedClue> shared;
  const auto outcome = database_.read([&](soci::session& session) -> Result<void> {
    for (const ClueRow& own : *ours) {
      if (kind ? own.clue.kind != *kind : !ties_incidents(own.clue.kind)) continue;
      const auto take = [&](ClueRow row) {
        shared.push_back({std::move(row), own.seen});
        return Rows::kMore;
      };
      auto found = select(session,
                          "WHERE incident_clue.kind = :kind AND incident_clue.value = :value"
                          " AND incident.account <> :account"
                          " ORDER BY incident_clue.last_seen DESC, incident_clue.incident LIMIT :most",
                          take, word(own.clue.kind), own.clue.value, stored_account(own.account),
                          static_cast<long long>(most));
      if (!found) return found;
    }
    return {};
  });
  if (!outcome) return fail(outcome.error());
  std::ranges::stable_sort(shared, std::ranges::greater{},
                           [](const SharedClue& clue) { return clue.theirs.seen.last; });
  if (shared.size() > most) shared.erase(shared.begin() + most, shared.end());
  return shared;
}

Result<std::vector<ClueRow>> ClueBook::find(const ClueQuery& query) const {
  std::vector<ClueRow> rows;
  const auto take = [&](ClueRow row) {
    if (query.network) {
      const auto address = IpAddress::parse(row.clue.value);
      if (!address || !query.network->contains(*address)) return Rows::kMore;
    }
    rows.push_back(std::move(row));
    return rows.size() < query.most ? Rows::kMore : Rows::kEnough;
  };
  if (query.most == 0) return rows;
  const std::string pattern = query.network ? "%" : pattern_of(to_lower(query.text));
  const std::string kind = query.network ? word(ClueKind::kAddress) : query.kind ? word(*query.kind) : "";
  const auto outcome = database_.read([&](soci::session& session) {
    // A template says what its subject says.
    return select(session,
                  "WHERE incident_clue.last_seen >= :since AND (:any = 1 OR incident_clue.kind = :kind)"
                  " AND (:any2 = 0 OR incident_clue.kind NOT IN ('subject_template', 'network'))"
                  " AND (LOWER(incident_clue.value) LIKE :p1 ESCAPE '!'"
                  " OR LOWER(incident_clue.says) LIKE :p2 ESCAPE '!')"
                  " ORDER BY incident_clue.last_seen DESC, incident_clue.incident, incident_clue.kind,"
                  " incident_clue.value LIMIT :most",
                  take, stored_time(query.since), flag(kind.empty()), kind, flag(kind.empty()), pattern,
                  pattern, query.network ? kAllRows : static_cast<long long>(query.most));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

std::uint64_t ClueBook::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace postreeve
