#include "lab/geography/geography.h"

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>

#include "base/ascii.h"

namespace postreeve::lab {

std::size_t place_number(ProviderKind kind, std::uint16_t country) {
  return static_cast<std::size_t>(kind) * all_countries().size() + country;
}

namespace {

constexpr std::size_t kRegions = 5;

// First octets as the registries use them.
std::vector<std::uint8_t> octets_of(Region region) {
  switch (region) {
    case Region::kEurope:
      return {62, 77, 78, 79, 80,  81,  82,  83,  84,  85,  86,  87,  88,  89,  90, 91,
              92, 93, 94, 95, 109, 151, 176, 178, 185, 188, 193, 194, 212, 213, 217};
    case Region::kNorthAmerica:
      return {23, 24, 50, 63, 64, 65, 66, 67, 68, 69,  70,  71,
              72, 73, 74, 75, 76, 96, 97, 98, 99, 104, 107, 108};
    case Region::kLatinAmerica:
      return {177, 179, 181, 186, 187, 189, 190, 191, 200, 201};
    case Region::kAsia:
      return {1,   14,  27,  36,  39,  42,  43,  49,  58,  59,  60,  61,  101, 103, 106, 110,
              111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125};
    case Region::kAfrica:
      return {41, 102, 105, 154, 196, 197};
  }
  return {};
}

// Cities keep their place: city `n` of a country always has the same position.
std::pair<float, float> city(std::uint16_t country, int n) {
  Random random(mix64(country) ^ static_cast<std::uint64_t>(n));
  const Country& c = all_countries()[country];
  const double north_km = random.between(-1, 1) * c.spread_km;
  const double east_km = random.between(-1, 1) * c.spread_km;
  const double latitude = c.latitude + north_km / 111.0;
  const double longitude = c.longitude + east_km / (111.0 * std::cos(latitude * 0.01745));
  return {static_cast<float>(latitude), static_cast<float>(longitude)};
}

constexpr int kCities = 6;

}  // namespace

Geography::Geography()
    : by_place_(kProviderKinds * all_countries().size()),
      free_sixteens_(kRegions),
      carve_next_(kRegions),
      carve_end_(kRegions) {
  for (std::size_t region = 0; region < kRegions; ++region) {
    auto& free = free_sixteens_[region];
    for (const std::uint32_t octet : octets_of(static_cast<Region>(region))) {
      for (std::uint32_t second = 0; second < 256; ++second) free.push_back(octet << 24 | second << 16);
    }
    for (std::size_t i = free.size(); i > 1; --i) std::swap(free[i - 1], free[random_.below(i)]);
  }
  providers_.reserve(2000);
  for (std::uint16_t c = 0; c < all_countries().size(); ++c) add_access_providers(c);
  add_hosting();
  add_vpns();
  weigh_bots();
}

void Geography::weigh_bots() {
  const auto countries = all_countries();
  bots_.assign(countries.size(), 0);
  for (std::uint16_t c = 0; c < countries.size(); ++c) {
    for (std::size_t kind = 0; kind < kProviderKinds; ++kind) {
      if (!by_place_[place_number(static_cast<ProviderKind>(kind), c)].empty()) bots_[c] = countries[c].bots;
    }
    bot_weight_ += double{bots_[c]};
  }
}

std::uint32_t Geography::allocate(Region region, int length) {
  const auto r = static_cast<std::size_t>(region);
  const std::uint32_t size = 1U << (32 - length);
  const auto take = [&] {
    const std::uint32_t sixteen = free_sixteens_[r].back();
    free_sixteens_[r].pop_back();
    return sixteen;
  };
  if (length <= 16) return take();
  if (carve_next_[r] + size > carve_end_[r]) {
    carve_next_[r] = take();
    carve_end_[r] = carve_next_[r] + 0x10000U;
  }
  const std::uint32_t first = carve_next_[r];
  carve_next_[r] += size;
  return first;
}

Provider& Geography::add_provider(ProviderKind kind, std::uint16_t country) {
  Provider& provider = providers_.emplace_back();
  const auto n = static_cast<std::uint32_t>(providers_.size());
  provider.asn = 3000 + n * 17 + random_.below(16);
  provider.kind = kind;
  provider.country = country;
  provider.names_clients = random_.chance(kind == ProviderKind::kMobile ? 0.4 : 0.8);
  const char* const word = kind == ProviderKind::kMobile    ? "mobile"
                           : kind == ProviderKind::kHosting ? "cloud"
                                                            : "dyn";
  provider.domain = fmt::format("{}.net{}-{}.example", word, n, all_countries()[country].code);
  std::ranges::transform(provider.domain, provider.domain.begin(), [](char c) { return to_lower(c); });
  if (random_.chance(0.6)) {
    constexpr std::array<std::uint64_t, kRegions> kTops{0x2a02, 0x2600, 0x2804, 0x2400, 0x2c0f};
    const auto region = static_cast<std::size_t>(all_countries()[country].region);
    provider.v6_high = kTops[region] << 48 | std::uint64_t{n} << 36;
  }
  return provider;
}

void Geography::add_block(Provider& provider, std::uint16_t country, int length, int city_number) {
  Block block;
  block.first = allocate(all_countries()[country].region, length);
  block.length = static_cast<std::uint8_t>(length);
  block.country = country;
  std::tie(block.latitude, block.longitude) = city(country, city_number);
  provider.blocks.push_back(static_cast<std::uint32_t>(blocks_.size()));
  blocks_.push_back(block);
  auto& here = by_place_[place_number(provider.kind, country)];
  const auto index = static_cast<std::uint32_t>(&provider - providers_.data());
  if (here.empty() || here.back() != index) here.push_back(index);
}

void Geography::add_access_providers(std::uint16_t country) {
  const std::uint32_t consumers = random_.from_to(3, 5);
  for (std::uint32_t i = 0; i < consumers; ++i) {
    Provider& provider = add_provider(ProviderKind::kConsumer, country);
    for (int c = 0; c < kCities; ++c) {
      if (i == 0 || random_.chance(0.6)) add_block(provider, country, 16, c);
    }
    if (provider.blocks.empty()) add_block(provider, country, 17, 0);
  }
  const std::uint32_t mobiles = random_.from_to(2, 4);
  for (std::uint32_t i = 0; i < mobiles; ++i) {
    Provider& provider = add_provider(ProviderKind::kMobile, country);
    const std::uint32_t gateways = random_.from_to(1, 3);
    for (std::uint32_t g = 0; g < gateways; ++g)
      add_block(provider, country, 18 + static_cast<int>(random_.below(5)), 0);
  }
  const std::uint32_t businesses = random_.from_to(1, 3);
  for (std::uint32_t i = 0; i < businesses; ++i) {
    Provider& provider = add_provider(ProviderKind::kBusiness, country);
    for (int c = 0; c < kCities; ++c) add_block(provider, country, 18, c);
  }
}

void Geography::add_hosting() {
  constexpr std::array<std::string_view, 14> kSites{"US", "DE", "NL", "FR", "GB", "IE", "SG",
                                                    "JP", "IN", "CA", "PL", "FI", "BR", "AU"};
  for (std::uint32_t i = 0; i < 40; ++i) {
    const auto home = i < 12 ? country_index(kSites[i % kSites.size()])
                             : static_cast<std::uint16_t>(random_.below(all_countries().size()));
    Provider& provider = add_provider(ProviderKind::kHosting, home);
    add_block(provider, home, 17, 0);
    const std::uint32_t more = i < 12 ? random_.from_to(4, 9) : random_.below(2);
    for (std::uint32_t s = 0; s < more; ++s) {
      add_block(provider, country_index(kSites[random_.below(kSites.size())]), 18, 0);
    }
  }
}

void Geography::add_vpns() {
  for (std::uint32_t i = 0; i < 18; ++i) {
    const auto home = static_cast<std::uint16_t>(random_.below(all_countries().size()));
    Provider& provider = add_provider(ProviderKind::kVpn, home);
    provider.v6_high = 0;
    const std::uint32_t exits = random_.from_to(12, 45);
    for (std::uint32_t e = 0; e < exits; ++e) {
      add_block(provider, static_cast<std::uint16_t>(random_.below(all_countries().size())), 24, 0);
    }
  }
}

std::uint32_t Geography::pick_provider(ProviderKind kind, std::uint16_t country, Random& random) const {
  const auto& here = by_place_[place_number(kind, country)];
  if (!here.empty()) return here[random.skewed_below(static_cast<std::uint32_t>(here.size()), 1.6)];
  for (;;) {
    const std::uint32_t any = random.below(providers_.size());
    if (providers_[any].kind == kind) return any;
  }
}

std::uint32_t Geography::pick_block(std::uint32_t provider, std::uint16_t country, Random& random) const {
  const auto& blocks = providers_[provider].blocks;
  for (int tries = 0; tries < 12; ++tries) {
    const std::uint32_t block = blocks[random.below(blocks.size())];
    if (blocks_[block].country == country) return block;
  }
  return blocks[random.below(blocks.size())];
}

IpAddress Geography::pick_address(std::uint32_t block, Random& random) const {
  const Block& b = blocks_[block];
  const std::uint32_t size = 1U << (32 - b.length);
  return IpAddress::v4(b.first + 1 + random.below(size - 2));
}

std::uint16_t Geography::pick_bot_country(Random& random) const {
  double left = random.unit() * bot_weight_;
  for (std::uint16_t c = 0; c < bots_.size(); ++c) {
    left -= double{bots_[c]};
    if (left < 0) return c;
  }
  return 0;
}

}  // namespace postreeve::lab
