#include "store/ledger/change_follower.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/ledger/audit_trail.h"
#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql.h"
#include "store/ledger/sql_session.h"
#include "store/ledger/table_copy.h"

namespace postreeve {
namespace {

constexpr std::chrono::milliseconds kLookEvery{1'000};
// While the server is away; the link looks for it.
constexpr std::chrono::milliseconds kLookForTheLink{200};
constexpr long long kMostRowsAtOnce = 10'000;
constexpr const char* kMirrored = "mirrored standing";
// The number of the audit trail's entry up to which accounts that people forgot are known.
constexpr const char* kForgotten = "forgotten up to";

template <typename Call>
Result<void> caught(Call call) {
  try {
    return call();
  } catch (const std::exception& thrown) {
    return fail(error_of(thrown));
  }
}

std::optional<std::uint64_t> number_if_any(soci::session& session, const std::string& name) {
  long long value = 0;
  if (!first_row(session, "SELECT value FROM ledger_number WHERE name = :name", std::tie(value), name))
    return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

std::uint64_t number_of(soci::session& session, const std::string& name) {
  return number_if_any(session, name).value_or(0);
}

void keep_number(soci::session& session, const std::string& name, std::uint64_t value) {
  execute(session,
          "INSERT INTO ledger_number (name, value) VALUES (:name, :value)"
          " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
          name, static_cast<long long>(value));
}

// Those that were forgotten since the entry `last` of the trail, which becomes the latest one.
Result<std::vector<AccountId>> forgotten_since(soci::session& session, std::uint64_t& last) {
  std::vector<AccountId> accounts;
  const auto since = static_cast<long long>(last);
  long long id = 0;
  std::string subject;
  const auto on_row = [&]() -> Result<void> {
    last = static_cast<std::uint64_t>(id);
    auto account = account_from(subject);
    if (account) accounts.push_back(*std::move(account));
    return {};
  };
  auto read =
      each_row(session, "SELECT id, subject FROM audit WHERE verb = :verb AND id > :since ORDER BY id",
               std::tie(id, subject), on_row, std::string(kForgetVerb), since);
  if (!read) return fail(read.error());
  return accounts;
}

// The mode that people chose last is in the audit trail (app/mode_memory.h). What is entered here while the
// server is away gets later numbers.
void keep_mode(soci::session& session, const TableRows& mode) {
  if (mode.rows.empty()) return;
  execute(session, "DELETE FROM audit WHERE verb = 'mode'");
  put_rows(session, "audit", "id", mode);
  execute(session,
          "INSERT INTO ledger_number (name, value) SELECT 'audit', MAX(id) FROM audit WHERE id > 0"
          " ON CONFLICT (name) DO UPDATE SET value = CASE WHEN excluded.value > ledger_number.value"
          " THEN excluded.value ELSE ledger_number.value END");
}

}  // namespace

ChangeFollower::ChangeFollower(const PostgresqlServer& server, const ServerLink& link, LedgerDatabase& spool,
                               LedgerFollowing following)
    : server_(server),
      link_(link),
      spool_(spool),
      following_(std::move(following)),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
  (void)spool_.read([&](soci::session& session) -> Result<void> {
    seen_.standings = number_of(session, kMirrored);
    return {};
  });
  thread_ = std::jthread([this](const std::stop_token& stopped) { run(stopped); });
}

ChangeFollower::~ChangeFollower() {
  thread_.request_stop();
  (void)::eventfd_write(wake_, 1);
  thread_.join();
  ::close(wake_);
}

void ChangeFollower::run(const std::stop_token& stopped) {
  while (!stopped.stop_requested()) {
    if (!link_.is_up()) {
      session_.reset();
    } else if (!session_ && !listen()) {
      session_.reset();
    }
    if (session_ && !look()) session_.reset();
    wait(stopped);
  }
  session_.reset();
}

Result<void> ChangeFollower::listen() {
  auto session = open_postgresql(server_);
  if (!session) return fail(session.error());
  session_ = std::move(*session);
  return caught([&]() -> Result<void> {
    *session_ << std::string("LISTEN ") + kChannel;
    return {};
  });
}

Result<ChangeFollower::Seen> ChangeFollower::numbers() {
  const TimeLimit limit(link_.watch(), socket_of(*session_), TimeLimit::Clock::now() + server_.timeout);
  Seen now;
  auto read = caught([&]() -> Result<void> {
    (void)take_notifications(*session_);
    now.standings = number_of(*session_, "standing");
    now.rules = number_of(*session_, "rules");
    now.forgotten = number_of(*session_, "forgotten");
    return {};
  });
  if (!read) return fail(read.error());
  return now;
}

Result<void> ChangeFollower::look() {
  const auto now = numbers();
  if (!now) return fail(now.error());
  // A copy of the database that is older than what we have seen was put in its place.
  if (now->standings < seen_.standings) seen_.standings = 0;
  if (now->standings != seen_.standings) {
    if (auto followed = follow_standings(now->standings); !followed) return followed;
  }
  if (now->rules != seen_.rules) {
    if (auto followed = follow_rules(now->rules); !followed) return followed;
  }
  if (now->forgotten == seen_.forgotten) return {};
  return follow_forgetting(now->forgotten);
}

std::string ChangeFollower::all_known_of(const std::string& table) const {
  std::vector<std::string> columns;
  auto read = spool_.read([&](soci::session& session) {
    std::string column;
    const auto on_row = [&]() -> Result<void> {
      columns.push_back(column);
      return {};
    };
    return each_row(session, "SELECT name FROM pragma_table_info(:table) ORDER BY cid", std::tie(column),
                    on_row, table);
  });
  if (!read) throw std::runtime_error("the spool cannot be read: " + read.error().detail);
  return fmt::format("SELECT {} FROM {}", fmt::join(columns, ", "), table);
}

// The spool's copy is not touched once the server is away: what is spooled is newer.
Result<void> ChangeFollower::follow_standings(std::uint64_t now) {
  TableRows rows;
  auto read = caught([&]() -> Result<void> {
    const TimeLimit limit(link_.watch(), socket_of(*session_), TimeLimit::Clock::now() + server_.timeout);
    rows = read_table(*session_, fmt::format("{} WHERE version > {} ORDER BY version LIMIT {}",
                                             all_known_of("standing"), seen_.standings, kMostRowsAtOnce));
    return {};
  });
  if (!read) return read;
  const bool is_all = std::cmp_less(rows.rows.size(), kMostRowsAtOnce);
  const std::uint64_t reached = is_all ? now : std::stoull(rows.rows.back().at(rows.column("version")));
  auto kept = spool_.write([&](soci::session& session) -> Result<void> {
    if (!link_.is_up()) return fail(ErrorCode::kUnavailable, "the server is away");
    put_rows(session, "standing", "account", rows);
    keep_number(session, kMirrored, reached);
    return {};
  });
  if (!kept) return kept;
  if (following_.standings) {
    if (auto told = caught([&] { return following_.standings(seen_.standings); }); !told) return told;
  }
  seen_.standings = reached;
  return is_all ? Result<void>{} : follow_standings(now);
}

Result<void> ChangeFollower::follow_rules(std::uint64_t now) {
  constexpr std::array<const char*, 3> kTables{"list_entry", "account_policy", "api_token"};
  std::array<TableRows, kTables.size()> read_tables;
  TableRows mode;
  auto read = caught([&]() -> Result<void> {
    const TimeLimit limit(link_.watch(), socket_of(*session_), TimeLimit::Clock::now() + server_.timeout);
    for (std::size_t i = 0; i < kTables.size(); ++i)
      read_tables[i] = read_table(*session_, all_known_of(kTables[i]));
    mode = read_table(*session_, all_known_of("audit") + " WHERE verb = 'mode' ORDER BY id DESC LIMIT 1");
    return {};
  });
  if (!read) return read;
  auto kept = spool_.write([&](soci::session& session) -> Result<void> {
    if (!link_.is_up()) return fail(ErrorCode::kUnavailable, "the server is away");
    keep_mode(session, mode);
    for (std::size_t i = 0; i < kTables.size(); ++i) {
      session << fmt::format("DELETE FROM {}", kTables[i]);
      put_rows(session, kTables[i], "", read_tables[i]);
    }
    return {};
  });
  if (!kept) return kept;
  if (following_.rules) {
    if (auto told = caught([&] { return following_.rules(); }); !told) return told;
  }
  seen_.rules = now;
  return {};
}

// Rows that are gone have no number, so the standings are copied as a whole. At a start, too: somebody may
// have been forgotten meanwhile.
Result<void> ChangeFollower::follow_forgetting(std::uint64_t now) {
  TableRows standings;
  std::optional<std::uint64_t> known;
  auto read = spool_.read([&](soci::session& session) -> Result<void> {
    known = number_if_any(session, kForgotten);
    return {};
  });
  if (!read) return read;
  std::uint64_t last = known.value_or(0);
  std::vector<AccountId> accounts;
  read = caught([&]() -> Result<void> {
    const TimeLimit limit(link_.watch(), socket_of(*session_), TimeLimit::Clock::now() + server_.timeout);
    standings = read_table(*session_, all_known_of("standing"));
    auto found = forgotten_since(*session_, last);
    if (!found) return fail(found.error());
    accounts = *std::move(found);
    return {};
  });
  if (!read) return read;
  // A new node has nothing of those who were forgotten before.
  if (following_.forgotten && known && !accounts.empty()) {
    if (auto told = caught([&] { return following_.forgotten(accounts); }); !told) return told;
  }
  auto kept = spool_.write([&](soci::session& session) -> Result<void> {
    if (!link_.is_up()) return fail(ErrorCode::kUnavailable, "the server is away");
    session << "DELETE FROM standing";
    put_rows(session, "standing", "", standings);
    keep_number(session, kForgotten, last);
    return {};
  });
  if (!kept) return kept;
  seen_.forgotten = now;
  return {};
}

// What came while the numbers were asked for is in libpq already, and the socket silent.
void ChangeFollower::wait(const std::stop_token& stopped) {
  bool has_news = false;
  const auto heard = caught([&]() -> Result<void> {
    has_news = session_ && take_notifications(*session_);
    return {};
  });
  if (stopped.stop_requested() || has_news || !heard) return;
  std::array<::pollfd, 2> watched{
      {{.fd = wake_, .events = POLLIN, .revents = 0},
       {.fd = session_ ? socket_of(*session_) : -1, .events = POLLIN, .revents = 0}}};
  const auto patience = session_ ? kLookEvery : kLookForTheLink;
  (void)::poll(watched.data(), watched.size(), static_cast<int>(patience.count()));
}

}  // namespace postreeve
