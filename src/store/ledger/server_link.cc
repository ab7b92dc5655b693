#include "store/ledger/server_link.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "store/ledger/numbering.h"
#include "store/ledger/server_tables.h"
#include "store/ledger/spool.h"
#include "store/ledger/sql.h"
#include "store/ledger/sql_session.h"

namespace postreeve {
namespace {

constexpr std::chrono::seconds kLookEvery{1};
// All nodes find a server that came back within a second or two, and bring over first what they have done.
constexpr std::chrono::seconds kSettlesIn{5};
// Of millions of rows in an index a server makes a minute's work.
constexpr std::chrono::hours kMigratesIn{1};
// One transaction's worth: other nodes and whoever asked wait for it.
constexpr std::size_t kMostAtOnce = 100;

class Countdown {
 public:
  explicit Countdown(std::size_t left) : left_(left) {}

  void count() {
    const std::scoped_lock lock(mutex_);
    if (--left_ == 0) ended_.notify_all();  // with the lock: whoever waits then destroys this
  }
  void wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t left_;
};

}  // namespace

ServerLink::ServerLink(const LedgerOptions& options, LedgerDatabase& spool, std::string node)
    : server_(options.server),
      who_(options.node),
      tell_(options.tell),
      spool_(spool),
      node_(std::move(node)) {}

ServerLink::~ServerLink() {
  stop();
}

// Ends what a session waits for when the server does not answer. A busy one may take a while for each of many
// writes, and is not away because of it.
TimeLimit ServerLink::limit_of(soci::session& session, std::size_t writes) const {
  constexpr std::chrono::milliseconds kForAWrite{20};
  const auto patience = server_.timeout + kForAWrite * static_cast<long>(writes);
  return {*watch_, socket_of(session), TimeLimit::Clock::now() + patience};
}

Result<void> ServerLink::begin() {
  if (auto counted = forget_spooled(0); !counted) return counted;
  auto session = connect();
  if (!session) {
    if (session.error().code == ErrorCode::kCorrupt) return fail(session.error());
    go_down(session.error());
    return {};
  }
  while (true) {
    const Result<bool> more = bring_some(**session);
    if (!more) {
      go_down(more.error());
      return {};
    }
    if (*more) continue;
    be_up(std::move(*session));
    return {};
  }
}

void ServerLink::start(std::function<void()> poke) {
  poke_ = std::move(poke);
  keeper_ = std::thread([this] { keep(); });
}

void ServerLink::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (keeper_.joinable()) keeper_.join();
}

Result<ServerLink::Session> ServerLink::connect() const {
  auto session = open_postgresql(server_);
  if (!session) return session;
  if (auto ready = prepare_tables(**session); !ready) return fail(ready.error());
  const TimeLimit limit = limit_of(**session);
  if (auto entered = enter_node(**session, node_, who_); !entered) return fail(entered.error());
  return session;
}

// The server works while tables are brought up to date, however long it says nothing.
Result<void> ServerLink::prepare_tables(soci::session& session) const {
  {
    const TimeLimit limit = limit_of(session);
    const auto ready = are_up_to_date(session);
    if (!ready) return fail(ready.error());
    if (*ready) return {};
  }
  const TimeLimit limit(*watch_, socket_of(session), TimeLimit::Clock::now() + kMigratesIn);
  return bring_up_to_date(session);
}

void ServerLink::tell(bool is_bad, const std::string& what) const {
  if (tell_) tell_(is_bad, what);
}

LedgerHealth ServerLink::health() const {
  const std::scoped_lock lock(mutex_);
  return {.has_server = true,
          .is_up = is_up_,
          .spooled = spooled_,
          .brought = brought_,
          .dropped = dropped_,
          .trouble = is_up_ ? std::string{} : trouble_};
}

bool ServerLink::is_settled() const noexcept {
  return std::chrono::steady_clock::now() >= settled_.load();
}

void ServerLink::suspect(const Error& why) {
  go_down(why);
}

void ServerLink::go_down(const Error& why) {
  bool is_news = false;
  {
    const std::scoped_lock lock(mutex_);
    is_news = is_up_.exchange(false) || trouble_.empty();
    trouble_ = why.detail;
  }
  if (is_news)
    tell(true, fmt::format("{} is away ({}); changes are kept in the spool", name_of(server_), why.detail));
}

void ServerLink::take_what_was_found() {
  {
    const std::scoped_lock lock(mutex_);
    if (fresh_) bringing_ = std::move(fresh_);
  }
  if (!bringing_) return;
  const Result<bool> more = bring_some(*bringing_);
  if (more && *more) return poke_();
  if (more) {
    be_up(std::move(bringing_));
  } else {
    go_down(more.error());
  }
  bringing_.reset();
  const std::scoped_lock lock(mutex_);
  is_found_ = false;
}

void ServerLink::commit(std::span<WriteItem> group) {
  if (!is_up_) session_.reset();
  if (!session_) take_what_was_found();
  if (group.empty()) return;
  while (session_ && !group.empty()) {
    const std::size_t count = std::min(group.size(), kMostAtOnce);
    commit_on_server(group.first(count));
    group = group.subspan(count);
  }
  if (!group.empty()) spool_all(group, 0, {ErrorCode::kUnavailable, health().trouble});
}

