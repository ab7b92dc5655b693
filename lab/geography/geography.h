// A synthetic internet: countries, providers and their address blocks, and the
// MMDB table that describes them as imperfectly as real files do.
//
// Always the same world (it has a seed of its own), so that one MMDB serves every
// run. Blocks lie where the real registries put such countries; nobody is contacted.
// Or the networks of a given geography file (mmdb_geography.h).
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "lab/geography/countries.h"
#include "lab/random.h"
#include "net/ip_address.h"

namespace postreeve::lab {

enum class ProviderKind : std::uint8_t { kConsumer, kMobile, kBusiness, kHosting, kVpn };
inline constexpr std::size_t kProviderKinds = 5;

// Where the providers of that kind with blocks in that country stand in a table by both.
[[nodiscard]] std::size_t place_number(ProviderKind kind, std::uint16_t country);

struct Block {
  std::uint32_t first = 0;  // IPv4
  std::uint8_t length = 16;
  std::uint16_t country = 0;
  float latitude = 0;
  float longitude = 0;
};

struct Provider {
  std::uint32_t asn = 0;
  ProviderKind kind{};
  std::uint16_t country = 0;          // home; VPN and hosting have blocks elsewhere too
  std::uint64_t v6_high = 0;          // upper 64 bits of its /32; 0 has no IPv6
  bool names_clients = true;          // has reverse names
  std::string domain;                 // of those names
  std::vector<std::uint32_t> blocks;  // indexes into Geography::blocks()
};

// A network that a geography file knows.
struct KnownNetwork {
  Block block;
  std::uint32_t asn = 0;  // 0 unknown: one provider for each country
  std::string owner;      // of the autonomous system, may be empty
};

class Geography {
 public:
  Geography();
  // The networks of somebody else's file, IPv4 of /4 to /28, and the /32s of IPv6 by ASN. What kind of
  // provider an owner is follows from words in the name, else from the seed. Requires a network.
  Geography(const std::vector<KnownNetwork>& networks,
            const std::map<std::uint32_t, std::uint64_t>& v6_by_asn, std::uint64_t seed);

  [[nodiscard]] const std::vector<Provider>& providers() const { return providers_; }
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }

  // A provider of that kind with blocks in the country, the big ones more often; any provider of the
  // kind when the country has none.
  [[nodiscard]] std::uint32_t pick_provider(ProviderKind kind, std::uint16_t country, Random& random) const;
  // One of the provider's blocks, in the country if it has one there.
  [[nodiscard]] std::uint32_t pick_block(std::uint32_t provider, std::uint16_t country, Random& random) const;
  [[nodiscard]] IpAddress pick_address(std::uint32_t block, Random& random) const;
  // A country for a hacked machine or an attacker's proxy.
  [[nodiscard]] std::uint16_t pick_bot_country(Random& random) const;

  // The table for tests/support/mmdb/write_mmdb.pl: positions err as real files do (mobile by 190 km in
  // the median), one block in a hundred has no city, one in two hundred is in the wrong country.
  void write_table(std::ostream& out) const;

 private:
  std::uint32_t allocate(Region region, int length);
  Provider& add_provider(ProviderKind kind, std::uint16_t country);
  void add_block(Provider& provider, std::uint16_t country, int length, int city);
  void add_access_providers(std::uint16_t country);
  void add_hosting();
  void add_vpns();
  void weigh_bots();
  void index(std::uint32_t provider);
  void complete_kinds(Random& random);

  Random random_{20260302};
  std::vector<Provider> providers_;
  std::vector<Block> blocks_;
  // by kind and country: providers with blocks there
  std::vector<std::vector<std::uint32_t>> by_place_;
  std::vector<std::uint32_t> next_free_;  // by region, in /16s taken apart
  std::vector<std::vector<std::uint32_t>> free_sixteens_;
  std::vector<std::uint32_t> carve_next_;
  std::vector<std::uint32_t> carve_end_;
  std::vector<float> bots_;  // by country; 0 where no provider is
  double bot_weight_ = 0;
};

}  // namespace postreeve::lab
