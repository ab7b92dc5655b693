#include "net/ip_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

namespace postreeve {
namespace {

// The system's own reading, as 16 bytes in network order, for texts without our brackets and tag.
std::optional<IpAddress> read_by_system(const std::string& text) {
  if (text.find('\0') != std::string::npos) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    return IpAddress::v4(
        static_cast<std::uint32_t>(bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]));
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
  std::uint64_t halves[2] = {0, 0};
  for (std::size_t i = 0; i < 16; ++i) halves[i / 8] = halves[i / 8] << 8 | bytes[i];
  return IpAddress(halves[0], halves[1]);
}

rc::Gen<IpAddress> any_address() {
  // Groups of zeros and small numbers are frequent, so that runs of zeros of all shapes come up.
  const auto group = rc::gen::weightedOneOf<std::uint64_t>({{3, rc::gen::just<std::uint64_t>(0)},
                                                            {1, rc::gen::inRange<std::uint64_t>(0, 0x10000)},
                                                            {1, rc::gen::inRange<std::uint64_t>(0, 0x20)}});
  return rc::gen::map(rc::gen::container<std::array<std::uint64_t, 8>>(group), [](const auto& g) {
    return IpAddress(g[0] << 48 | g[1] << 32 | g[2] << 16 | g[3],
                     g[4] << 48 | g[5] << 32 | g[6] << 16 | g[7]);
  });
}

TEST(IpAddress, TakesMappedIpv4ForIpv4) {
  const auto mapped = IpAddress::parse("::ffff:192.0.2.7");
  ASSERT_TRUE(mapped);
  EXPECT_EQ(*mapped, IpAddress::v4(0xc0000207));
  EXPECT_EQ(mapped, IpAddress::parse("::ffff:c000:207"));
  EXPECT_TRUE(mapped->is_v4());
  EXPECT_EQ(mapped->to_string(), "192.0.2.7");
}

TEST(IpAddress, ReadsAddressLiterals) {
  for (const char* text :
       {"2001:db8::7", "[2001:db8::7]", "IPv6:2001:db8::7", "[IPv6:2001:db8::7]", "[ipv6:2001:DB8::7]"}) {
    EXPECT_EQ(IpAddress::parse(text), IpAddress(0x20010db800000000ULL, 7)) << text;
  }
  EXPECT_EQ(IpAddress::parse("[192.0.2.7]"), IpAddress::v4(0xc0000207));
  EXPECT_EQ(IpAddress::parse("IPv6:::1"), IpAddress(0, 1));
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const char* text : {"",
                           "unknown",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "01.2.3.4",
                           "1.2.3.00",
                           "0x1.2.3.4",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "1..2.3",
                           "1.2.3.4:25",
                           "1.2.3.4/24",
                           "[1.2.3.4",
                           "1.2.3.4]",
                           "[]",
                           "[[::1]]",
                           "IPv6:1.2.3.4",
                           ":",
                           ":::",
                           "::1::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4::5:6:7:8",
                           ":1::",
                           "1:",
                           "1::2:",
                           "12345::",
                           "g::",
                           "fe80::1%eth0",
                           "::1.2.3",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::1.2.3.4:5",
                           "IPv6:",
                           "IPv6:[::1]"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(IpAddress, WritesTheShortestFormOfRfc5952) {
  const std::pair<const char*, const char*> cases[] = {
      {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},         // 4.2.1: as short as possible
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // 4.2.2: not for one group
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // 4.2.3: the longest run
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // 4.2.3: the first of equals
      {"2001:DB8::ABCD", "2001:db8::abcd"},              // 4.3: lower case
      {"2001:0db8::0001", "2001:db8::1"},                // 4.1: no leading zeros
      {"0:0:0:0:0:0:0:0", "::"},
      {"1:0:0:0:0:0:0:0", "1::"},
      {"0:0:0:0:0:0:0:1", "::1"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(IpAddress::parse(text)->to_string(), expected);
}

TEST(IpAddress, KnowsWhatSaysNothingAboutAPlace) {
  for (const char* text :
       {"127.0.0.1", "127.255.0.9", "::1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.3.4",
        "169.254.1.1", "100.64.0.1", "100.127.255.255", "fe80::1", "febf::1", "fc00::1", "fdff::1"}) {
    EXPECT_TRUE(IpAddress::parse(text)->is_private()) << text;
  }
  for (const char* text : {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.0.1",
                           "192.169.0.1", "100.63.255.255", "100.128.0.0", "169.253.0.1", "128.0.0.1",
                           "fec0::1", "fe00::1", "fbff::1", "2001:db8::1", "::2"}) {
    EXPECT_FALSE(IpAddress::parse(text)->is_private()) << text;
  }
  EXPECT_TRUE(IpAddress::parse("::ffff:127.0.0.1")->is_loopback());
  EXPECT_FALSE(IpAddress::parse("10.0.0.1")->is_loopback());
}

RC_GTEST_PROP(IpAddress, ReadsBackWhatItWrote, ()) {
  const IpAddress address = *any_address();
  RC_ASSERT(IpAddress::parse(address.to_string()) == address);
}

RC_GTEST_PROP(IpAddress, ReadsBackEveryIpv4, (std::uint32_t bits)) {
  const IpAddress address = IpAddress::v4(bits);
  RC_ASSERT(address.is_v4());
  RC_ASSERT(address.to_v4() == bits);
  RC_ASSERT(IpAddress::parse(address.to_string()) == address);
  RC_ASSERT(IpAddress::parse("[IPv6:::ffff:" + address.to_string() + "]") == address);
}

RC_GTEST_PROP(IpAddress, ReadsAsTheSystemDoes, ()) {
  // Texts of the right letters: most are nearly addresses, some are.
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0012579aF::::...")));
  RC_ASSERT(IpAddress::parse(text) == read_by_system(text));
}

RC_GTEST_PROP(IpAddress, ReadsDamagedAddressesAsTheSystemDoes, ()) {
  std::string text = (*any_address()).to_string();
  if (*rc::gen::arbitrary<bool>()) text = IpAddress::v4(*rc::gen::arbitrary<std::uint32_t>()).to_string();
  const auto place = *rc::gen::inRange<std::size_t>(0, text.size());
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      text.erase(place, 1);
      break;
    case 1:
      text.insert(place, 1, *rc::gen::elementOf(std::string("0f:. ")));
      break;
    default:
      text[place] = *rc::gen::elementOf(std::string("0f:.x"));
  }
  RC_ASSERT(IpAddress::parse(text) == read_by_system(text));
}

RC_GTEST_PROP(IpAddress, NeverFailsOnAnyBytes, (const std::string& text)) {
  const auto address = IpAddress::parse(text);
  if (!address) return;  // RC_ASSERT does not short-circuit ||
  RC_ASSERT(IpAddress::parse(address->to_string()) == address);
}

}  // namespace
}  // namespace postreeve