// A write that brings the transaction down without the server being away is tried alone, as the others are.
void ServerLink::commit_on_server(std::span<WriteItem> group) {
  Error why;
  switch (attempt(group, why)) {
    case Attempt::kDecided:
      return;
    case Attempt::kUndone:
      if (group.size() > 1) {
        for (std::size_t i = 0; i < group.size(); ++i) {
          if (session_) {
            commit_on_server(group.subspan(i, 1));
          } else {
            return spool_all(group.subspan(i), 0, why);
          }
        }
        return;
      }
      group[0].outcome = fail(why);
      return;
    case Attempt::kUnknown:
      session_.reset();
      go_down(why);
      return spool_all(group, written_, why);
    case Attempt::kNoTransaction:
    case Attempt::kServerTrouble:
      session_.reset();
      go_down(why);
      return spool_all(group, 0, why);
  }
}

Attempt ServerLink::attempt(std::span<WriteItem> group, Error& why) {
  const auto number = static_cast<long long>(++written_);
  const GroupTransaction transaction{
      .before = [](soci::session& session) { session << kTakeTurn; },
      .after =
          [&](soci::session& session) {
            execute(session, "UPDATE ledger_node SET written = :number WHERE id = :id", number, node_);
          }};
  const TimeLimit limit = limit_of(*session_, group.size());
  return attempt_group(*session_, transaction, group, why);
}

// `attempt` is the group's number when it may be on the server after all, else 0.
void ServerLink::spool_all(std::span<WriteItem> group, std::uint64_t attempt, const Error& why) {
  Countdown ended(group.size());
  const auto away = [&why](const std::string& more) {
    return fail(ErrorCode::kUnavailable, fmt::format("PostgreSQL is away{} ({})", more, why.detail));
  };
  const std::string in_doubt = attempt == 0 ? "" : ", and may have done this all the same";
  for (WriteItem& item : group) {
    const bool was_refused = attempt != 0 && !item.outcome;
    const bool is_kept = item.spooled && item.spooled->is_kept && attempt == 0;
    if (was_refused || is_kept || !item.spooled) {
      if (!was_refused) item.outcome = away(in_doubt);
      ended.count();
      continue;
    }
    spool_.write(
        [&item, attempt](soci::session& session) -> Result<void> {
          if (!item.spooled->is_elsewhere) {
            if (auto worked = item.work(session); !worked) return worked;
          }
          execute(session,
                  "INSERT INTO spooled_write (number, attempt, kind, body)"
                  " VALUES (:number, :attempt, :kind, :body)",
                  static_cast<long long>(take_numbers(session, "spooled_write")),
                  static_cast<long long>(attempt), item.spooled->kind, item.spooled->body);
          return {};
        },
        [this, &item, &away, &ended](const Result<void>& outcome) {
          item.outcome = outcome;
          if (outcome) ++spooled_;
          if (!outcome && outcome.error().code == ErrorCode::kNotFound)
            item.outcome = away(", and what is meant is not known without it");
          ended.count();
        });
  }
  ended.wait();
}

