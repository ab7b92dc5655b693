#include "lab/device.h"

#include <array>

#include <fmt/format.h>

namespace postreeve::lab {
namespace {

// Outlook says the machine's name, Thunderbird the address in its network, Apple Mail always the same.
HeloStyle desktop_helo(Random& random, double apple) {
  const double kind = random.unit();
  if (kind < apple) return HeloStyle::kApple;
  if (kind < apple + 0.05) return HeloStyle::kLoopback;
  return random.chance(0.55) ? HeloStyle::kName : HeloStyle::kLiteral;
}

Device device_of(Mobility mobility, HeloStyle helo, double reads_a_day, Random& random) {
  Device device;
  device.mobility = mobility;
  device.helo_style = helo;
  device.reads_a_day = static_cast<float>(reads_a_day);
  device.number = random.bits();
  device.quotes_to_name = random.chance(0.08);
  return device;
}

}  // namespace

Device office_desktop(Random& random) {
  return device_of(Mobility::kOffice, desktop_helo(random, 0.05), random.lognormal(6, 0.5), random);
}

Device home_desktop(Random& random) {
  Device device = device_of(Mobility::kHome, desktop_helo(random, 0.1), random.lognormal(3, 0.6), random);
  if (random.chance(0.25)) {
    device.reads_by = Service::kPop3;
    device.reads_a_day *= 4;
  }
  return device;
}

Device laptop(Random& random) {
  return device_of(Mobility::kLaptop, desktop_helo(random, 0.2), random.lognormal(6, 0.5), random);
}

Device phone(Random& random) {
  const double kind = random.unit();
  const HeloStyle helo = kind < 0.42   ? HeloStyle::kApple
                         : kind < 0.74 ? HeloStyle::kLiteral
                         : kind < 0.84 ? HeloStyle::kLoopback
                         : kind < 0.93 ? HeloStyle::kLocal
                                       : HeloStyle::kName;
  // It polls a quarter-hourly to hourly while it is awake; most polls find the session still open.
  Device device = device_of(Mobility::kPhone, helo, random.lognormal(11, 0.6), random);
  device.send_weight = 0.4F;
  return device;
}

Device browser(Random& random) {
  Device device = device_of(Mobility::kLaptop, HeloStyle::kName, random.lognormal(0.4, 0.6), random);
  device.reads_by = Service::kWebmail;
  device.send_weight = 0.12F;
  return device;
}

Device machine(std::uint8_t own_line, Random& random) {
  Device device =
      device_of(Mobility::kServer, random.chance(0.9) ? HeloStyle::kName : HeloStyle::kLocal, 0, random);
  device.own_line = own_line;
  device.quotes_to_name = random.chance(0.15);
  return device;
}

void write_helo(std::string& text, const Device& device, const Line& line, std::string_view domain) {
  text.clear();
  const auto out = std::back_inserter(text);
  const std::uint64_t n = mix64(device.number);
  switch (device.helo_style) {
    case HeloStyle::kApple:
      text = "smtpclient.apple";
      return;
    case HeloStyle::kLocal:
      text = "localhost";
      return;
    case HeloStyle::kLoopback:
      text = "[127.0.0.1]";
      return;
    case HeloStyle::kCloud: {
      const std::uint64_t which = mix64(line.address.low());
      fmt::format_to(out, "mail-{}{}1-f{}.bigcloud.example", static_cast<char>('a' + which % 26),
                     static_cast<char>('a' + (which >> 8) % 26), (which >> 16) % 64);
      return;
    }
    case HeloStyle::kLiteral: {
      // Routers give the same lease to the same client, another one in another network.
      const std::uint64_t local = mix64(device.number ^ line.customer);
      if (line.v6) {
        fmt::format_to(out, "[IPv6:{}]", line.address.to_string());
      } else if (line.kind == LineKind::kMobile) {
        fmt::format_to(out, "[10.{}.{}.{}]", local >> 8 & 255, local >> 16 & 255, local >> 24 & 255);
      } else {
        constexpr std::array<unsigned, 4> kNets{0, 1, 178, 2};
        fmt::format_to(out, "[192.168.{}.{}]", kNets[line.customer & 3], 2 + (local >> 8) % 250);
      }
      return;
    }
    case HeloStyle::kHosted:
      fmt::format_to(out, "srv{}.host{}.example", n % 9, n >> 8 & 0xfff);
      return;
    case HeloStyle::kName:
      break;
  }
  switch (device.mobility) {
    case Mobility::kServer:
      if ((n >> 32) % 2 == 0) {
        fmt::format_to(out, "srv{}.host{}.example", n % 9, n >> 8 & 0xfff);
      } else {
        fmt::format_to(out, "srv{}.{}", n % 9, domain);
      }
      return;
    case Mobility::kPhone:
      fmt::format_to(out, "android-{:012x}", n >> 16);
      return;
    case Mobility::kLaptop:
      fmt::format_to(out, "LAPTOP-{:07X}", n >> 36);
      return;
    case Mobility::kOffice:
      fmt::format_to(out, "PC{:03}", n % 1000);
      return;
    case Mobility::kHome:
      fmt::format_to(out, "DESKTOP-{:07X}", n >> 36);
      return;
  }
}

}  // namespace postreeve::lab
