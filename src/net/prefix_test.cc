#include "net/prefix.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

// Whether the first `bits` of both are the same, one bit after the other.
bool agree(const IpAddress& a, const IpAddress& b, int bits) {
  for (int i = 0; i < bits; ++i) {
    const auto bit = [i](const IpAddress& address) {
      return (i < 64 ? address.high() : address.low()) >> (63 - i % 64) & 1;
    };
    if (bit(a) != bit(b)) return false;
  }
  return true;
}

rc::Gen<IpAddress> any_address() {
  return rc::gen::oneOf(rc::gen::map(rc::gen::arbitrary<std::uint32_t>(), IpAddress::v4),
                        rc::gen::construct<IpAddress>(rc::gen::arbitrary<std::uint64_t>(),
                                                      rc::gen::arbitrary<std::uint64_t>()));
}

TEST(Prefix, ReadsCidrAndWholeAddresses) {
  EXPECT_EQ(Prefix::parse("192.0.2.0/24")->to_string(), "192.0.2.0/24");
  EXPECT_EQ(Prefix::parse("192.0.2.7")->length(), 32);
  EXPECT_EQ(Prefix::parse("192.0.2.7/32")->to_string(), "192.0.2.7");
  EXPECT_EQ(Prefix::parse("2001:db8::/32")->to_string(), "2001:db8::/32");
  EXPECT_EQ(Prefix::parse("2001:db8::1")->length(), 128);
  EXPECT_EQ(Prefix::parse("0.0.0.0/0")->to_string(), "0.0.0.0/0");
  EXPECT_EQ(Prefix::parse("::/0")->to_string(), "::/0");
}

TEST(Prefix, CountsMappedLengthsOverAllBits) {
  EXPECT_EQ(*Prefix::parse("::ffff:192.0.2.0/120"), *Prefix::parse("192.0.2.0/24"));
  EXPECT_FALSE(Prefix::parse("::ffff:192.0.2.0/24"));
}

TEST(Prefix, NamesTheNetworkMeantWhenBitsAreSetBelowTheLength) {
  const auto prefix = Prefix::parse("192.0.2.7/24");
  ASSERT_FALSE(prefix);
  EXPECT_EQ(prefix.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(prefix.error().detail.find("did you mean 192.0.2.0/24?"), std::string::npos)
      << prefix.error().detail;
}

TEST(Prefix, RefusesWhatIsNoNetwork) {
  for (const char* text :
       {"", "/", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/024", "192.0.2.0/+4",
        "192.0.2.0/24/24", "192.0.2.0/24 ", "192.0.2/24", "2001:db8::/129", "2001:db8::/x", "net"}) {
    const auto prefix = Prefix::parse(text);
    EXPECT_FALSE(prefix) << text;
  }
}

TEST(Prefix, KeepsTheFamiliesApart) {
  EXPECT_FALSE(Prefix::parse("::/0")->contains(IpAddress::v4(0xc0000207)));
  EXPECT_FALSE(Prefix::parse("0.0.0.0/0")->contains(*IpAddress::parse("2001:db8::1")));
  EXPECT_TRUE(Prefix::parse("0.0.0.0/0")->contains(IpAddress::v4(0xc0000207)));
}

TEST(Prefix, TakesALengthBeyondTheFamilyForTheWholeAddress) {
  EXPECT_EQ(Prefix::of(IpAddress::v4(0xc0000207), 64).to_string(), "192.0.2.7");
  EXPECT_EQ(Prefix::of(IpAddress(1, 2), 200).length(), 128);
}

TEST(Prefix, GivesHostsAndNetworksTheLengthOfTheirFamily) {
  EXPECT_EQ(host_of(*IpAddress::parse("192.0.2.7")).to_string(), "192.0.2.7");
  EXPECT_EQ(network_of(*IpAddress::parse("192.0.2.7")).to_string(), "192.0.2.0/24");
  EXPECT_EQ(host_of(*IpAddress::parse("2001:db8:1:2:3:4:5:6")).to_string(), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of(*IpAddress::parse("2001:db8:1:2:3:4:5:6")).to_string(), "2001:db8:1::/48");
}

RC_GTEST_PROP(Prefix, ReadsBackWhatItWrote, ()) {
  const Prefix prefix = Prefix::of(*any_address(), *rc::gen::inRange(0, 129));
  const auto read = Prefix::parse(prefix.to_string());
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == prefix);
}

RC_GTEST_PROP(Prefix, ContainsExactlyWhatAgreesInItsBits, ()) {
  const IpAddress address = *any_address();
  const Prefix prefix = Prefix::of(address, *rc::gen::inRange(0, 129));
  const int bits = prefix.length() + (prefix.is_v4() ? 96 : 0);
  RC_ASSERT(prefix.contains(address));
  // A neighbour differs in one bit.
  const int flipped = *rc::gen::inRange(0, 128);
  const std::uint64_t bit = 1ULL << (63 - flipped % 64);
  const IpAddress other(address.high() ^ (flipped < 64 ? bit : 0), address.low() ^ (flipped < 64 ? 0 : bit));
  RC_ASSERT(prefix.contains(other) == (other.is_v4() == address.is_v4() && agree(other, address, bits)));
}

}  // namespace
}  // namespace postreeve
