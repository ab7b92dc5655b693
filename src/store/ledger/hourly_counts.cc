#include "store/ledger/hourly_counts.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "store/ledger/rows.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

// Account-hours in one write: some milliseconds of the ledger's thread.
constexpr std::size_t kMostInAWrite = 1'000;

using OfHour = std::unordered_map<AccountId, Counts>;
using ByHour = std::map<long long, OfHour>;

long long hour_of(Timestamp time) {
  return stored_time(Timestamp{std::chrono::floor<std::chrono::hours>(time)});
}

std::size_t size_of(const ByHour& counts) {
  std::size_t size = 0;
  for (const auto& [hour, accounts] : counts) size += accounts.size();
  return size;
}

// Takes up to `most` account-hours out of `from`, the oldest hours first.
ByHour take(ByHour& from, std::size_t most) {
  ByHour taken;
  while (!from.empty() && most > 0) {
    auto& [hour, accounts] = *from.begin();
    OfHour& into = taken[hour];
    while (!accounts.empty() && most > 0) {
      into.insert(accounts.extract(accounts.begin()));
      --most;
    }
    if (accounts.empty()) from.erase(from.begin());
  }
  return taken;
}

struct CountColumns {
  long long messages = 0;
  long long recipients = 0;
  long long refused = 0;
  long long bounced = 0;
  long long logins = 0;

