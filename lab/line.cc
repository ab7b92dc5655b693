#include "lab/line.h"

#include <algorithm>

namespace postreeve::lab {
namespace {

// RFC 8981: a new interface identifier a day; the customer keeps the /56 for months.
IpAddress v6_address(const Line& line, const Geography& geography, Random& random) {
  const Provider& provider = geography.providers()[line.provider];
  const std::uint64_t pool = (line.customer >> 32 & 0xff) << 24;
  const std::uint64_t prefix = provider.v6_high | pool | (line.customer & 0xffff) << 8;
  return {prefix, random.bits() | 1};
}

Line line_in(const Geography& geography, ProviderKind kind, std::uint16_t country, Random& random) {
  Line line;
  line.provider = geography.pick_provider(kind, country, random);
  line.block = geography.pick_block(line.provider, country, random);
  line.customer = random.bits();
  return line;
}

}  // namespace

const IpAddress& Line::at(Timestamp time, const Geography& geography, Random& random) {
  if (time < until) return address;
  if (until == Timestamp{} && kind == LineKind::kStatic) {
    Random fixed(customer);
    address = geography.pick_address(block, fixed);
    until = Timestamp::max();
    return address;
  }
  const double lease = kind == LineKind::kMobile ? random.exponential(lease_minutes) : lease_minutes;
  until = time + minutes(std::max(lease, 3.0));
  if (v6) {
    address = v6_address(*this, geography, random);
    return address;
  }
  if (kind == LineKind::kVpn) {
    const auto& exits = geography.providers()[provider].blocks;
    block = exits[random.below(exits.size())];
  }
  if (kind == LineKind::kMobile || kind == LineKind::kHome) {
    const Block& b = geography.blocks()[block];
    const std::uint32_t bits = std::min<std::uint32_t>(pool_bits, 32U - b.length);
    const std::uint32_t pool =
        static_cast<std::uint32_t>(customer) & (0xffffffffU >> b.length) & ~((1U << bits) - 1);
    address = IpAddress::v4(b.first | pool | random.below(1U << bits));
    return address;
  }
  address = geography.pick_address(block, random);
  return address;
}

Line home_line(const Geography& geography, std::uint16_t country, Random& random) {
  Line line = line_in(geography, ProviderKind::kConsumer, country, random);
  line.kind = LineKind::kHome;
  line.v6 = geography.providers()[line.provider].v6_high != 0 && random.chance(0.2);
  // One in seven reconnects every day, the others keep their address for weeks.
  const bool daily = line.v6 || random.chance(0.15);
  line.pool_bits = 12;  // the access concentrator's
  line.lease_minutes = daily ? 24 * 60 : static_cast<std::uint32_t>(random.between(7, 90) * 24 * 60);
  return line;
}

Line mobile_line(const Geography& geography, std::uint16_t country, Random& random) {
  Line line = line_in(geography, ProviderKind::kMobile, country, random);
  line.kind = LineKind::kMobile;
  line.lease_minutes = static_cast<std::uint32_t>(std::clamp(random.lognormal(20 * 60, 1.2), 30.0, 20'000.0));
  line.pool_bits =
      static_cast<std::uint16_t>(random.chance(0.8) ? random.from_to(4, 9) : random.from_to(9, 13));
  // A carrier's gateways serve everybody: few pools.
  line.customer = (line.customer & 3) << line.pool_bits;
  return line;
}

Line vpn_line(const Geography& geography, Random& random, double lease_minutes) {
  const auto anywhere = static_cast<std::uint16_t>(random.below(all_countries().size()));
  Line line = line_in(geography, ProviderKind::kVpn, anywhere, random);
  line.kind = LineKind::kVpn;
  line.lease_minutes = static_cast<std::uint32_t>(lease_minutes);
  return line;
}

Line home_vpn_line(const Geography& geography, std::uint16_t country, Random& random) {
  Line line = line_in(geography, ProviderKind::kVpn, country, random);
  line.kind = LineKind::kHome;  // a pool of that exit, not one exit after the other
  line.pool_bits = 6;
  line.lease_minutes = static_cast<std::uint32_t>(random.between(60, 1500));
  return line;
}

Line giant_line(const Geography& geography, Random& random) {
  // Everybody's giants are the same few providers in the United States.
  Line line;
  const std::uint16_t country = country_index("US");
  Random giant(random.below(2));
  line.provider = geography.pick_provider(ProviderKind::kHosting, country, giant);
  line.block = geography.pick_block(line.provider, country, giant);
  line.kind = LineKind::kMobile;
  line.pool_bits = 10;
  line.lease_minutes = 3;
  line.customer = 1;
  return line;
}

Line guest_line(const Geography& geography, std::uint16_t country, Random& random) {
  Line line = line_in(geography, random.chance(0.4) ? ProviderKind::kBusiness : ProviderKind::kConsumer,
                      country, random);
  line.kind = LineKind::kStatic;
  return line;
}

Line cloud_line(const Geography& geography, std::uint16_t country, Random& random) {
  Line line = line_in(geography, ProviderKind::kHosting, country, random);
  line.kind = LineKind::kStatic;
  return line;
}

Line static_line(std::uint32_t provider, std::uint32_t block, std::uint64_t customer) {
  Line line;
  line.provider = provider;
  line.block = block;
  line.customer = customer;
  return line;
}

}  // namespace postreeve::lab
