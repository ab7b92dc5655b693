#include "store/ledger/hourly_counts.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <tuple>
#include <utility>

#include "store/ledger/hourly_rows.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

// Account-hours in one write: some milliseconds of the ledger's thread.
constexpr std::size_t kMostInAWrite = 1'000;

using OfHour = hourly_rows::CountsOfHour;
using ByHour = hourly_rows::CountsByHour;

long long hour_of(Timestamp time) {
  return stored_time(Timestamp{std::chrono::floor<std::chrono::hours>(time)});
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

bool does_more(const Sender& a, const Sender& b, TopBy by) {
  const std::uint32_t of_a = hourly_rows::amount(a.now, by);
  const std::uint32_t of_b = hourly_rows::amount(b.now, by);
  return of_a != of_b ? of_a > of_b : a.account < b.account;
}

}  // namespace

Counts& Counts::operator+=(const Counts& other) noexcept {
  const auto add = [](std::uint32_t& to, std::uint32_t more) {
    to = count_from(static_cast<long long>(to) + static_cast<long long>(more));
  };
  add(messages, other.messages);
  add(recipients, other.recipients);
  add(withdrawn, other.withdrawn);
  add(refused, other.refused);
  add(bounced, other.bounced);
  add(logins, other.logins);
  return *this;
}

Counts settled(const Counts& counts) noexcept {
  Counts result = counts;
  // The hour of a message may be the one after its recipients'.
  const std::uint32_t moved = std::min(counts.recipients, counts.withdrawn);
  result.recipients -= moved;
  result.withdrawn = 0;
  const Counts more{.refused = moved};
  return result += more;
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
    pending_size -= hourly_rows::size_of(*writing);
    return writing;
  }
  void end_write(const Result<void>& outcome) {
    {
      const std::lock_guard lock(mutex);
      if (!outcome) {
        for (const auto& [hour, accounts] : *writing) {
          for (const auto& [account, counts] : accounts) pending[hour][account] += counts;
        }
        pending_size = hourly_rows::size_of(pending);
      }
      is_failing = !outcome;
      writing = nullptr;
    }
    changed.notify_all();
  }

  // Keeps writes from beginning while somebody reads what is in memory and what is in the database.
  class Reading {
   public:
    explicit Reading(const Impl& counts) : counts_(counts) {
      std::unique_lock lock(counts_.mutex);
      counts_.changed.wait(lock, [this] { return !counts_.writing; });
      ++counts_.readers;
    }
    ~Reading() {
      {
        const std::lock_guard lock(counts_.mutex);
        --counts_.readers;
      }
      counts_.changed.notify_all();
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    const Impl& counts_;
  };

  // Without the mutex: a refused write reports at once.
  void write_by_itself(const std::shared_ptr<const ByHour>& part) {
    database.write([part](soci::session& session) { return hourly_rows::write(session, *part); },
                   [self = shared_from_this()](const Result<void>& outcome) { self->end_write(outcome); },
                   hourly_rows::words_of(*part));
  }

  [[nodiscard]] Counts in_memory(long long hour, const AccountId& account) const {
    const std::lock_guard lock(mutex);
    const auto of_hour = pending.find(hour);
    if (of_hour == pending.end()) return {};
    const auto found = of_hour->second.find(account);
    return found == of_hour->second.end() ? Counts{} : found->second;
  }

  // Those who have sent something in the hour, most first.
  [[nodiscard]] OfHour all_in_memory(long long hour) const {
    const std::lock_guard lock(mutex);
    const auto of_hour = pending.find(hour);
    return of_hour == pending.end() ? OfHour{} : of_hour->second;
  }

  Result<std::vector<Sender>> top(soci::session& session, long long hour, TopBy by, std::size_t most) const;
};

// Whoever is not among `limit` accounts of the database has at most `least_written` there. What is in memory
// takes recipients from some of them; `limit` is larger than `most` by so many, so that `most` accounts stay
// above it, and nobody further down comes in whose sum is below.
Result<std::vector<Sender>> HourlyCounts::Impl::top(soci::session& session, long long hour, TopBy by,
                                                    std::size_t most) const {
  const OfHour unwritten = all_in_memory(hour);
  const auto falling = std::ranges::count_if(
      unwritten, [](const auto& entry) { return entry.second.withdrawn > entry.second.recipients; });
  const std::size_t limit = most + static_cast<std::size_t>(falling);
  OfHour best;
  std::uint32_t least_written = 0;
  if (auto read = hourly_rows::read_best(session, hour, by, limit, best, least_written); !read)
    return fail(read.error());
  const bool all_written_known = best.size() < limit;
  for (const auto& [account, counts] : unwritten) {
    const auto found = best.find(account);
    if (found != best.end()) {
      found->second += counts;
    } else if (all_written_known) {
      best.emplace(account, counts);
    } else if (hourly_rows::amount(counts, by) > 0) {
      Counts sum = hourly_rows::read(session, hour, account);
      sum += counts;
      if (hourly_rows::amount(settled(sum), by) >= least_written) best.emplace(account, sum);
    }
  }
  std::vector<Sender> senders;
  senders.reserve(best.size());
  for (const auto& [account, counts] : best)
    senders.push_back({.account = account, .now = settled(counts), .before = {}, .last_week = {}});
  std::ranges::sort(senders, [by](const Sender& a, const Sender& b) { return does_more(a, b, by); });
  if (senders.size() > most) senders.resize(most);
  for (Sender& sender : senders) {
    const auto in_hour = [&](std::chrono::hours ago) {
      const long long then = hour - stored_time(Timestamp{ago});
      Counts counts = hourly_rows::read(session, then, sender.account);
      return settled(counts += in_memory(then, sender.account));
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

void HourlyCounts::forget(const AccountId& account) {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, [this] { return !impl_->writing; });
  for (auto& [hour, accounts] : impl_->pending) impl_->pending_size -= accounts.erase(account);
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
    left -= std::min(left, hourly_rows::size_of(*part));
    const auto outcome =
        impl_->database.write([part](soci::session& session) { return hourly_rows::write(session, *part); },
                              hourly_rows::words_of(*part));
    impl_->end_write(outcome);
    if (!outcome) return outcome;
  }
}

Result<std::vector<Sender>> HourlyCounts::top(Timestamp time, std::uint32_t most, TopBy by) const {
  const Impl::Reading reading(*impl_);
  Result<std::vector<Sender>> senders;
  const auto outcome = impl_->database.read([&](soci::session& session) -> Result<void> {
    senders = impl_->top(session, hour_of(time), by, most);
    return {};
  });
  if (!outcome) return fail(outcome.error());
  return senders;
}

Result<std::vector<HourOfAccount>> HourlyCounts::of(const AccountId& account) const {
  std::vector<HourOfAccount> hours;
  const auto outcome = impl_->database.read([&](soci::session& session) -> Result<void> {
    long long hour = -1;
    // The table is found by hour and account.
    while (first_row(session, "SELECT hour FROM hourly_count WHERE hour > :hour ORDER BY hour LIMIT 1",
                     std::tie(hour), hour)) {
      const Counts counts = hourly_rows::read(session, hour, account);
      if (!(counts == Counts{})) hours.push_back({time_from(hour), settled(counts)});
    }
    return {};
  });
  if (!outcome) return fail(outcome.error());
  return hours;
}

std::uint64_t HourlyCounts::dropped() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->dropped;
}

}  // namespace postreeve
