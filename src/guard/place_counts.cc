#include "guard/place_counts.h"

#include <algorithm>
#include <functional>
#include <map>
#include <variant>

#include "base/keyed_hash.h"

namespace postreeve {
namespace {

using HourBegin = std::chrono::sys_time<std::chrono::hours>;

HourBegin hour_at(Timestamp time) {
  return std::chrono::floor<std::chrono::hours>(time);
}

// What one event adds to its place, as the mail server was told.
struct CountInto {
  PlaceCount& count;
  bool is_refused;

  void operator()(const Recipient&) const { ++(is_refused ? count.refused : count.recipients); }
  void operator()(const Submission&) const { count.messages += is_refused ? 0 : 1; }
  void operator()(const Login& login) const { ++(login.success ? count.logins : count.failed_logins); }
  template <typename Other>
  void operator()(const Other&) const {}
};

const Session* session_of(const Event& event) {
  if (const auto* login = std::get_if<Login>(&event)) return &login->session;
  if (const auto* asked = std::get_if<Recipient>(&event)) return &asked->session;
  if (const auto* message = std::get_if<Submission>(&event)) return &message->session;
  return nullptr;
}

std::uint64_t amount(const PlaceCount& count) {
  return std::uint64_t{count.recipients} + count.refused + count.logins + count.failed_logins;
}

}  // namespace

PlaceCount& PlaceCount::operator+=(const PlaceCount& other) {
  recipients += other.recipients;
  refused += other.refused;
  messages += other.messages;
  logins += other.logins;
  failed_logins += other.failed_logins;
  for (const std::uint64_t account : other.accounts) {
    if (accounts.size() < PlaceCounts::kMostAccounts) accounts.insert(account);
  }
  return *this;
}

std::size_t PlaceCounts::Hash::operator()(const IpAddress& address) const noexcept {
  return mix64(address.low() ^ mix64(address.high()));
}

void PlaceCounts::saw(const Decided& decided) {
  if (decided.observation.repeated) return;
  const Session* session = session_of(decided.event);
  if (session == nullptr || !session->client_address) return;
  const HourBegin begin = hour_at(time_of(decided.event));
  const std::lock_guard lock(mutex_);
  Hour& hour = hours_[static_cast<std::size_t>(begin.time_since_epoch().count()) % hours_.size()];
  if (hour.begin > begin) return;  // a log's old line
  if (hour.begin < begin) hour = {.begin = begin, .places = {}};
  const auto found = hour.places.find(*session->client_address);
  if (found == hour.places.end() && hour.places.size() >= kMostAddresses) {
    ++dropped_;
    return;
  }
  PlaceCount& count = found == hour.places.end() ? hour.places[*session->client_address] : found->second;
  const bool is_refused = decided.action == Action::kDefer || decided.action == Action::kReject;
  std::visit(CountInto{count, is_refused}, decided.event);
  if (count.accounts.size() < kMostAccounts)
    count.accounts.insert(mix64(std::hash<AccountId>{}(account_of(decided.event))));
}

const PlaceCounts::Hour* PlaceCounts::hour_of(HourBegin begin) const {
  const auto* const found = std::ranges::find(hours_, begin, &Hour::begin);
  return found == hours_.end() ? nullptr : found;
}

std::vector<BusyPlace> PlaceCounts::top(Of of, Timestamp now, std::size_t most) const {
  const auto name = [of](const IpAddress& address) {
    return of == Of::kAddresses ? address.to_string() : network_of(address).to_string();
  };
  std::map<std::string, BusyPlace> places;
  {
    const std::lock_guard lock(mutex_);
    const HourBegin begin = hour_at(now);
    if (const Hour* hour = hour_of(begin)) {
      for (const auto& [address, count] : hour->places) places[name(address)].now += count;
    }
    if (const Hour* hour = hour_of(begin - std::chrono::hours{1})) {
      for (const auto& [address, count] : hour->places) {
        const auto found = places.find(name(address));
        if (found != places.end()) found->second.before += count;
      }
    }
  }
  std::vector<BusyPlace> sorted;
  sorted.reserve(places.size());
  for (auto& [text, place] : places) {
    place.name = text;
    sorted.push_back(std::move(place));
  }
  std::ranges::stable_sort(sorted, std::ranges::greater{},
                           [](const BusyPlace& place) { return amount(place.now); });
  if (sorted.size() > most) sorted.resize(most);
  return sorted;
}

std::uint64_t PlaceCounts::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace postreeve
