#include "engine/login_throttle.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace postreeve {
namespace {

constexpr std::chrono::days kTrustFor{30};
constexpr std::chrono::hours kForever{24 * 365 * 100};
constexpr std::uint32_t kDay = 86'400;

std::uint32_t account_mark(const Hash128& account) noexcept {
  const auto mark = static_cast<std::uint32_t>(account.low >> 16);
  return mark == 0 ? 1 : mark;
}

std::uint32_t password_mark(std::uint64_t hash) noexcept {
  const auto mark = static_cast<std::uint32_t>(mix64(hash));
  return mark == 0 ? 1 : mark;
}

}  // namespace

void LoginThrottle::Failures::turn(Timestamp now) noexcept {
  const std::uint32_t today = to_seconds32(now) / kHalf;
  if (today <= half) return;
  before = today == half + 1 ? current : HyperLogLog<8>{};
  current = {};
  half = today;
}

std::uint32_t LoginThrottle::Failures::failing(Timestamp now) const noexcept {
  const std::uint32_t today = std::max(to_seconds32(now) / kHalf, half);
  if (today > half + 1) return 0;
  HyperLogLog<8> both = current;
  if (today == half) both.merge(before);
  return static_cast<std::uint32_t>(std::lround(std::min(both.estimate(), 1e9)));
}

std::uint32_t LoginThrottle::Failures::trusted(Timestamp now) const noexcept {
  return static_cast<std::uint32_t>(logged_in.count(now, kTrustFor));
}

LoginThrottle::LoginThrottle(const LoginThrottleSettings& settings, const HashKey& key)
    : settings_(settings),
      key_(key),
      pairs_(settings.most_entries),
      accounts_(settings.most_entries),
      addresses_(settings.most_entries),
      networks_(settings.most_entries) {}

std::uint64_t LoginThrottle::key_of(const Hash128& account) const noexcept {
  return mix64(account.low ^ mix64(account.high));
}

std::uint64_t LoginThrottle::key_of(const Prefix& prefix) const noexcept {
  std::array<char, 20> bytes{};
  const std::uint64_t high = prefix.address().high();
  const std::uint64_t low = prefix.address().low();
  const auto length = static_cast<std::int32_t>(prefix.length());
  std::memcpy(bytes.data(), &high, sizeof high);
  std::memcpy(bytes.data() + 8, &low, sizeof low);
  std::memcpy(bytes.data() + 16, &length, sizeof length);
  return keyed_hash(key_, {bytes.data(), bytes.size()}).low;
}

std::uint64_t LoginThrottle::key_of(const Hash128& account, const Prefix& network) const noexcept {
  return mix64(key_of(account) + key_of(network));
}

// A lock that would last longer than any can was set by a clock that has been put back.
bool LoginThrottle::holds(const Locking& locking, std::uint32_t second) const noexcept {
  return second < locking.until && std::chrono::seconds(locking.until - second) <= settings_.longest_lock;
}

void LoginThrottle::lock(Locking& locking, Timestamp now) const noexcept {
  const std::uint32_t second = to_seconds32(now);
  if (holds(locking, second)) return;
  if (locking.until == 0 || second - locking.until > kDay) locking.times = 0;
  std::chrono::seconds length = settings_.lock;
  for (std::uint8_t i = 0; i < locking.times && length < settings_.longest_lock; ++i) length *= 2;
  length = std::min(length, settings_.longest_lock);
  locking.until = to_seconds32(now + length);
  locking.times = static_cast<std::uint8_t>(std::min<int>(locking.times + 1, 100));
}

void LoginThrottle::guess(Guesses& guesses, std::uint64_t password, std::uint32_t most,
                          Timestamp now) const noexcept {
  // A known password is noted again even when it does not count: it is still in use.
  if (password != 0 && !guesses.recent.add(password_mark(password), now, kForever)) return;
  guesses.passwords.add(now);
  guesses.last = std::max(guesses.last, to_seconds32(now));
  if (guesses.passwords.count(now) >= most) lock(guesses.locking, now);
}

void LoginThrottle::fail(RecentTable<Failures>& table, std::uint64_t key, const LoginAttempt& attempt,
                         std::uint32_t most, Timestamp now) {
  table.update(key, [&](Failures& failures) {
    failures.turn(now);
    if (!failures.current.add(mix64(attempt.account.high))) return;
    if (failures.failing(now) >= most * (1 + failures.trusted(now))) lock(failures.locking, now);
  });
}

void LoginThrottle::failed(const LoginAttempt& attempt, Timestamp now) {
  if (attempt.address.is_private()) return;
  const Prefix network = network_of(attempt.address);
  const std::uint32_t forgiven = accounts_.update(key_of(attempt.account), [&](Guesses& guesses) {
    guess(guesses, attempt.password_hash, settings_.account_from_anywhere, now);
    return guesses.forgiven;
  });
  pairs_.update(key_of(attempt.account, network), [&](Guesses& guesses) {
    if (guesses.last <= forgiven) guesses = {};
    guess(guesses, attempt.password_hash, settings_.account_from_network, now);
  });
  fail(addresses_, key_of(host_of(attempt.address)), attempt, settings_.accounts_from_address, now);
  fail(networks_, key_of(network), attempt, settings_.accounts_from_network, now);
}

