#include "store/ledger/audit_trail.h"

#include <limits>

#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/spool.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostDetailsBytes = 64UL * 1024;

Result<void> check(const AuditEntry& entry) {
  if (entry.details.size() <= kMostDetailsBytes && is_storable(entry.details)) return {};
  return fail(ErrorCode::kInvalidInput, "the details are no UTF-8 of at most 64 KiB");
}

Texts columns_of(const AuditEntry& entry) {
  return {std::to_string(stored_time(entry.time)),
          stored_line(entry.author, 320),
          stored_line(entry.from, 320),
          stored_line(entry.verb, 64),
          stored_line(entry.subject, 320),
          stored_line(entry.reason),
          entry.details};
}

}  // namespace

Result<void> insert_audit_entry(soci::session& session, const Texts& columns) {
  Texts numbered{std::to_string(take_numbers(session, "audit"))};
  numbered.insert(numbered.end(), columns.begin(), columns.end());
  execute_with(session,
               "INSERT INTO audit (id, occurred, author, origin, verb, subject, reason, details)"
               " VALUES (:id, :occurred, :author, :origin, :verb, :subject, :reason, :details)",
               numbered);
  constexpr std::size_t kVerb = 3;
  const std::string& verb = columns.at(kVerb);
  if (verb == "mode") announce(session, "rules");
  if (verb == kForgetVerb) announce(session, "forgotten");
  return {};
}

Result<void> AuditTrail::insert(soci::session& session, const AuditEntry& entry) {
  if (auto sound = check(entry); !sound) return sound;
  return insert_audit_entry(session, columns_of(entry));
}

Result<void> AuditTrail::add(const AuditEntry& entry) {
  if (auto sound = check(entry); !sound) return sound;
  const Texts columns = columns_of(entry);
  return database_.write([&](soci::session& session) { return insert_audit_entry(session, columns); },
                         SpooledWrite{.kind = "audit", .body = packed(columns)});
}

Result<std::vector<AuditEntry>> AuditTrail::find(const AuditQuery& query) const {
  std::vector<AuditEntry> entries;
  const auto outcome = database_.read([&](soci::session& session) {
    AuditEntry entry;
    long long id = 0;
    long long occurred = 0;
    const auto on_row = [&]() -> Result<void> {
      entry.id = static_cast<std::uint64_t>(id);
      entry.time = time_from(occurred);
      entries.push_back(entry);
      return {};
    };
    const auto before = query.before_id == 0 ? std::numeric_limits<long long>::max()
                                             : static_cast<long long>(query.before_id);
    const auto since = query.since ? stored_time(*query.since) : std::numeric_limits<long long>::min();
    return each_row(session,
                    "SELECT id, occurred, author, origin, verb, subject, reason, details FROM audit"
                    " WHERE id < :before AND occurred >= :since"
                    " AND (:every_author = 1 OR author = :author)"
                    " AND (:every_subject = 1 OR subject = :subject)"
                    " AND (:every_verb = 1 OR verb = :verb) ORDER BY id DESC LIMIT :most",
                    std::tie(id, occurred, entry.author, entry.from, entry.verb, entry.subject, entry.reason,
                             entry.details),
                    on_row, before, since, flag(!query.author), query.author.value_or(""),
                    flag(!query.subject), query.subject.value_or(""), flag(!query.verb),
                    query.verb.value_or(""), static_cast<long long>(query.most));
  });
  if (!outcome) return fail(outcome.error());
  return entries;
}

}  // namespace postreeve
