#include "lab/device.h"

#include <array>

#include <fmt/format.h>

namespace postreeve::lab {
namespace {

HeloStyle desktop_helo(Random& random) {
  const double kind = random.unit();
  if (kind < 0.55) return HeloStyle::kName;
  return kind < 0.9 ? HeloStyle::kLiteral : HeloStyle::kApple;
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
  return device_of(Mobility::kOffice, desktop_helo(random), random.lognormal(6, 0.5), random);
}

Device home_desktop(Random& random) {
  Device device = device_of(Mobility::kHome, desktop_helo(random), random.lognormal(3, 0.6), random);
  if (random.chance(0.25)) {
    device.reads_by = Service::kPop3;
    device.reads_a_day *= 4;
  }
  return device;
}

Device laptop(Random& random) {
  return device_of(Mobility::kLaptop, desktop_helo(random), random.lognormal(6, 0.5), random);
}

Device phone(Random& random) {
  const double kind = random.unit();
  const HeloStyle helo = kind < 0.45   ? HeloStyle::kLiteral
                         : kind < 0.8  ? HeloStyle::kApple
                         : kind < 0.93 ? HeloStyle::kName
                                       : HeloStyle::kLocal;
  Device device = device_of(Mobility::kPhone, helo, random.lognormal(8, 0.6), random);
  device.send_weight = 0.4F;
  return device;
}

Device machine(std::uint8_t own_line, Random& random) {
  Device device =
      device_of(Mobility::kServer, random.chance(0.9) ? HeloStyle::kName : HeloStyle::kLocal, 0, random);
  device.own_line = own_line;
  device.quotes_to_name = random.chance(0.15);
  return device;
}

void write_helo(std::string& text, const Device& device, const Line& line) {
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
    case HeloStyle::kLiteral: {
      // Routers give the same lease to the same client, another one in another network.
      const std::uint64_t local = mix64(device.number ^ line.customer);
      if (line.kind == LineKind::kMobile) {
        fmt::format_to(out, "[10.{}.{}.{}]", local >> 8 & 255, local >> 16 & 255, local >> 24 & 255);
      } else {
        constexpr std::array<unsigned, 4> kNets{0, 1, 178, 2};
        fmt::format_to(out, "[192.168.{}.{}]", kNets[line.customer & 3], 2 + (local >> 8) % 250);
      }
      return;
    }
    case HeloStyle::kName:
      break;
  }
  switch (device.mobility) {
    case Mobility::kServer:
      fmt::format_to(out, "srv{}.host{}.example", n % 9, n >> 8 & 0xfff);
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
