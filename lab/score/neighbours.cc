#include "lab/score/neighbours.h"

#include <algorithm>
#include <array>

#include "base/keyed_hash.h"

namespace postreeve::lab {
namespace {

using std::chrono::hours;

constexpr std::array<NeighbourRule, 6> kRules{{
    {.name = "rates",
     .says = "100 messages/h and 500/day (common policyd setting)",
     .messages_an_hour = 100,
     .messages_a_day = 500},
    {.name = "daily", .says = "40 messages/day", .messages_a_day = 40},
    {.name = "countries", .says = "more than 2 countries in 24 h", .countries_a_day = 2},
    {.name = "addresses",
     .says = "more than 10 addresses or 3 countries in 24 h",
     .addresses_a_day = 10,
     .countries_a_day = 3},
    {.name = "generous",
     .says = "more than 30 addresses/h or 1,000 messages/h",
     .messages_an_hour = 1000,
     .addresses_an_hour = 30},
    {.name = "together",
     .says = "rates and addresses together",
     .messages_an_hour = 100,
     .messages_a_day = 500,
     .addresses_a_day = 10,
     .countries_a_day = 3},
}};

template <typename Seen>
void see(std::vector<Seen>& seen, std::uint64_t what, Timestamp time) {
  std::erase_if(seen, [&](const Seen& s) { return time - s.time >= hours{24}; });
  const auto same = std::ranges::find(seen, what, &Seen::what);
  if (same == seen.end()) {
    seen.push_back({what, time});
  } else {
    same->time = time;
  }
}

template <typename Seen>
std::size_t within(const std::vector<Seen>& seen, Timestamp time, Duration width) {
  return static_cast<std::size_t>(
      std::ranges::count_if(seen, [&](const Seen& s) { return time - s.time < width; }));
}

}  // namespace

std::span<const NeighbourRule> neighbour_rules() noexcept {
  return kRules;
}

const NeighbourRule* neighbour_rule(std::string_view name) noexcept {
  const auto found = std::ranges::find(kRules, name, &NeighbourRule::name);
  return found == kRules.end() ? nullptr : &*found;
}

const Ruling& NeighbourDoor::observe(const Event&) {
  ruling_.changes.clear();
  return ruling_;
}

bool NeighbourDoor::is_over(const Past& past, Timestamp time) const {
  const auto over = [](std::size_t count, std::uint32_t limit) { return limit != 0 && count > limit; };
  const auto since = std::ranges::lower_bound(past.accepted, time - hours{1} + Duration{1});
  const auto this_hour = static_cast<std::size_t>(past.accepted.end() - since);
  return over(this_hour + 1, rule_.messages_an_hour) ||
         over(past.accepted.size() + 1, rule_.messages_a_day) ||
         over(within(past.addresses, time, hours{1}), rule_.addresses_an_hour) ||
         over(past.addresses.size(), rule_.addresses_a_day) ||
         over(past.countries.size(), rule_.countries_a_day);
}

const Ruling& NeighbourDoor::submit(const Submission& submission) {
  const Timestamp time = submission.time;
  Past& past = accounts_[submission.account];
  while (!past.accepted.empty() && time - past.accepted.front() >= hours{24}) past.accepted.pop_front();
  if (submission.session.client_address) {
    const IpAddress& address = *submission.session.client_address;
    see(past.addresses, mix64(address.high()) ^ address.low(), time);
    const Location place = locator_.locate(address);
    if (place.country.known()) see(past.countries, place.country.packed(), time);
  }
  const bool refused = is_over(past, time);
  if (!refused) past.accepted.push_back(time);
  ruling_.changes.clear();
  change(past, refused, time);
  ruling_.fates.assign(submission.recipients.size(), refused ? Fate::kDeferred : Fate::kOut);
  return ruling_;
}

// An account whose mail is refused counts as slowed until some of it is accepted.
void NeighbourDoor::change(Past& past, bool refused, Timestamp time) {
  if (refused == past.is_refused) return;
  StandingChange& change = ruling_.changes.emplace_back();
  change.time = time;
  change.before.level = past.is_refused ? Level::kSlowed : Level::kClear;
  change.after.level = refused ? Level::kSlowed : Level::kClear;
  change.opens_incident = refused;
  past.is_refused = refused;
}

}  // namespace postreeve::lab
