#include "store/ledger/outbox.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/spool.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

constexpr std::string_view kColumns =
    "SELECT id, incident, account, kind, payload, state, attempts, created, next_attempt, finished, error,"
    " receipt, says FROM outbox ";

// Behind a backend that hangs, others' rows wait for theirs to be tried: what comes after them in an incident
// cannot wait as long as that takes.
constexpr Duration kLongestWaitForOthers = std::chrono::minutes{1};

bool is_kind(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

// The row as its columns are read.
struct Columns {
  long long id = 0;
  long long attempts = 0;
  long long created = 0;
  long long next_attempt = 0;
  long long finished = 0;
  std::string incident;
  std::string account;
  std::string kind;
  std::string payload;
  std::string state;
  std::string error;
  std::string receipt;
  std::string says;

  auto tie() {
    return std::tie(id, incident, account, kind, payload, state, attempts, created, next_attempt, finished,
                    error, receipt, says);
  }
};

Result<OutboxRow> row_of(const Columns& columns) {
  auto incident = incident_from(columns.incident);
  auto account = columns.account.empty() ? Result<AccountId>(AccountId{}) : account_from(columns.account);
  auto state = enum_from<OutboxState>(columns.state, 4);
  if (!incident) return fail(incident.error());
  if (!account) return fail(account.error());
  if (!state) return fail(state.error());
  return OutboxRow{.id = static_cast<std::uint64_t>(columns.id),
                   .incident = *incident,
                   .account = *std::move(account),
                   .action = {.kind = columns.kind,
                              .payload = columns.payload,
                              .not_before = time_from(columns.next_attempt)},
                   .state = *state,
                   .attempts = count_from(columns.attempts),
                   .created = time_from(columns.created),
                   .finished = time_from(columns.finished),
                   .error = columns.error,
                   .receipt = columns.receipt,
                   .says = columns.says};
}

template <typename... Values>
Result<void> select(soci::session& session, const std::string& condition, std::vector<OutboxRow>& rows,
                    const Values&... values) {
  Columns columns;
  const auto on_row = [&]() -> Result<void> {
    auto row = row_of(columns);
    if (!row) return fail(row.error());
    rows.push_back(*std::move(row));
    return {};
  };
  return each_row(session, std::string(kColumns) + condition, columns.tie(), on_row, values...);
}

// A change of one unfinished action.
struct Change {
  std::uint64_t id = 0;
  OutboxState state{};
  std::string error;
  std::string says;
  long long next_attempt = 0;
  long long finished = 0;
  Outbox::Line line;
};

std::unexpected<Error> none_unfinished(std::uint64_t id) {
  return fail(ErrorCode::kNotFound, fmt::format("no unfinished action has the number {}", id));
}

Texts columns_of(const Change& change) {
  Texts columns{word(change.state),
                change.error,
                change.says,
                std::to_string(change.next_attempt),
                std::to_string(change.finished),
                std::to_string(change.id)};
  if (!change.line) return columns;
  const TimelineRow& line = *change.line;
  for (std::string text : {stored_incident(line.incident), std::to_string(stored_time(line.time)),
                           stored_line(line.author, 320), stored_line(line.text), line.details})
    columns.push_back(std::move(text));
  return columns;
}

// Spooled, it waits without being looked at: the row is on the server, where nobody else has it before its
// lease is over.
Result<void> carry_out(LedgerDatabase& database, const Change& change) {
  const Texts columns = columns_of(change);
  return database.write([&](soci::session& session) { return end_action(session, columns); },
                        SpooledWrite{.kind = "action end", .body = packed(columns), .is_elsewhere = true});
}

}  // namespace

Result<void> end_action(soci::session& session, const Texts& columns) {
  constexpr std::size_t kOfAction = 6;
  constexpr std::size_t kOfLine = 5;
  if (columns.size() < kOfAction) return fail(ErrorCode::kCorrupt, "the end of an action cannot be read");
  const auto changed = execute_with(session,
                                    "UPDATE outbox SET state = :state, error = :error, says = :says,"
                                    " next_attempt = :next_attempt, finished = :finished"
                                    " WHERE id = :id AND finished = 0",
                                    {columns.begin(), columns.begin() + kOfAction});
  if (changed == 0)
    return fail(ErrorCode::kNotFound, fmt::format("no unfinished action has the number {}", columns[5]));
  if (columns.size() < kOfAction + kOfLine) return {};
  const auto incident = incident_from(columns[6]);
  long long occurred = 0;
  const std::string& digits = columns[7];
  std::from_chars(digits.data(), digits.data() + digits.size(), occurred);
  if (!incident) return fail(incident.error());
  // What was done says to whom: nothing is told where the names have gone.
  int anonymised = 0;
  first_row(session, "SELECT COUNT(*) FROM incident WHERE id = :id AND anonymised > 0", std::tie(anonymised),
            columns[6]);
  if (anonymised > 0) return {};
  Result<void> told = add_to_timeline(session, {.id = 0,
                                                .incident = *incident,
                                                .time = time_from(occurred),
                                                .kind = EntryKind::kAction,
                                                .author = columns[8],
                                                .text = columns[9],
                                                .details = columns[10]});
  if (!told && told.error().code == ErrorCode::kNotFound) return {};
  return told;
}

