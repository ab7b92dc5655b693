// Finds the operator's limits that apply to an event.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "judge/policy.h"
#include "mail/account_id.h"
#include "net/ip_address.h"
#include "net/location.h"

namespace postreeve {

// What a limit's condition looks at.
struct LimitQuery {
  Timestamp time{};
  const AccountId& account;
  const std::optional<IpAddress>& address;
  CountryCode country;  // of mail written in the webmail the browser's
  Service service = Service::kUnknown;
  bool at_message = false;  // the message step; else the recipient step
  bool envelope_owned = true;
  bool header_owned = true;
};

// Built once from a policy, which must outlive it; then read by any number of threads.
class LimitMatcher {
 public:
  static constexpr std::uint16_t kNoTenant = 0xffff;

  // Time zones of the policy must exist (the configuration checked them).
  explicit LimitMatcher(const Policy& policy);
  ~LimitMatcher();
  LimitMatcher(LimitMatcher&&) noexcept;

  // Calls `visit(number, limit)` for each limit that applies, numbers counting from 1 in the policy's
  // order. A message limit applies at the message step, limits of recipients at the recipient step.
  template <typename Visit>
  void each_match(const LimitQuery& query, Visit visit) const {
    if (limits_.empty() || is_trusted(query)) return;
    const std::uint16_t tenant = tenant_of(query.account);
    for (std::size_t i = 0; i < limits_.size(); ++i) {
      if (applies(limits_[i], query, tenant)) visit(static_cast<std::uint16_t>(i + 1), limits_[i]);
    }
  }

  // The tenant's place in the policy, or kNoTenant.
  [[nodiscard]] std::uint16_t tenant_of(const AccountId& account) const;

 private:
  struct Zones;

  [[nodiscard]] bool is_trusted(const LimitQuery& query) const;
  [[nodiscard]] bool applies(const Limit& limit, const LimitQuery& query, std::uint16_t tenant) const;
  [[nodiscard]] bool fits_calendar(const LimitCondition& when, Timestamp time, std::uint16_t tenant) const;

  const Policy& policy_;
  const std::vector<Limit>& limits_;
  std::unordered_map<std::string, std::uint16_t> tenant_by_domain_;
  std::unique_ptr<Zones> zones_;
};

// Whether the account may send as `address` (canonical or as written): its own name, an alias, or
// any address of an aliased "@domain". The null sender belongs to nobody. An account without a
// domain owns every address with its name as localpart.
[[nodiscard]] bool owns_address(const Policy& policy, const AccountId& account, std::string_view address);

}  // namespace postreeve
