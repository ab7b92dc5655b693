// Locks after wrong passwords: one account guessed at (dictionary), many accounts tried from one address or
// network (reverse brute force).
//
// A lock must not be a weapon against honest people:
//   - the same wrong password again counts once: a phone with an old password tries for ever
//   - a lock never hits a place that the account has long used; the caller says which these are
//   - an account that logged in from an address before is not hit by that address's lock, and with every
//     such account the address may fail more: carrier NAT, an office
//   - where there is no place (private addresses) nothing is counted; web servers are the caller's to leave
//     out, since which they are may change
//
// Time is an argument. Any thread. Memory is bounded: what was not touched for longest is forgotten. Nothing
// is kept over a restart; locks are short.
//
// Limits: guesses whose password hash the server does not tell count one by one; guesses spread over more
// networks than are remembered are seen only at the account. Several nodes count for themselves.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

#include "base/keyed_hash.h"
#include "base/time.h"
#include "engine/recent_table.h"
#include "net/ip_address.h"
#include "net/prefix.h"
#include "sketch/distinct_recent.h"
#include "sketch/hyper_log_log.h"
#include "sketch/window_count.h"

namespace postreeve {

struct LoginThrottleSettings {
  // Different wrong passwords an hour, for one account: from one network, and from all networks together.
  std::uint32_t account_from_network = 10;
  std::uint32_t account_from_anywhere = 100;
  // Different accounts failing an hour: from one address (an IPv6 /64), and from one network (IPv4 /24, IPv6
  // /48). Each account that logged in from there within the last month, up to 32, allows as many again.
  std::uint32_t accounts_from_address = 20;
  std::uint32_t accounts_from_network = 100;
  // A lock lasts so long; each further one within a day twice as long, up to the longest.
  std::chrono::seconds lock{15 * 60};
  std::chrono::seconds longest_lock{4 * 3600};
  // From half of the failures on answers are held back so long; 0: not.
  std::chrono::seconds tarpit{2};
  // Entries of each of the four tables; all of them full take about 1.8 KB for one.
  std::size_t most_entries = 30'000;
};

struct LoginAttempt {
  Hash128 account;  // keyed (Guard::key_of)
  IpAddress address;
  std::uint64_t password_hash = 0;  // 0: unknown
};

class LoginThrottle {
 public:
  enum class Lock : std::uint8_t { kNone, kTarpit, kAccount, kAddress, kNetwork };

  struct Ruling {
    Lock lock = Lock::kNone;
    // Of the tarpit, or until the lock ends.
    std::chrono::seconds wait{0};
    [[nodiscard]] bool is_locked() const noexcept { return lock > Lock::kTarpit; }
  };

  // `key` keeps attackers from choosing which entries collide.
  LoginThrottle(const LoginThrottleSettings& settings, const HashKey& key);

  // What to do with a login that is about to be tried. `is_familiar` says whether the account has long used
  // the place; it is called only when a lock would hit.
  [[nodiscard]] Ruling ask(const LoginAttempt& attempt, Timestamp now,
                           const std::function<bool()>& is_familiar) const;

  // A wrong password, or a name that is none. Not for logins that we refused ourselves.
  void failed(const LoginAttempt& attempt, Timestamp now);
  void succeeded(const LoginAttempt& attempt, Timestamp now);

  // A person ends the locks, and what was counted is forgotten.
  void reset_account(const Hash128& account, Timestamp now);
  void reset_address(const IpAddress& address);
  void reset(const Hash128& account, const IpAddress& address);  // of the account, from there

  struct Counts {
    std::uint32_t passwords = 0;  // different wrong ones within the hour, of the account
    std::uint32_t accounts = 0;   // different failing ones within the hour, from the address
    std::uint32_t logins = 0;     // accounts that logged in from the address within the month, up to 32
  };
  [[nodiscard]] Counts counts_of_account(const Hash128& account, Timestamp now) const;
  [[nodiscard]] Counts counts_of_address(const IpAddress& address, Timestamp now) const;
  // How many entries are remembered, of all tables.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Locking {
    std::uint32_t until = 0;  // seconds
    std::uint8_t times = 0;   // within a day of each other
  };

  // Guesses at one account.
  struct Guesses {
    WindowCount<3600> passwords;
    DistinctRecent<8> recent;  // passwords; however old
    Locking locking;
    std::uint32_t last = 0;      // seconds: the latest that counted
    std::uint32_t forgiven = 0;  // of an account: what was counted in pairs until then does not hold
  };

  // Accounts failing at one address or network.
  struct Failures {
    static constexpr std::uint32_t kHalf = 1800;
    HyperLogLog<8> current;
    HyperLogLog<8> before;
    std::uint32_t half = 0;  // number of the half hour that `current` counts
    DistinctRecent<32> logged_in;
    Locking locking;

    void turn(Timestamp now) noexcept;
    [[nodiscard]] std::uint32_t failing(Timestamp now) const noexcept;
    [[nodiscard]] std::uint32_t trusted(Timestamp now) const noexcept;
  };

  [[nodiscard]] std::uint64_t key_of(const Hash128& account) const noexcept;
  [[nodiscard]] std::uint64_t key_of(const Prefix& prefix) const noexcept;
  [[nodiscard]] std::uint64_t key_of(const Hash128& account, const Prefix& network) const noexcept;
  void guess(Guesses& guesses, std::uint64_t password, std::uint32_t most, Timestamp now) const noexcept;
  void fail(RecentTable<Failures>& table, std::uint64_t key, const LoginAttempt& attempt, std::uint32_t most,
            Timestamp now);
  [[nodiscard]] bool holds(const Locking& locking, std::uint32_t second) const noexcept;
  void lock(Locking& locking, Timestamp now) const noexcept;
  [[nodiscard]] std::pair<Ruling, Ruling> guesses_rulings(const LoginAttempt& attempt, Timestamp now) const;
  [[nodiscard]] Ruling ruling(const Locking& locking, std::uint32_t count, std::uint32_t most, Lock lock,
                              Timestamp now) const noexcept;
  [[nodiscard]] Ruling failures_ruling(const RecentTable<Failures>& table, std::uint64_t key,
                                       const LoginAttempt& attempt, std::uint32_t most, Timestamp now) const;

  LoginThrottleSettings settings_;
  HashKey key_;
  RecentTable<Guesses> pairs_;  // account and network
  RecentTable<Guesses> accounts_;
  RecentTable<Failures> addresses_;
  RecentTable<Failures> networks_;
};

}  // namespace postreeve