std::string_view to_text(OutboxState state) noexcept {
  static constexpr std::array<std::string_view, 4> kTexts{"waiting", "taken", "done", "given_up"};
  return kTexts[static_cast<std::size_t>(state)];
}

Result<void> Outbox::insert(soci::session& session, IncidentId incident, const AccountId& account,
                            const std::vector<OutboxAction>& actions, Timestamp now) {
  for (const OutboxAction& action : actions) {
    if (!is_kind(action.kind)) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("'{}' is no kind of action", stored_line(action.kind, 64)));
    }
    if (action.payload.size() > kMostPayloadBytes || !is_storable(action.payload)) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("the payload of '{}' is no UTF-8 of at most 1 MiB", action.kind));
    }
    const long long created = stored_time(now);
    const long long next_attempt = std::max(created, stored_time(action.not_before));
    execute(session,
            "INSERT INTO outbox (id, incident, account, kind, payload, state, attempts, created,"
            " next_attempt, finished, error)"
            " VALUES (:id, :incident, :account, :kind, :payload, :state, 0, :created, :next_attempt, 0, '')",
            static_cast<long long>(take_numbers(session, "outbox")), stored_incident(incident),
            stored_account(account), action.kind, action.payload, word(OutboxState::kWaiting), created,
            next_attempt);
  }
  return {};
}

Result<void> Outbox::add(IncidentId incident, const AccountId& account, std::vector<OutboxAction> actions,
                         Timestamp now) {
  return database_.write([=, actions = std::move(actions)](soci::session& session) {
    return insert(session, incident, account, actions, now);
  });
}

// One that failed, and waits, has an error; one that nobody began, or that is under way, has none. Those that
// nobody tried come first: what failed may fail again, and hold up the next for as long as it did before.
Result<std::optional<OutboxRow>> Outbox::take(const std::string& kind, Timestamp now, Duration lease) {
  if (!database_.is_settled()) return std::nullopt;
  std::vector<OutboxRow> rows;
  const auto outcome = database_.write([&](soci::session& session) -> Result<void> {
    rows.clear();  // of an attempt before
    auto selected =
        select(session,
               "WHERE kind = :kind AND finished = 0 AND next_attempt <= :due AND NOT EXISTS"
               " (SELECT 1 FROM outbox AS earlier WHERE earlier.incident = outbox.incident"
               " AND earlier.id < outbox.id AND earlier.finished = 0"
               " AND (earlier.kind = outbox.kind OR (earlier.error = '' AND earlier.created > :patient))"
               // Put off on purpose, and not tried yet.
               " AND NOT (earlier.attempts = 0 AND earlier.next_attempt > earlier.created"
               " AND earlier.next_attempt > :now))"
               " ORDER BY (error <> ''), id LIMIT 1",
               rows, kind, stored_time(now), stored_time(now - kLongestWaitForOthers), stored_time(now));
    if (!selected || rows.empty()) return selected;
    OutboxRow& row = rows.front();
    // What came of a change long past, or could not be begun for days, has its time all the same.
    if (row.attempts == 0) row.created = std::max(row.created, now - kLongestWaitForOthers);
    execute(session,
            "UPDATE outbox SET state = 'taken', attempts = attempts + 1, created = :created,"
            " next_attempt = :until, taken_by = :node WHERE id = :id",
            stored_time(row.created), stored_time(now + lease), database_.node(),
            static_cast<long long>(row.id));
    row.state = OutboxState::kTaken;
    row.action.not_before = now + lease;
    ++row.attempts;
    return {};
  });
  if (!outcome) return fail(outcome.error());
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

Result<void> Outbox::keep_receipt(std::uint64_t id, const std::string& receipt) {
  if (receipt.size() > kMostReceiptBytes || !is_storable(receipt))
    return fail(ErrorCode::kInvalidInput, "what is to be restored later is no UTF-8 of at most 64 KiB");
  return database_.write([=](soci::session& session) -> Result<void> {
    const auto changed =
        execute(session, "UPDATE outbox SET receipt = :receipt WHERE id = :id AND finished = 0", receipt,
                static_cast<long long>(id));
    if (changed > 0) return {};
    return none_unfinished(id);
  });
}

Result<void> Outbox::take_back(Timestamp now) {
  return database_.write([this, now](soci::session& session) -> Result<void> {
    execute(session,
            "UPDATE outbox SET state = 'waiting', next_attempt = :now WHERE state = 'taken'"
            " AND taken_by = :node",
            stored_time(now), database_.node());
    return {};
  });
}

Result<void> Outbox::done(std::uint64_t id, const std::string& says, Timestamp now, const Line& line) {
  return carry_out(database_, {.id = id,
                               .state = OutboxState::kDone,
                               .error = {},
                               .says = stored_line(says),
                               .next_attempt = 0,
                               .finished = stored_time(now),
                               .line = line});
}

Result<void> Outbox::failed(std::uint64_t id, const std::string& error, Timestamp next_attempt,
                            const Line& line) {
  return carry_out(database_, {.id = id,
                               .state = OutboxState::kWaiting,
                               .error = stored_line(error),
                               .says = {},
                               .next_attempt = stored_time(next_attempt),
                               .finished = 0,
                               .line = line});
}

Result<void> Outbox::give_up(std::uint64_t id, const std::string& error, Timestamp now, const Line& line) {
  return carry_out(database_, {.id = id,
                               .state = OutboxState::kGivenUp,
                               .error = stored_line(error),
                               .says = {},
                               .next_attempt = 0,
                               .finished = stored_time(now),
                               .line = line});
}

Result<void> Outbox::retry(std::uint64_t id, Timestamp now) {
  return database_.write([=](soci::session& session) -> Result<void> {
    const auto changed = execute(session,
                                 "UPDATE outbox SET state = 'waiting', next_attempt = :now, finished = 0"
                                 " WHERE id = :id AND state IN ('waiting', 'given_up')",
                                 stored_time(now), static_cast<long long>(id));
    if (changed > 0) return {};
    return fail(ErrorCode::kNotFound,
                fmt::format("no action that waits or was given up has the number {}", id));
  });
}

Result<std::vector<OutboxRow>> Outbox::of_incident(IncidentId incident) const {
  std::vector<OutboxRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    return select(session, "WHERE incident = :incident ORDER BY id", rows, stored_incident(incident));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

Result<OutboxRow> Outbox::get(std::uint64_t id) const {
  std::vector<OutboxRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    return select(session, "WHERE id = :id", rows, static_cast<long long>(id));
  });
  if (!outcome) return fail(outcome.error());
  if (rows.empty()) return fail(ErrorCode::kNotFound, fmt::format("no action has the number {}", id));
  return std::move(rows.front());
}

