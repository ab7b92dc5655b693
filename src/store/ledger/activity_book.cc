#include "store/ledger/activity_book.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/spool.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

// Rows in one write: some milliseconds of the ledger's thread.
constexpr std::size_t kMostInAWrite = 1'000;

struct ActivityColumns {
  std::string account;
  long long occurred = 0;
  std::string kind;
  std::string client;
  std::string country;
  long long recipients = 0;
  std::string action;

  auto tie() { return std::tie(account, occurred, kind, client, country, recipients, action); }
  [[nodiscard]] Result<ActivityRow> row() const {
    auto of = account_from(account);
    if (!of) return fail(of.error());
    return ActivityRow{.account = *std::move(of),
                       .time = time_from(occurred),
                       .kind = kind,
                       .client = client,
                       .country = CountryCode::of(country),
                       .recipients = count_from(recipients),
                       .action = action};
  }
};

// Adds the rows that `belongs` takes, until there are `most`; the condition ends with their order.
template <typename Belongs, typename... Values>
Result<void> select(soci::session& session, const std::string& condition, std::uint32_t most,
                    std::vector<ActivityRow>& rows, Belongs belongs, const Values&... values) {
  if (most == 0) return {};
  ActivityColumns columns;
  const auto on_row = [&]() -> Result<Rows> {
    if (!belongs(columns.client)) return Rows::kMore;
    auto row = columns.row();
    if (!row) return fail(row.error());
    rows.push_back(*std::move(row));
    return rows.size() < most ? Rows::kMore : Rows::kEnough;
  };
  return each_row(
      session,
      "SELECT account, occurred, kind, client, country, recipients, action FROM activity " + condition,
      columns.tie(), on_row, values...);
}

constexpr std::ptrdiff_t kColumns = 7;

Texts columns_of(const ActivityRow& row) {
  return {stored_account(row.account), std::to_string(stored_time(row.time)), stored_line(row.kind, 64),
          stored_line(row.client, 64), std::string(row.country.text()),       std::to_string(row.recipients),
          stored_line(row.action, 64)};
}

Texts columns_of(const std::vector<ActivityRow>& rows) {
  Texts columns;
  for (const ActivityRow& row : rows) std::ranges::move(columns_of(row), std::back_inserter(columns));
  return columns;
}

}  // namespace

Result<void> add_activity(soci::session& session, const Texts& columns) {
  const auto rows = static_cast<std::uint64_t>(std::ssize(columns) / kColumns);
  if (rows == 0) return {};
  std::uint64_t id = take_numbers(session, "activity", rows);
  for (auto row = columns.begin(); columns.end() - row >= kColumns; row += kColumns) {
    Texts values{std::to_string(id++)};
    values.insert(values.end(), row, row + kColumns);
    execute_with(session,
                 "INSERT INTO activity (id, account, occurred, kind, client, country, recipients, action)"
                 " VALUES (:id, :account, :occurred, :kind, :client, :country, :recipients, :action)",
                 values);
  }
  return {};
}

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

void ActivityBook::forget(const AccountId& account) {
  const std::scoped_lock lock(flushing_, mutex_);
  std::erase_if(pending_, [&](const ActivityRow& row) { return row.account == account; });
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
    const Texts columns = columns_of(part);
    const auto outcome = database_.write(
        [&](soci::session& session) { return add_activity(session, columns); },
        SpooledWrite{.kind = "activity", .body = packed(columns), .is_elsewhere = true, .is_kept = true});
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
  const auto everything = [](const std::string&) { return true; };
  const auto outcome = database_.read([&](soci::session& session) {
    return select(
        session,
        "WHERE account = :account AND occurred >= :since ORDER BY occurred DESC, id DESC LIMIT :most", most,
        rows, everything, stored_account(account), stored_time(since), static_cast<long long>(most));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

Result<std::vector<ActivityRow>> ActivityBook::from(const Prefix& network, Timestamp since,
                                                    std::uint32_t most) const {
  std::vector<ActivityRow> rows;
  const auto is_within = [&](const std::string& client) {
    const auto address = IpAddress::parse(client);
    return address && network.contains(*address);
  };
  const auto outcome = database_.read([&](soci::session& session) {
    return select(session, "WHERE occurred >= :since AND client <> '' ORDER BY occurred DESC, id DESC", most,
                  rows, is_within, stored_time(since));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

std::uint64_t ActivityBook::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace postreeve
