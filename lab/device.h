// A mail client and where its owner carries it.
#pragma once

#include <cstdint>
#include <string>

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
  kName,     // always the same host name
  kLiteral,  // "[192.168.1.23]": the address in the local network it is in
  kApple,    // "smtpclient.apple"
  kLocal,    // "localhost", as some phones and scripts do
};

struct Device {
  Mobility mobility = Mobility::kOffice;
  HeloStyle helo_style = HeloStyle::kName;
  Service reads_by = Service::kImap;
  bool quotes_to_name = false;  // writes the address as the display name in To:
  bool wrong_password = false;  // still has the old one
  float reads_a_day = 8;
  float send_weight = 1;      // how often it is the one that sends
  std::uint8_t own_line = 0;  // kServer: number in the person's lines
  std::uint64_t number = 0;   // makes its names
};

[[nodiscard]] Device office_desktop(Random& random);
[[nodiscard]] Device home_desktop(Random& random);
[[nodiscard]] Device laptop(Random& random);
[[nodiscard]] Device phone(Random& random);
// A machine: script, scanner, server.
[[nodiscard]] Device machine(std::uint8_t own_line, Random& random);

// Writes what the device says in EHLO on that line.
void write_helo(std::string& text, const Device& device, const Line& line);

}  // namespace postreeve::lab
