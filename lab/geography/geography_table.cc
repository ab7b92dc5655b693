// The MMDB table: what a geography file says about the lab's internet.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "lab/geography/geography.h"

namespace postreeve::lab {
namespace {

// Degrees of error whose median distance is about `median_km`.
double error_degrees(Random& random, double median_km) {
  return random.normal() * median_km / 1.18 / 111.0;
}

std::string dotted(std::uint32_t first) {
  return IpAddress::v4(first).to_string();
}

double median_error_km(ProviderKind kind) {
  switch (kind) {
    case ProviderKind::kMobile:
      return 190;
    case ProviderKind::kConsumer:
      return 30;
    case ProviderKind::kBusiness:
      return 20;
    default:
      return 5;
  }
}

}  // namespace

void Geography::write_table(std::ostream& out) const {
  fmt::print(out,
             "network\tcountry.iso_code:utf8_string\tlocation.latitude:double\tlocation.longitude:double\t"
             "location.accuracy_radius:uint16\tautonomous_system_number:uint32\n");
  Random random(4711);
  for (const Provider& provider : providers_) {
    if (provider.v6_high != 0) {
      fmt::print(out, "{}/32\t{}\t\t\t\t{}\n", IpAddress(provider.v6_high, 0).to_string(),
                 all_countries()[provider.country].code, provider.asn);
    }
    const double error_km = median_error_km(provider.kind);
    for (const std::uint32_t index : provider.blocks) {
      const Block& block = blocks_[index];
      const int length = std::max<int>(block.length, std::min(block.length + 3, 24));
      const std::uint32_t step = 1U << (32 - length);
      const std::uint32_t parts = 1U << (length - block.length);
      for (std::uint32_t part = 0; part < parts; ++part) {
        const bool misplaced = random.chance(0.005);
        const auto country =
            misplaced ? static_cast<std::uint16_t>(random.below(all_countries().size())) : block.country;
        fmt::print(out, "{}/{}\t{}\t", dotted(block.first + part * step), length,
                   all_countries()[country].code);
        if (misplaced || random.chance(0.01)) {
          fmt::print(out, "\t\t\t{}\n", provider.asn);
          continue;
        }
        fmt::print(out, "{:.3f}\t{:.3f}\t{}\t{}\n", block.latitude + error_degrees(random, error_km),
                   block.longitude + error_degrees(random, error_km),
                   static_cast<int>(std::clamp(error_km * random.between(0.5, 3), 5.0, 1000.0)),
                   provider.asn);
      }
    }
  }
}

}  // namespace postreeve::lab
