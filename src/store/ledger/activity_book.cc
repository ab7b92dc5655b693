#include "store/ledger/activity_book.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

// Rows in one write: some milliseconds of the ledger's thread.
constexpr std::size_t kMostInAWrite = 1'000;

Result<void> write_all(soci::session& session, const std::vector<ActivityRow>& rows) {
  auto id = static_cast<long long>(take_numbers(session, "activity", rows.size()));
  for (const ActivityRow& row : rows) {
    execute(session,
            "INSERT INTO activity (id, account, occurred, kind, client, country, recipients, action)"
            " VALUES (:id, :account, :occurred, :kind, :client, :country, :recipients, :action)",
            id++, stored_account(row.account), stored_time(row.time), stored_line(row.kind, 64),
            stored_line(row.client, 64), std::string(row.country.text()),
            static_cast<long long>(row.recipients), stored_line(row.action, 64));
  }
  return {};
}

}  // namespace

ActivityBook::ActivityBook(LedgerDatabase& database, std::size_t most_in_memory)
    : database_(database), most_in_memory_(most_in_memory) {}

void ActivityBook::add(ActivityRow row) {
  const std::lock_guard lock(mutex_);
  if (pending_.size() < most_in_memory_) {
    pending_.push_back(std::move(row));
  } else {
    ++dropped_;
  }
}

Result<void> ActivityBook::flush() {
  const std::lock_guard one_at_a_time(flushing_);
  while (true) {
    std::vector<ActivityRow> part;
    {
      const std::lock_guard lock(mutex_);
      const auto count = std::min(pending_.size(), kMostInAWrite);
      if (count == 0) return {};
      const auto end = std::next(pending_.begin(), static_cast<std::ptrdiff_t>(count));
      part.assign(std::make_move_iterator(pending_.begin()), std::make_move_iterator(end));
      pending_.erase(pending_.begin(), end);
    }
    const auto outcome = database_.write([&](soci::session& session) { return write_all(session, part); });
    if (outcome) continue;
    const std::lock_guard lock(mutex_);
    pending_.insert(pending_.begin(), std::make_move_iterator(part.begin()),
                    std::make_move_iterator(part.end()));
    return outcome;
  }
}

Result<std::vector<ActivityRow>> ActivityBook::of(const AccountId& account, Timestamp since,
                                                  std::uint32_t most) const {
  std::vector<ActivityRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    ActivityRow row;
    row.account = account;
    long long occurred = 0;
    long long recipients = 0;
    std::string country;
    const auto on_row = [&]() -> Result<void> {
      row.time = time_from(occurred);
      row.country = CountryCode::of(country);
      row.recipients = count_from(recipients);
      rows.push_back(row);
      return {};
    };
    return each_row(session,
                    "SELECT occurred, kind, client, country, recipients, action FROM activity"
                    " WHERE account = :account AND occurred >= :since"
                    " ORDER BY occurred DESC, id DESC LIMIT :most",
                    std::tie(occurred, row.kind, row.client, country, recipients, row.action), on_row,
                    stored_account(account), stored_time(since), static_cast<long long>(most));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

std::uint64_t ActivityBook::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace postreeve