Result<std::vector<OutboxRow>> Outbox::of_kind(const std::string& kind, Timestamp since) const {
  std::vector<OutboxRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    return select(session, "WHERE kind = :kind AND created >= :since ORDER BY id", rows, kind,
                  stored_time(since));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

Result<std::optional<OutboxRow>> Outbox::latest_without_account() const {
  std::vector<OutboxRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    return select(session, "WHERE account = '' ORDER BY id DESC LIMIT 1", rows);
  });
  if (!outcome) return fail(outcome.error());
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

Result<std::vector<OutboxRow>> Outbox::open(bool with_given_up, std::uint32_t most) const {
  std::vector<OutboxRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    return select(session,
                  "WHERE finished = 0 OR (:with_given_up = 1 AND state = 'given_up') ORDER BY id LIMIT :most",
                  rows, flag(with_given_up), static_cast<long long>(most));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

Result<std::vector<std::string>> Outbox::due_kinds(Timestamp now) const {
  std::vector<std::string> kinds;
  const auto outcome = database_.read([&](soci::session& session) {
    std::string kind;
    const auto on_row = [&]() -> Result<void> {
      kinds.push_back(kind);
      return {};
    };
    return each_row(session,
                    "SELECT DISTINCT kind FROM outbox WHERE state IN ('waiting', 'taken') AND"
                    " next_attempt <= :now",
                    std::tie(kind), on_row, stored_time(now));
  });
  if (!outcome) return fail(outcome.error());
  return kinds;
}

Result<std::uint64_t> Outbox::done_since(const std::string& kind, Timestamp since,
                                         const std::string& says) const {
  long long count = 0;
  const auto outcome = database_.read([&](soci::session& session) -> Result<void> {
    first_row(session,
              "SELECT COUNT(*) FROM outbox WHERE kind = :kind AND state = 'done' AND finished >= :since"
              " AND SUBSTR(says, 1, :length) = :says",
              std::tie(count), kind, stored_time(since), static_cast<long long>(says.size()), says);
    return {};
  });
  if (!outcome) return fail(outcome.error());
  return static_cast<std::uint64_t>(count);
}

Result<std::uint64_t> Outbox::unfinished() const {
  long long count = 0;
  const auto outcome = database_.read([&](soci::session& session) -> Result<void> {
    first_row(session, "SELECT COUNT(*) FROM outbox WHERE finished = 0", std::tie(count));
    return {};
  });
  if (!outcome) return fail(outcome.error());
  return static_cast<std::uint64_t>(count);
}

}  // namespace postreeve