Result<std::vector<ServerLink::Spooled>> ServerLink::next_spooled() const {
  std::vector<Spooled> rows;
  const auto outcome = spool_.read([&](soci::session& session) {
    long long number = 0;
    long long attempt = 0;
    Spooled row;
    const auto on_row = [&]() -> Result<void> {
      row.number = static_cast<std::uint64_t>(number);
      row.attempt = static_cast<std::uint64_t>(attempt);
      rows.push_back(row);
      return {};
    };
    return each_row(session,
                    "SELECT number, attempt, kind, body FROM spooled_write ORDER BY number LIMIT :most",
                    std::tie(number, attempt, row.write.kind, row.write.body), on_row,
                    static_cast<long long>(kMostAtOnce));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

// A transaction of ours that the server had not ended when we lost it holds the turn: once we have it, what
// the server says of our writes is the last word.
Result<void> ServerLink::leave_out_what_arrived(soci::session& session, std::vector<Spooled>& rows) {
  long long written = 0;
  long long brought = 0;
  try {
    session << "BEGIN";
    session << kTakeTurn;
    first_row(session, "SELECT written, spooled FROM ledger_node WHERE id = :id", std::tie(written, brought),
              node_);
    session << "COMMIT";
  } catch (const std::exception& thrown) {
    return fail(error_of(thrown));
  }
  written_ = std::max(written_, static_cast<std::uint64_t>(written));
  std::erase_if(rows, [&](const Spooled& row) {
    const bool is_committed = row.attempt != 0 && std::cmp_less_equal(row.attempt, written);
    return is_committed || std::cmp_less_equal(row.number, brought);
  });
  return {};
}

Result<bool> ServerLink::bring_some(soci::session& session) {
  auto rows = next_spooled();
  if (!rows) return fail(rows.error());
  const std::size_t found = rows->size();
  const std::uint64_t last = found == 0 ? 0 : rows->back().number;
  {
    const TimeLimit limit = limit_of(session, rows->size());
    if (auto known = leave_out_what_arrived(session, *rows); !known) return fail(known.error());
    if (auto brought = bring(session, *rows); !brought) return fail(brought.error());
  }
  if (found > 0) {
    if (auto forgotten = forget_spooled(last); !forgotten) return fail(forgotten.error());
  }
  return found == kMostAtOnce;
}

Result<void> ServerLink::bring(soci::session& session, std::span<Spooled> rows) {
  if (rows.empty()) return {};
  std::vector<WriteItem> items;
  for (const Spooled& row : rows) {
    auto work = work_of(row.write);
    if (!work) work = [error = work.error()](soci::session&) -> Result<void> { return fail(error); };
    items.push_back({.work = *std::move(work), .spooled = {}, .done = {}, .outcome = {}});
  }
  const auto last = static_cast<long long>(rows.back().number);
  const GroupTransaction transaction{.before = [](soci::session& s) { s << kTakeTurn; },
                                     .after =
                                         [&](soci::session& s) {
                                           execute(s, "UPDATE ledger_node SET spooled = :last WHERE id = :id",
                                                   last, node_);
                                         }};
  Error why;
  const Attempt ended = attempt_group(session, transaction, items, why);
  if (ended == Attempt::kUndone && rows.size() > 1) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (auto alone = bring(session, rows.subspan(i, 1)); !alone) return alone;
    }
    return {};
  }
  if (ended != Attempt::kDecided && ended != Attempt::kUndone) return fail(why);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Result<void> outcome = ended == Attempt::kUndone ? fail(why) : items[i].outcome;
    ++(outcome ? brought_ : dropped_);
    ++brought_this_time_;
    // What is gone needs no removing.
    if (!outcome && outcome.error().code != ErrorCode::kNotFound)
      tell(true, fmt::format("a spooled change ({}) was not taken: {}", rows[i].write.kind,
                             outcome.error().detail));
  }
  return {};
}

Result<void> ServerLink::forget_spooled(std::uint64_t last) {
  long long left = 0;
  auto forgotten = spool_.write([&](soci::session& session) -> Result<void> {
    execute(session, "DELETE FROM spooled_write WHERE number <= :last", static_cast<long long>(last));
    first_row(session, "SELECT COUNT(*) FROM spooled_write", std::tie(left));
    return {};
  });
  if (forgotten) spooled_ = static_cast<std::uint64_t>(left);
  return forgotten;
}

void ServerLink::be_up(Session session) {
  // What readers were shown meanwhile; standings, lists, policies, tokens and the mode are kept for
  // the next time.
  const auto emptied = spool_.write([](soci::session& s) -> Result<void> {
    for (const char* table : {"timeline", "incident", "standing_change", "outbox"})
      s << fmt::format("DELETE FROM {}", table);
    s << "DELETE FROM audit WHERE verb <> 'mode'";
    return {};
  });
  if (!emptied) return go_down(emptied.error());
  session_ = std::move(session);
  bool was_told = false;
  {
    const std::scoped_lock lock(mutex_);
    was_told = !std::exchange(trouble_, {}).empty();
    if (was_told) settled_ = std::chrono::steady_clock::now() + kSettlesIn;
    is_up_ = true;
  }
  changed_.notify_all();
  const std::uint64_t brought = std::exchange(brought_this_time_, 0);
  if (was_told || brought > 0)
    tell(false,
         fmt::format("{} is there again; {} spooled changes were brought over", name_of(server_), brought));
}

void ServerLink::keep() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    if (is_up_) {
      keep_house();
    } else {
      house_.reset();
      has_duty_ = false;
      look_for_server();
    }
    lock.lock();
    if (!stopping_) changed_.wait_for(lock, kLookEvery);
  }
  house_.reset();
}

void ServerLink::look_for_server() {
  {
    const std::scoped_lock lock(mutex_);
    if (is_found_) return;
  }
  auto session = connect();
  {
    const std::scoped_lock lock(mutex_);
    if (session) {
      fresh_ = std::move(*session);
      is_found_ = true;
    } else {
      trouble_ = session.error().detail;
      return;
    }
  }
  poke_();
}

void ServerLink::keep_house() {
  if (!house_) {
    auto session = open_postgresql(server_);
    if (!session) return;
    house_ = std::move(*session);
    turn_ = 0;
  }
  constexpr unsigned kTurnsABeat = 5;
  constexpr unsigned kTurnsAClearing = 3'600;
  const TimeLimit limit = limit_of(*house_);
  try {
    if (!has_duty_ && try_duty(*house_)) {
      has_duty_ = true;
      turn_ = 0;  // what is to be done once in a while is done at once
    }
    if (turn_ % kTurnsABeat == 0) beat(*house_, node_, spooled_);
    if (has_duty_ && turn_ % kTurnsAClearing == 0) forget_silent_nodes(*house_);
    ++turn_;
  } catch (const std::exception&) {
    has_duty_ = false;
    house_.reset();
  }
}

}  // namespace postreeve
