#include "store/country_counts.h"

#include <gtest/gtest.h>

#include "net/location.h"

namespace postreeve {
namespace {

constexpr std::uint16_t kPoland = CountryCode::of("PL").packed();
constexpr std::uint16_t kVietnam = CountryCode::of("VN").packed();

TEST(CountryCounts, KnowsNothingAtFirst) {
  const CountryCounts counts(10);
  EXPECT_EQ(counts.look(1, kPoland).all, 0U);
  EXPECT_EQ(counts.look(1, kPoland).tenant, 0U);
}

TEST(CountryCounts, CountsEverybodyAndEachTenant) {
  CountryCounts counts(100);
  for (int i = 0; i < 3; ++i) counts.add(1, kPoland);
  counts.add(2, kPoland);
  counts.add(2, kVietnam);
  const CountrySnapshot seen = counts.look(2, kPoland);
  EXPECT_EQ(seen.all, 5U);
  EXPECT_EQ(seen.here, 4U);
  EXPECT_EQ(seen.tenant, 2U);
  EXPECT_EQ(seen.tenant_here, 1U);
  EXPECT_EQ(counts.look(1, kVietnam).tenant_here, 0U);
  EXPECT_EQ(counts.look(1, kVietnam).here, 1U);
}

TEST(CountryCounts, CountsNothingWithoutACountry) {
  CountryCounts counts(10);
  counts.add(1, 0);
  EXPECT_EQ(counts.look(1, kPoland).all, 0U);
  EXPECT_EQ(counts.look(1, 0).all, 0U);
}

TEST(CountryCounts, CountsTenantsBeyondItsBoundWithEverybodyOnly) {
  CountryCounts counts(16);  // one a shard
  counts.add(3, kPoland);
  counts.add(3 + 16, kPoland);
  EXPECT_EQ(counts.look(3, kPoland).tenant, 1U);
  EXPECT_EQ(counts.look(3 + 16, kPoland).tenant, 0U);
  EXPECT_EQ(counts.look(3, kPoland).all, 2U);
}

}  // namespace
}  // namespace postreeve
