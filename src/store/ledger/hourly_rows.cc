#include "store/ledger/hourly_rows.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "store/ledger/rows.h"
#include "store/ledger/spool.h"
#include "store/ledger/sql.h"

namespace postreeve::hourly_rows {
namespace {

constexpr std::size_t kRowsInAStatement = 100;
constexpr std::ptrdiff_t kColumns = 8;

struct CountColumns {
  long long messages = 0;
  long long recipients = 0;
  long long withdrawn = 0;
  long long refused = 0;
  long long bounced = 0;
  long long logins = 0;

  void set(const Counts& counts) {
    messages = counts.messages;
    recipients = counts.recipients;
    withdrawn = counts.withdrawn;
    refused = counts.refused;
    bounced = counts.bounced;
    logins = counts.logins;
  }
  auto tie() { return std::tie(messages, recipients, withdrawn, refused, bounced, logins); }
  [[nodiscard]] Counts counts() const {
    return {.messages = count_from(messages),
            .recipients = count_from(recipients),
            .withdrawn = count_from(withdrawn),
            .refused = count_from(refused),
            .bounced = count_from(bounced),
            .logins = count_from(logins)};
  }
};

struct Row {
  long long hour = 0;
  std::string account;
  CountColumns counts;
};

// The statement that adds so many rows.
std::string addition_of(std::size_t rows) {
  std::string text =
      "INSERT INTO hourly_count"
      " (hour, account, messages, recipients, withdrawn, refused, bounced, logins) VALUES";
  for (std::size_t value = 0; value < rows * std::size_t{kColumns}; ++value) {
    text += value == 0 ? " (" : value % kColumns == 0 ? "), (" : ", ";
    text += ":v" + std::to_string(value);
  }
  return text +
         ") ON CONFLICT (hour, account) DO UPDATE SET"
         " messages = hourly_count.messages + excluded.messages,"
         " recipients = hourly_count.recipients + excluded.recipients,"
         " withdrawn = hourly_count.withdrawn + excluded.withdrawn,"
         " refused = hourly_count.refused + excluded.refused,"
         " bounced = hourly_count.bounced + excluded.bounced,"
         " logins = hourly_count.logins + excluded.logins";
}

// Adds so many rows at a time: each statement is a round trip to a server, and meanwhile no other node may
// write.
class Addition {
 public:
  Addition(soci::session& session, std::size_t rows) : rows_(rows), statement_(session) {
    for (Row& row : rows_) {
      statement_.exchange(soci::use(row.hour));
      statement_.exchange(soci::use(row.account));
      std::apply([&](auto&... columns) { (statement_.exchange(soci::use(columns)), ...); }, row.counts.tie());
    }
    statement_.alloc();
    statement_.prepare(addition_of(rows));  // this is most of what a small flush costs
    statement_.define_and_bind();
  }

  [[nodiscard]] std::span<Row> rows() { return rows_; }
  void execute() { statement_.execute(true); }

 private:
  std::vector<Row> rows_;
  soci::statement statement_;
};

}  // namespace

std::size_t size_of(const CountsByHour& counts) {
  std::size_t size = 0;
  for (const auto& [hour, accounts] : counts) size += accounts.size();
  return size;
}

std::uint32_t amount(const Counts& counts, TopBy by) noexcept {
  return by == TopBy::kLogins ? counts.logins : counts.recipients;
}

Result<void> write(soci::session& session, const CountsByHour& counts) {
  std::size_t left = size_of(counts);
  std::optional<Addition> addition;
  std::size_t filled = 0;
  for (const auto& [hour, accounts] : counts) {
    for (const auto& [account, count] : accounts) {
      if (!addition || (filled == 0 && left < kRowsInAStatement))
        addition.emplace(session, std::min(left, kRowsInAStatement));
      Row& row = addition->rows()[filled++];
      row.hour = hour;
      row.account = stored_account(account);
      row.counts.set(count);
      if (filled < addition->rows().size()) continue;
      addition->execute();
      left -= std::exchange(filled, 0);
    }
  }
  return {};
}

Counts read(soci::session& session, long long hour, const AccountId& account) {
  CountColumns columns;
  first_row(session,
            "SELECT messages, recipients, withdrawn, refused, bounced, logins FROM hourly_count"
            " WHERE hour = :hour AND account = :account",
            columns.tie(), hour, stored_account(account));
  return columns.counts();
}

Result<void> read_best(soci::session& session, long long hour, TopBy by, std::size_t limit,
                       CountsOfHour& best, std::uint32_t& least) {
  std::string account_text;
  CountColumns columns;
  const auto on_row = [&]() -> Result<void> {
    auto account = account_from(account_text);
    if (!account) return fail(account.error());
    least = amount(settled(columns.counts()), by);
    best.emplace(*std::move(account), columns.counts());
    return {};
  };
  const std::string order = by == TopBy::kLogins
                                ? "logins"
                                : "CASE WHEN recipients > withdrawn THEN recipients - withdrawn ELSE 0 END";
  return each_row(
      session,
      "SELECT account, messages, recipients, withdrawn, refused, bounced, logins FROM hourly_count"
      " WHERE hour = :hour ORDER BY " +
          order + " DESC, account LIMIT :most",
      std::tuple_cat(std::tie(account_text), columns.tie()), on_row, hour, static_cast<long long>(limit));
}

SpooledWrite words_of(const CountsByHour& counts) {
  Texts columns;
  CountColumns of_account;
  for (const auto& [hour, accounts] : counts) {
    for (const auto& [account, count] : accounts) {
      of_account.set(count);
      columns.push_back(std::to_string(hour));
      columns.push_back(stored_account(account));
      std::apply([&](const auto&... number) { (columns.push_back(std::to_string(number)), ...); },
                 of_account.tie());
    }
  }
  return {.kind = "hourly counts", .body = packed(columns), .is_elsewhere = true, .is_kept = true};
}

}  // namespace postreeve::hourly_rows

namespace postreeve {

Result<void> add_hourly_counts(soci::session& session, const Texts& columns) {
  using namespace hourly_rows;
  const std::string one_row = addition_of(1);
  for (auto row = columns.begin(); columns.end() - row >= kColumns; row += kColumns)
    execute_with(session, one_row, {row, row + kColumns});
  return {};
}

}  // namespace postreeve
