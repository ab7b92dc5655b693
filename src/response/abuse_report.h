// Reports to the network that an attacker came from: ARF (RFC 5965) and XARF version 4 (login_attack of the
// category connection).
//
// Whom the attacker wrote to is nobody's business there: addresses are redacted as RFC 6590 has it, by a
// keyed hash of the local part, so that one recipient looks the same in all reports of one package.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/keyed_hash.h"
#include "base/time.h"

namespace postreeve {

// Who reports.
struct Reporter {
  std::string organisation;
  std::string contact;  // address
  std::string domain;
};

struct AbuseReport {
  std::string incident;  // 16 hexadecimal digits
  std::string address;   // IPv4 or IPv6: where the attacker came from
  Timestamp first_seen{};
  Timestamp last_seen{};
  Timestamp made{};
  std::uint32_t messages = 0;          // sent from there
  std::vector<std::string> sentences;  // why we think so
  std::string sample_header;           // of one message, unredacted, lines end with LF; empty: none
};

// Every address in the text with its local part replaced. Total.
[[nodiscard]] std::string redact_addresses(std::string_view text, const HashKey& key);

// A whole message, lines end with CR LF; to whom it is sent is for the sender to say. Requires a sample
// header: the format wants one.
[[nodiscard]] std::string arf_report(const AbuseReport& report, const Reporter& reporter, const HashKey& key);

// A JSON document.
[[nodiscard]] std::string xarf_report(const AbuseReport& report, const Reporter& reporter,
                                      const HashKey& key);

}  // namespace postreeve
