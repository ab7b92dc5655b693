#include "redis/redis_address.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

TEST(RedisAddress, IsReadFromItsUrl) {
  const auto plain = RedisAddress::parse("redis://127.0.0.1:6390");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(plain->nodes, (std::vector<RedisNodeName>{{"127.0.0.1", 6390}}));
  const auto full = RedisAddress::parse("rediss://guard@redis1.example,[2001:db8::1]:7000/2");
  ASSERT_TRUE(full);
  EXPECT_TRUE(full->tls);
  EXPECT_EQ(full->user, "guard");
  EXPECT_EQ(full->database, 2);
  EXPECT_EQ(full->nodes, (std::vector<RedisNodeName>{{"redis1.example", 6379}, {"2001:db8::1", 7000}}));
}

TEST(RedisAddress, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"127.0.0.1:6379", "no address"},   {"http://127.0.0.1", "no address"}, {"redis://", "no host"},
      {"redis://a:0", "no port"},         {"redis://a:x", "no port"},         {"redis://a/b", "database"},
      {"redis://a,,b", "no host"},        {"redis://[::1", "bracket"},        {"redis://a b", "no host"},
      {"redis://u:secret@a", "password"}, {"redis://a:70000", "no port"},     {"redis://a/-1", "database"}};
  for (const auto& [url, what] : cases) {
    const auto address = RedisAddress::parse(url);
    ASSERT_FALSE(address) << url;
    EXPECT_NE(address.error().detail.find(what), std::string::npos) << url << ": " << address.error().detail;
    EXPECT_EQ(address.error().detail.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace postreeve
