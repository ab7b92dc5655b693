// Limits: the operator's own rules about how much may be sent, from where and when.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "finding/verdict.h"
#include "mail/event.h"
#include "net/location.h"
#include "net/prefix_set.h"

namespace postreeve {

// Whose messages are counted together. An IPv6 address is its /64 (a host), a network
// the IPv4 /24 or the IPv6 /48; of mail written in the webmail the browser's, and the account
// where that is not known.
enum class LimitKey : std::uint8_t { kAccount, kAddress, kNetwork, kTenant };

enum class Counted : std::uint8_t { kMessages, kRecipients, kRecipientsPerMessage };

// Which sender must belong to the account for `sender_not_owned` not to apply.
enum class SenderCheck : std::uint8_t { kNone, kEnvelope, kHeader, kEither };

// All that is given must hold; what is empty holds always. A country that is unknown
// matches neither `countries` nor `not_countries`.
struct LimitCondition {
  PrefixSet networks;
  PrefixSet not_networks;
  std::vector<CountryCode> countries;
  std::vector<CountryCode> not_countries;
  // Minutes of the tenant's local day, [from, to); to < from runs over midnight; equal is the whole day.
  std::uint16_t from_minute = 0;
  std::uint16_t to_minute = 0;
  // Monday is 0, a holiday of the tenant a Sunday; none set: every day.
  std::bitset<7> weekdays;
  std::vector<Service> services;
  std::vector<std::string> tenants;
  SenderCheck sender_not_owned = SenderCheck::kNone;
};

struct Limit {
  std::string name;
  LimitCondition when;
  LimitKey key = LimitKey::kAccount;
  Counted counted = Counted::kMessages;
  // At most this many within `window`; for recipients a message the window is not used.
  std::uint32_t amount = 0;
  Duration window = std::chrono::hours{1};
  Action action = Action::kDefer;
};

}  // namespace postreeve
