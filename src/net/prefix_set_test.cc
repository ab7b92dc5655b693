#include "net/prefix_set.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

// Few distinct bits, so that networks nest and share addresses.
rc::Gen<IpAddress> crowded_address() {
  const auto v4 = rc::gen::map(rc::gen::inRange<std::uint32_t>(0, 64),
                               [](std::uint32_t n) { return IpAddress::v4((n & 7) << 29 | n >> 3); });
  const auto v6 = rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 1024), [](std::uint64_t n) {
    // Addresses on both sides of the mapped IPv4 range, and around bits 48, 64 and 96.
    return IpAddress((n & 3) << 62 | (n >> 2 & 3) << 15,
                     (n >> 4 & 3) << 47 | (n >> 6 & 3) << 31 | (n >> 8 & 3));
  });
  return rc::gen::oneOf(v4, v6);
}

rc::Gen<Prefix> crowded_prefix() {
  const auto length = rc::gen::oneOf(rc::gen::inRange(0, 129),
                                     rc::gen::elementOf(std::vector<int>{0, 1, 3, 8, 32, 48, 80, 96}));
  return rc::gen::map(rc::gen::pair(crowded_address(), length),
                      [](const auto& pair) { return Prefix::of(pair.first, pair.second); });
}

std::optional<Prefix> longest_of(const std::vector<Prefix>& prefixes, const IpAddress& address) {
  std::optional<Prefix> longest;
  for (const Prefix& prefix : prefixes) {
    if (prefix.contains(address) && (!longest || prefix.length() > longest->length())) longest = prefix;
  }
  return longest;
}

TEST(PrefixSet, HoldsNothingWhenEmpty) {
  const PrefixSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_FALSE(set.contains(IpAddress::v4(0xc0000207)));
}

TEST(PrefixSet, CountsANetworkOnce) {
  const std::vector<Prefix> prefixes(3, *Prefix::parse("192.0.2.0/24"));
  EXPECT_EQ(PrefixSet(prefixes).size(), 1U);
}

TEST(PrefixSet, FindsTheLongestNetworkBehindNarrowerNeighbours) {
  const std::vector<Prefix> prefixes = {*Prefix::parse("10.0.0.0/8"), *Prefix::parse("10.1.0.0/16"),
                                        *Prefix::parse("10.1.2.0/24")};
  const PrefixSet set(prefixes);
  EXPECT_EQ(set.longest_match(*IpAddress::parse("10.1.2.3")), prefixes[2]);
  EXPECT_EQ(set.longest_match(*IpAddress::parse("10.1.3.1")), prefixes[1]);
  EXPECT_EQ(set.longest_match(*IpAddress::parse("10.2.0.1")), prefixes[0]);
  EXPECT_FALSE(set.contains(*IpAddress::parse("11.0.0.1")));
}

TEST(PrefixSet, SeesAnIpv6NetworkAroundTheMappedRange) {
  const std::vector<Prefix> prefixes = {*Prefix::parse("::/0"), *Prefix::parse("10.0.0.0/8")};
  const PrefixSet set(prefixes);
  EXPECT_EQ(set.longest_match(*IpAddress::parse("2001:db8::1")), prefixes[0]);
  EXPECT_EQ(set.longest_match(*IpAddress::parse("10.0.0.1")), prefixes[1]);
  EXPECT_FALSE(set.contains(*IpAddress::parse("11.0.0.1")));
}

RC_GTEST_PROP(PrefixSet, AgreesWithLookingAtEveryNetwork, ()) {
  const auto prefixes = *rc::gen::container<std::vector<Prefix>>(crowded_prefix());
  const PrefixSet set(prefixes);
  for (int i = 0; i < 20; ++i) {
    const IpAddress address = *crowded_address();
    RC_ASSERT(set.longest_match(address) == longest_of(prefixes, address));
  }
}

}  // namespace
}  // namespace postreeve