void LoginThrottle::succeeded(const LoginAttempt& attempt, Timestamp now) {
  // So few failures are an office's; from a spray that found a password nothing is learned.
  constexpr std::uint32_t kCalm = 2;
  if (attempt.address.is_private()) return;
  const Prefix network = network_of(attempt.address);
  pairs_.erase(key_of(attempt.account, network));
  const auto learn = [&](Failures& failures) {
    if (failures.failing(now) > std::max(kCalm, failures.trusted(now))) return;
    failures.logged_in.add(account_mark(attempt.account), now, kTrustFor);
  };
  addresses_.update(key_of(host_of(attempt.address)), learn);
  networks_.update(key_of(network), learn);
}

LoginThrottle::Ruling LoginThrottle::ruling(const Locking& locking, std::uint32_t count, std::uint32_t most,
                                            Lock lock, Timestamp now) const noexcept {
  const std::uint32_t second = to_seconds32(now);
  if (holds(locking, second)) return {lock, std::chrono::seconds(locking.until - second)};
  if (count >= most / 2 + 1 && settings_.tarpit.count() > 0) return {Lock::kTarpit, settings_.tarpit};
  return {};
}

std::pair<LoginThrottle::Ruling, LoginThrottle::Ruling> LoginThrottle::guesses_rulings(
    const LoginAttempt& attempt, Timestamp now) const {
  std::uint32_t forgiven = 0;
  const Ruling anywhere = accounts_.look(key_of(attempt.account), [&](const Guesses& guesses) {
    forgiven = guesses.forgiven;
    return ruling(guesses.locking, guesses.passwords.count(now), settings_.account_from_anywhere,
                  Lock::kAccount, now);
  });
  const std::uint64_t pair = key_of(attempt.account, network_of(attempt.address));
  const Ruling from_network = pairs_.look(pair, [&](const Guesses& guesses) {
    if (guesses.last <= forgiven) return Ruling{};
    return ruling(guesses.locking, guesses.passwords.count(now), settings_.account_from_network,
                  Lock::kAccount, now);
  });
  return {anywhere, from_network};
}

LoginThrottle::Ruling LoginThrottle::failures_ruling(const RecentTable<Failures>& table, std::uint64_t key,
                                                     const LoginAttempt& attempt, std::uint32_t most,
                                                     Timestamp now) const {
  const Lock lock = &table == &addresses_ ? Lock::kAddress : Lock::kNetwork;
  return table.look(key, [&](const Failures& failures) {
    if (failures.logged_in.contains(account_mark(attempt.account), now, kTrustFor)) return Ruling{};
    return ruling(failures.locking, failures.failing(now), most * (1 + failures.trusted(now)), lock, now);
  });
}

LoginThrottle::Ruling LoginThrottle::ask(const LoginAttempt& attempt, Timestamp now,
                                         const std::function<bool()>& is_familiar) const {
  if (attempt.address.is_private()) return {};
  const Prefix network = network_of(attempt.address);
  const auto [anywhere, from_network] = guesses_rulings(attempt, now);
  const std::array rulings = {
      anywhere, from_network,
      failures_ruling(addresses_, key_of(host_of(attempt.address)), attempt, settings_.accounts_from_address,
                      now),
      failures_ruling(networks_, key_of(network), attempt, settings_.accounts_from_network, now)};
  const auto severity = [](const Ruling& one) { return std::pair(one.is_locked(), one.wait); };
  const Ruling worst = *std::ranges::max_element(rulings, {}, severity);
  if (worst.lock != Lock::kNone && is_familiar()) return {};
  return worst;
}

void LoginThrottle::reset_account(const Hash128& account, Timestamp now) {
  accounts_.update(key_of(account), [now](Guesses& guesses) {
    guesses = {};
    guesses.forgiven = to_seconds32(now);
  });
}
void LoginThrottle::reset_address(const IpAddress& address) {
  addresses_.erase(key_of(host_of(address)));
  networks_.erase(key_of(network_of(address)));
}
void LoginThrottle::reset(const Hash128& account, const IpAddress& address) {
  pairs_.erase(key_of(account, network_of(address)));
}

LoginThrottle::Counts LoginThrottle::counts_of_account(const Hash128& account, Timestamp now) const {
  return accounts_.look(key_of(account),
                        [now](const Guesses& guesses) { return Counts{guesses.passwords.count(now), 0, 0}; });
}

LoginThrottle::Counts LoginThrottle::counts_of_address(const IpAddress& address, Timestamp now) const {
  return addresses_.look(key_of(host_of(address)), [now](const Failures& failures) {
    return Counts{0, failures.failing(now), failures.trusted(now)};
  });
}

std::size_t LoginThrottle::size() const {
  return pairs_.size() + accounts_.size() + addresses_.size() + networks_.size();
}

}  // namespace postreeve
