// An internet from the networks of a geography file. The file says where a network is and sometimes whose;
// whether customers, telephones or rented machines are in it, the lab makes up.
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/ascii.h"
#include "lab/geography/geography.h"

namespace postreeve::lab {
namespace {

using std::string_view;

constexpr std::size_t kMostBlocks = 24;  // of a provider; a sample is enough

struct Word {
  string_view text;
  ProviderKind kind;
};
constexpr std::array<Word, 30> kWords{{
    {"vpn", ProviderKind::kVpn},
    {"proxy", ProviderKind::kVpn},
    {"privacy", ProviderKind::kVpn},
    {"anonym", ProviderKind::kVpn},
    {"host", ProviderKind::kHosting},
    {"cloud", ProviderKind::kHosting},
    {"server", ProviderKind::kHosting},
    {"datacent", ProviderKind::kHosting},
    {"data cent", ProviderKind::kHosting},
    {"vps", ProviderKind::kHosting},
    {"colo", ProviderKind::kHosting},
    {"amazon", ProviderKind::kHosting},
    {"google", ProviderKind::kHosting},
    {"microsoft", ProviderKind::kHosting},
    {"ocean", ProviderKind::kHosting},
    {"mobile", ProviderKind::kMobile},
    {"mobil", ProviderKind::kMobile},
    {"wireless", ProviderKind::kMobile},
    {"cellular", ProviderKind::kMobile},
    {"gsm", ProviderKind::kMobile},
    {"universit", ProviderKind::kBusiness},
    {"business", ProviderKind::kBusiness},
    {"bank", ProviderKind::kBusiness},
    {"government", ProviderKind::kBusiness},
    {"ministry", ProviderKind::kBusiness},
    {"gmbh", ProviderKind::kBusiness},
    {"telecom", ProviderKind::kConsumer},
    {"telekom", ProviderKind::kConsumer},
    {"cable", ProviderKind::kConsumer},
    {"broadband", ProviderKind::kConsumer},
}};

ProviderKind kind_of(string_view owner, Random& random) {
  std::string name(owner);
  std::ranges::transform(name, name.begin(), [](char c) { return to_lower(c); });
  const double chance = random.unit();
  for (const Word& word : kWords) {
    if (name.find(word.text) != std::string::npos) return word.kind;
  }
  return chance < 0.5    ? ProviderKind::kConsumer
         : chance < 0.75 ? ProviderKind::kBusiness
         : chance < 0.87 ? ProviderKind::kMobile
         : chance < 0.97 ? ProviderKind::kHosting
                         : ProviderKind::kVpn;
}

struct Owner {
  std::string name;
  std::vector<Block> blocks;
  std::uint32_t seen = 0;
};

}  // namespace

Geography::Geography(const std::vector<KnownNetwork>& networks,
                     const std::map<std::uint32_t, std::uint64_t>& v6_by_asn, std::uint64_t seed)
    : random_(seed), by_place_(kProviderKinds * all_countries().size()) {
  // By number, or by country where the file knows no numbers.
  std::map<std::pair<std::uint32_t, std::uint16_t>, Owner> owners;
  for (const KnownNetwork& network : networks) {
    const std::uint16_t country = network.asn == 0 ? network.block.country : std::uint16_t{0};
    Owner& owner = owners[{network.asn, country}];
    if (owner.name.empty()) owner.name = network.owner;
    ++owner.seen;
    if (owner.blocks.size() < kMostBlocks) {
      owner.blocks.push_back(network.block);
    } else if (const std::uint32_t n = random_.below(owner.seen); n < kMostBlocks) {
      owner.blocks[n] = network.block;
    }
  }
  for (const auto& [key, owner] : owners) {
    Random fixed(seed ^ mix64(std::uint64_t{key.first} << 16 | key.second));
    Provider& provider = providers_.emplace_back();
    provider.asn = key.first;
    provider.kind = kind_of(owner.name, fixed);
    provider.country = owner.blocks.front().country;
    provider.names_clients = fixed.chance(0.75);
    provider.domain = fmt::format("as{}-{}.example", key.first, key.second);
    if (const auto v6 = v6_by_asn.find(key.first); v6 != v6_by_asn.end()) provider.v6_high = v6->second;
    for (const Block& block : owner.blocks) {
      provider.blocks.push_back(static_cast<std::uint32_t>(blocks_.size()));
      blocks_.push_back(block);
    }
  }
  complete_kinds(random_);
  for (std::uint32_t i = 0; i < providers_.size(); ++i) index(i);
  weigh_bots();
}

void Geography::index(std::uint32_t provider) {
  for (const std::uint32_t block : providers_[provider].blocks) {
    auto& here = by_place_[place_number(providers_[provider].kind, blocks_[block].country)];
    if (here.empty() || here.back() != provider) here.push_back(provider);
  }
}

// Of each kind there must be one, and one machine that can be rented with IPv6; a small file may be all
// of one kind.
void Geography::complete_kinds(Random& random) {
  const std::size_t known = providers_.size();
  for (std::size_t k = 0; k < kProviderKinds; ++k) {
    const auto kind = static_cast<ProviderKind>(k);
    if (std::ranges::any_of(providers_, [&](const Provider& p) { return p.kind == kind; })) continue;
    Provider copy = providers_[random.below(known)];
    copy.kind = kind;
    providers_.push_back(std::move(copy));
  }
  const auto rents_v6 = [](const Provider& p) { return p.kind == ProviderKind::kHosting && p.v6_high != 0; };
  if (std::ranges::any_of(providers_, rents_v6)) return;
  // A network that the file does not know, as happens.
  const auto hoster = std::ranges::find(providers_, ProviderKind::kHosting, &Provider::kind);
  hoster->v6_high = 0x2a10'fff0ULL << 32;
}

}  // namespace postreeve::lab