  void set(const Counts& counts) {
    messages = counts.messages;
    recipients = counts.recipients;
    refused = counts.refused;
    bounced = counts.bounced;
    logins = counts.logins;
  }
  auto tie() { return std::tie(messages, recipients, refused, bounced, logins); }
  [[nodiscard]] Counts counts() const {
    return {.messages = count_from(messages),
            .recipients = count_from(recipients),
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

Result<void> write_all(soci::session& session, const ByHour& counts) {
  Row row;  // prepared once: this is most of what a flush costs
  soci::statement add =
      (session.prepare << "INSERT INTO hourly_count (hour, account, messages, recipients, refused, bounced,"
                          " logins) VALUES (:hour, :account, :messages, :recipients, :refused, :bounced,"
                          " :logins) ON CONFLICT (hour, account) DO UPDATE SET"
                          " messages = hourly_count.messages + excluded.messages,"
                          " recipients = hourly_count.recipients + excluded.recipients,"
                          " refused = hourly_count.refused + excluded.refused,"
                          " bounced = hourly_count.bounced + excluded.bounced,"
                          " logins = hourly_count.logins + excluded.logins",
       soci::use(row.hour), soci::use(row.account), soci::use(row.counts.messages),
       soci::use(row.counts.recipients), soci::use(row.counts.refused), soci::use(row.counts.bounced),
       soci::use(row.counts.logins));
  for (const auto& [hour, accounts] : counts) {
    row.hour = hour;
    for (const auto& [account, count] : accounts) {
      row.account = stored_account(account);
      row.counts.set(count);
      add.execute(true);
    }
  }
  return {};
}

Counts written(soci::session& session, long long hour, const AccountId& account) {
  CountColumns columns;
  first_row(session,
            "SELECT messages, recipients, refused, bounced, logins FROM hourly_count"
            " WHERE hour = :hour AND account = :account",
            columns.tie(), hour, stored_account(account));
  return columns.counts();
}

bool sends_more(const Sender& a, const Sender& b) {
  if (a.now.recipients != b.now.recipients) return a.now.recipients > b.now.recipients;
  return a.account < b.account;
}

}  // namespace

Counts& Counts::operator+=(const Counts& other) noexcept {
  const auto add = [](std::uint32_t& to, std::uint32_t more) {
    to = count_from(static_cast<long long>(to) + static_cast<long long>(more));
  };
  add(messages, other.messages);
  add(recipients, other.recipients);
  add(refused, other.refused);
  add(bounced, other.bounced);
  add(logins, other.logins);
  return *this;
}

struct HourlyCounts::Impl : std::enable_shared_from_this<HourlyCounts::Impl> {
  Impl(LedgerDatabase& ledger, std::size_t most)
      : database(ledger), most_in_memory(std::max<std::size_t>(2, most)) {}

  LedgerDatabase& database;
  const std::size_t most_in_memory;
  mutable std::mutex mutex;
  // What is in `writing` is neither surely in the database nor surely not: whoever reads both waits until it
  // is empty, and none begins while somebody reads.
  mutable std::condition_variable changed;
  ByHour pending;
  std::size_t pending_size = 0;
  std::shared_ptr<const ByHour> writing;
  mutable unsigned readers = 0;
  // The latest write did not succeed: the next one waits for flush().
  bool is_failing = false;
  std::uint64_t dropped = 0;

  // With the mutex held.
  std::shared_ptr<const ByHour> begin_write() {
    writing = std::make_shared<const ByHour>(take(pending, kMostInAWrite));
    pending_size -= size_of(*writing);
    return writing;
  }
  void end_write(const Result<void>& outcome) {
    {
      const std::lock_guard lock(mutex);
      if (!outcome) {
        for (const auto& [hour, accounts] : *writing) {
          for (const auto& [account, counts] : accounts) pending[hour][account] += counts;
        }
        pending_size = size_of(pending);
      }
      is_failing = !outcome;
      writing = nullptr;
    }
    changed.notify_all();
  }

  // Without the mutex: a refused write reports at once.
  void write_by_itself(const std::shared_ptr<const ByHour>& part) {
    database.write([part](soci::session& session) { return write_all(session, *part); },
                   [self = shared_from_this()](const Result<void>& outcome) { self->end_write(outcome); });
  }

  [[nodiscard]] Counts in_memory(long long hour, const AccountId& account) const {
    const std::lock_guard lock(mutex);
    const auto of_hour = pending.find(hour);
    if (of_hour == pending.end()) return {};
    const auto found = of_hour->second.find(account);
    return found == of_hour->second.end() ? Counts{} : found->second;
  }

  // Those who have sent something in the hour, most first.
  [[nodiscard]] std::vector<Sender> senders_in_memory(long long hour) const {
    std::vector<Sender> senders;
    {
      const std::lock_guard lock(mutex);
      const auto of_hour = pending.find(hour);
      if (of_hour == pending.end()) return senders;
      for (const auto& [account, counts] : of_hour->second) {
        senders.push_back({.account = account, .now = counts, .before = {}, .last_week = {}});
      }
    }
    std::ranges::sort(senders, sends_more);
    return senders;
  }

  Result<std::vector<Sender>> top(soci::session& session, long long hour, std::size_t most) const;
};

Result<std::vector<Sender>> HourlyCounts::Impl::top(soci::session& session, long long hour,
                                                    std::size_t most) const {
  std::unordered_map<AccountId, Counts> best;
  std::string account_text;
  CountColumns columns;
  std::uint32_t least_written = 0;
  const auto on_row = [&]() -> Result<void> {
    auto account = account_from(account_text);
    if (!account) return fail(account.error());
    least_written = columns.counts().recipients;
    best.emplace(*std::move(account), columns.counts());
    return {};
  };
  auto read = each_row(session,
                       "SELECT account, messages, recipients, refused, bounced, logins FROM hourly_count"
                       " WHERE hour = :hour ORDER BY recipients DESC, account LIMIT :most",
                       std::tuple_cat(std::tie(account_text), columns.tie()), on_row, hour,
                       static_cast<long long>(most));
  if (!read) return fail(read.error());
  const bool all_written_known = best.size() < most;
  // Whoever is not among those has at most `least_written` in the database; once that and what is in memory
  // are below the written counts of `most` accounts, nobody further down comes in.
  for (const Sender& sender : senders_in_memory(hour)) {
    const auto found = best.find(sender.account);
    if (found != best.end()) {
      found->second += sender.now;
    } else if (all_written_known) {
      best.emplace(sender.account, sender.now);
    } else if (sender.now.recipients > 0) {
      Counts counts = written(session, hour, sender.account);
      counts += sender.now;
      if (counts.recipients >= least_written) best.emplace(sender.account, counts);
    }
  }
  std::vector<Sender> senders;
  senders.reserve(best.size());
  for (auto& [account, counts] : best)
    senders.push_back({.account = account, .now = counts, .before = {}, .last_week = {}});
  std::ranges::sort(senders, sends_more);
  if (senders.size() > most) senders.resize(most);
  for (Sender& sender : senders) {
    const auto in_hour = [&](std::chrono::hours ago) {
      const long long then = hour - stored_time(Timestamp{ago});
      Counts counts = written(session, then, sender.account);
      return counts += in_memory(then, sender.account);
    };
    sender.before = in_hour(std::chrono::hours{1});
    sender.last_week = in_hour(std::chrono::hours{7 * 24});
  }
  return senders;
}

HourlyCounts::HourlyCounts(LedgerDatabase& database, std::size_t most_in_memory)
    : impl_(std::make_shared<Impl>(database, most_in_memory)) {}

HourlyCounts::~HourlyCounts() = default;

void HourlyCounts::add(const AccountId& account, Timestamp time, const Counts& counts) {
  std::shared_ptr<const ByHour> part;
  {
    const std::lock_guard lock(impl_->mutex);
    OfHour& of_hour = impl_->pending[hour_of(time)];
    const auto found = of_hour.find(account);
    if (found != of_hour.end()) {
      found->second += counts;
    } else if (impl_->pending_size >= impl_->most_in_memory) {
      ++impl_->dropped;
    } else {
      of_hour.emplace(account, counts);
      ++impl_->pending_size;
    }
    const bool is_much = impl_->pending_size >= impl_->most_in_memory / 2;
    const bool may_write = !impl_->writing && impl_->readers == 0 && !impl_->is_failing;
    if (is_much && may_write) part = impl_->begin_write();
  }
  if (part) impl_->write_by_itself(part);
}

Result<void> HourlyCounts::flush() {
  std::size_t left = 0;
  {
    const std::lock_guard lock(impl_->mutex);
    left = impl_->pending_size;
  }
  while (true) {
    std::shared_ptr<const ByHour> part;
    {
      std::unique_lock lock(impl_->mutex);
      impl_->changed.wait(lock, [&] { return !impl_->writing && impl_->readers == 0; });
      // What came meanwhile has time until the next flush.
      if (left == 0 || impl_->pending.empty()) return {};
      part = impl_->begin_write();
    }
    left -= std::min(left, size_of(*part));
    const auto outcome =
        impl_->database.write([part](soci::session& session) { return write_all(session, *part); });
    impl_->end_write(outcome);
    if (!outcome) return outcome;
  }
}

Result<std::vector<Sender>> HourlyCounts::top(Timestamp time, std::uint32_t most) const {
  {
    std::unique_lock lock(impl_->mutex);
    impl_->changed.wait(lock, [&] { return !impl_->writing; });
    ++impl_->readers;
  }
  Result<std::vector<Sender>> senders;
  const auto outcome = impl_->database.read([&](soci::session& session) -> Result<void> {
    senders = impl_->top(session, hour_of(time), most);
    return {};
  });
  {
    const std::lock_guard lock(impl_->mutex);
    --impl_->readers;
  }
  impl_->changed.notify_all();
  if (!outcome) return fail(outcome.error());
  return senders;
}

std::uint64_t HourlyCounts::dropped() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->dropped;
}

}  // namespace postreeve
