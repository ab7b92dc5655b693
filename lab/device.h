// A mail client and where its owner carries it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lab/line.h"
#include "mail/event.h"

namespace postreeve::lab {

enum class Mobility : std::uint8_t {
  kOffice,  // stays in the office
  kHome,    // stays at home
  kLaptop,  // goes between office, home and trips
  kPhone,   // wireless network where there is one, else the carrier's
  kServer,  // a machine with a line of its own
};

// What the client says in EHLO.
enum class HeloStyle : std::uint8_t {
  kName,      // always the same host name; every other server's is below its owner's domain
  kHosted,    // a server's, below its hoster's domain
  kLiteral,   // "[192.168.1.23]": the address in the local network it is in
  kApple,     // "smtpclient.apple"
  kLocal,     // "localhost", as some phones and scripts do
  kLoopback,  // "[127.0.0.1]": clients that keep the local network to themselves
  kCloud,     // "mail-wr1-f41.bigcloud.example": another machine of the cloud for every message
};

struct Device {
  Mobility mobility = Mobility::kOffice;
  HeloStyle helo_style = HeloStyle::kName;
  Service reads_by = Service::kImap;  // kWebmail: a browser, which writes there as well
  bool quotes_to_name = false;        // writes the address as the display name in To:
  bool wrong_password = false;        // still has the old one
  float reads_a_day = 8;
  float send_weight = 1;      // how often it is the one that sends
  std::uint8_t own_line = 0;  // kServer: number in the person's lines
  std::uint64_t number = 0;   // makes its names

  // Where it is now: the owner's surroundings, the line it uses there, and until when.
  std::uint8_t around = 0;
  std::uint8_t line = 0;
  Timestamp stays_until{};
  // Its open mailbox session, for which it need not log in again.
  IpAddress session_address;
  Timestamp session_until{};

  [[nodiscard]] bool is_browser() const { return reads_by == Service::kWebmail; }
};

[[nodiscard]] Device office_desktop(Random& random);
[[nodiscard]] Device home_desktop(Random& random);
[[nodiscard]] Device laptop(Random& random);
[[nodiscard]] Device phone(Random& random);
// Webmail, now and then, wherever the owner is.
[[nodiscard]] Device browser(Random& random);
// A machine: script, scanner, server.
[[nodiscard]] Device machine(std::uint8_t own_line, Random& random);

// Writes what the device says in EHLO on that line.
void write_helo(std::string& text, const Device& device, const Line& line, std::string_view domain);

}  // namespace postreeve::lab
