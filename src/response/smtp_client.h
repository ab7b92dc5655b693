// One mail to one recipient over SMTP (libcurl), with a bound on time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mail/address.h"

namespace postreeve {

struct SmtpServer {
  std::string host;  // name, IPv4 address, or IPv6 address in brackets
  std::uint16_t port = 25;
  bool with_tls = false;     // STARTTLS and a certificate that is valid for `host`, or nothing is sent
  std::string ca_file = {};  // trusted instead of the system's certificates; empty: the system's
  std::chrono::seconds most_time{8};
};

// "127.0.0.1:25", "[::1]:25", "mx.example:587", "mx.example". TLS is asked for unless it is this machine.
// kInvalidInput for what is none.
[[nodiscard]] Result<SmtpServer> parse_smtp_server(std::string_view text);

// Hands over `bytes` (lines end with CR LF) with the null envelope sender, so that nothing ever answers it.
// Blocks; throws nothing; any thread. kInvalidInput: the server refuses this mail for good (5xx);
// kUnavailable: later, perhaps.
[[nodiscard]] Result<void> deliver_mail(const SmtpServer& server, const Address& recipient,
                                        std::string_view bytes);

}  // namespace postreeve
