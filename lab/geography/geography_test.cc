#include "lab/geography/geography.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace postreeve::lab {
namespace {

TEST(Geography, has_access_providers_in_every_country) {
  const Geography geography;
  Random random(1);
  for (std::uint16_t country = 0; country < all_countries().size(); ++country) {
    for (const ProviderKind kind :
         {ProviderKind::kConsumer, ProviderKind::kMobile, ProviderKind::kBusiness}) {
      const std::uint32_t provider = geography.pick_provider(kind, country, random);
      EXPECT_EQ(geography.providers()[provider].country, country);
      EXPECT_EQ(geography.providers()[provider].kind, kind);
    }
  }
}

TEST(Geography, gives_each_address_to_one_block_only) {
  const Geography geography;
  auto blocks = geography.blocks();
  std::ranges::sort(blocks, {}, &Block::first);
  for (std::size_t i = 1; i < blocks.size(); ++i) {
    const std::uint64_t end = std::uint64_t{blocks[i - 1].first} + (1ULL << (32 - blocks[i - 1].length));
    EXPECT_LE(end, blocks[i].first);
  }
}

TEST(Geography, is_never_in_a_private_network) {
  const Geography geography;
  for (const Block& block : geography.blocks()) EXPECT_FALSE(IpAddress::v4(block.first).is_private());
}

}  // namespace
}  // namespace postreeve::lab
