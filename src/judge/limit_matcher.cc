#include "judge/limit_matcher.h"

#include <date/tz.h>

#include <algorithm>

#include "base/ascii.h"
#include "mail/address.h"

namespace postreeve {

// One zone a tenant, the last one for accounts of no tenant.
struct LimitMatcher::Zones {
  std::vector<const date::time_zone*> of_tenant;
};

namespace {

template <typename Range, typename Value>
bool contains(const Range& range, const Value& value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

// A moment in a tenant's calendar.
struct LocalTime {
  std::uint32_t yyyymmdd = 0;
  std::uint16_t minute = 0;  // of the day
  std::uint8_t weekday = 0;  // Monday is 0
};

LocalTime local_time(const date::time_zone& zone, Timestamp time) {
  const auto local = zone.to_local(time);
  const auto days = date::floor<date::days>(local);
  const date::year_month_day ymd{days};
  const auto minute = std::chrono::duration_cast<std::chrono::minutes>(local - days).count();
  const auto year = static_cast<std::uint32_t>(static_cast<int>(ymd.year()));
  return {year * 10'000 + static_cast<unsigned>(ymd.month()) * 100 + static_cast<unsigned>(ymd.day()),
          static_cast<std::uint16_t>(minute),
          static_cast<std::uint8_t>(date::weekday{days}.iso_encoding() - 1)};
}

bool within_hours(const LimitCondition& when, std::uint16_t minute) {
  if (when.from_minute == when.to_minute) return true;
  if (when.from_minute < when.to_minute) return minute >= when.from_minute && minute < when.to_minute;
  return minute >= when.from_minute || minute < when.to_minute;
}

bool fits_place(const LimitCondition& when, const LimitQuery& query) {
  const auto inside = [&](const PrefixSet& set) { return query.address && set.contains(*query.address); };
  if (!when.networks.empty() && !inside(when.networks)) return false;
  if (!when.not_networks.empty() && (!query.address || inside(when.not_networks))) return false;
  if (when.countries.empty() && when.not_countries.empty()) return true;
  if (!query.country.known()) return false;
  if (!when.countries.empty() && !contains(when.countries, query.country)) return false;
  return !contains(when.not_countries, query.country);
}

bool fits_sender(SenderCheck check, const LimitQuery& query) {
  switch (check) {
    case SenderCheck::kNone:
      return true;
    case SenderCheck::kEnvelope:
      return !query.envelope_owned;
    case SenderCheck::kHeader:
      return !query.header_owned;
    case SenderCheck::kEither:
      return !query.envelope_owned || !query.header_owned;
  }
  return true;
}

}  // namespace

LimitMatcher::LimitMatcher(const Policy& policy)
    : policy_(policy), limits_(policy.limits), zones_(std::make_unique<Zones>()) {
  for (std::size_t i = 0; i < policy.tenants.size(); ++i) {
    for (const std::string& domain : policy.tenants[i].domains) {
      tenant_by_domain_.emplace(domain, static_cast<std::uint16_t>(i));
    }
    zones_->of_tenant.push_back(date::locate_zone(policy.tenants[i].time_zone));
  }
  zones_->of_tenant.push_back(date::locate_zone(policy.time_zone));
}

LimitMatcher::~LimitMatcher() = default;
LimitMatcher::LimitMatcher(LimitMatcher&&) noexcept = default;

std::uint16_t LimitMatcher::tenant_of(const AccountId& account) const {
  if (tenant_by_domain_.empty()) return kNoTenant;
  const auto found = tenant_by_domain_.find(std::string(account.domain()));
  return found == tenant_by_domain_.end() ? kNoTenant : found->second;
}

bool LimitMatcher::is_trusted(const LimitQuery& query) const {
  return query.address && policy_.trusted_networks.contains(*query.address);
}

bool LimitMatcher::applies(const Limit& limit, const LimitQuery& query, std::uint16_t tenant) const {
  if ((limit.counted == Counted::kMessages) != query.at_message) return false;
  const LimitCondition& when = limit.when;
  if (!when.services.empty() && !contains(when.services, query.service)) return false;
  if (!when.tenants.empty() &&
      (tenant == kNoTenant || !contains(when.tenants, policy_.tenants[tenant].name))) {
    return false;
  }
  return fits_place(when, query) && fits_sender(when.sender_not_owned, query) &&
         fits_calendar(when, query.time, tenant);
}

bool LimitMatcher::fits_calendar(const LimitCondition& when, Timestamp time, std::uint16_t tenant) const {
  if (when.weekdays.none() && when.from_minute == when.to_minute) return true;
  const std::size_t zone = tenant == kNoTenant ? zones_->of_tenant.size() - 1 : tenant;
  const LocalTime local = local_time(*zones_->of_tenant[zone], time);
  const bool holiday = tenant != kNoTenant && contains(policy_.tenants[tenant].holidays, local.yyyymmdd);
  constexpr std::size_t kSunday = 6;
  if (when.weekdays.any() && !when.weekdays.test(holiday ? kSunday : local.weekday)) return false;
  return within_hours(when, local.minute);
}

bool owns_address(const Policy& policy, const AccountId& account, std::string_view address) {
  if (equals_ignoring_case(address, account.text())) return true;  // nearly always, and free
  const std::optional<Address> parsed = Address::parse(address);
  if (!parsed) return false;
  const std::string canonical = parsed->canonical();
  if (canonical == account.text()) return true;
  if (account.domain().empty() && to_lower(parsed->localpart()) == account.text()) return true;
  const auto aliases = policy.aliases.find(account.text());
  if (aliases == policy.aliases.end()) return false;
  return aliases->second.contains(canonical) || aliases->second.contains("@" + parsed->domain());
}

}  // namespace postreeve
