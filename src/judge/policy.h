// What the operator decided, as values: the judge's whole configuration.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/time.h"
#include "judge/limit.h"
#include "mail/account_id.h"
#include "mail/event.h"
#include "net/ip_address.h"
#include "net/prefix_set.h"

namespace postreeve {

// A customer: the domains whose accounts are theirs, and their calendar.
struct Tenant {
  std::string name;
  std::vector<std::string> domains;     // ASCII-lower-cased
  std::string time_zone = "UTC";        // IANA name, known to exist
  std::vector<std::uint32_t> holidays;  // yyyymmdd in the tenant's calendar
};

// Addresses nobody honest writes to. Exact addresses in canonical form, and patterns in
// which '*' stands for any run of characters.
struct CanaryList {
  std::unordered_set<std::string> addresses;
  std::vector<std::string> patterns;
};

// Risk, in log-odds, at which a standing begins, and how long it lasts.
struct Ladder {
  double prior = -7.5;  // one account in eighteen hundred is in other hands at a time
  double watched = -3.5;
  double slowed = 0.0;
  double held = 1.25;
  double suspended = 6.5;
  // Evidence of two groups must weigh this much each before an account is suspended without a conclusive
  // finding.
  double strong = 3.0;
  Duration slowed_for = std::chrono::hours{2};
  Duration held_for = std::chrono::hours{24};
  Duration probation = std::chrono::days{30};
  // Unknown recipients an hour that an account in standing slowed may still write to.
  std::uint32_t slowed_recipients_per_hour = 1;
  // How fast evidence fades.
  Duration evidence_half_life = std::chrono::hours{6};
  // How long lessons wait before they are learned (judge/note.h).
  Duration lesson_wait = std::chrono::days{3};
};

struct Policy {
  std::vector<Limit> limits;
  PrefixSet trusted_networks;  // carry no limits; detectors still look
  PrefixSet
      webmail_networks;  // web servers: what comes from them comes from a webmail session (is_web_server)
  std::vector<Tenant> tenants;
  CanaryList canaries;
  // Envelope and header senders an account owns beside its own name: account -> canonical addresses,
  // "@domain" for a whole domain.
  std::unordered_map<std::string, std::unordered_set<std::string>> aliases;
  Ladder ladder;
  std::string time_zone = "UTC";   // of accounts of no tenant
  bool suspended_rejects = false;  // 525 5.7.13 instead of 451 4.7.1

  // Whether the address is everybody's, and tells nothing of where its user is: a web server's, or a private
  // one.
  [[nodiscard]] bool is_web_server(const IpAddress& address) const noexcept {
    return address.is_private() || webmail_networks.contains(address);
  }
  // Whether the mail of the session was written in the webmail, so that its client is the web server.
  [[nodiscard]] bool is_by_webmail(const Session& session) const noexcept {
    return session.service == Service::kWebmail ||
           (session.client_address && is_web_server(*session.client_address));
  }
};

}  // namespace postreeve
