#include "socket/endpoint.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

TEST(Endpoint, IsWrittenAsItIsRead) {
  for (const char* text : {"127.0.0.1:10040", "[::1]:25", "0.0.0.0:0", "unix:/run/postreeve/policy.sock"}) {
    const Result<Endpoint> endpoint = Endpoint::parse(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(endpoint->to_string(), text);
  }
}

TEST(Endpoint, SaysWhatIsWrongAndHowItIsWritten) {
  const std::string long_path = "unix:/" + std::string(200, 'x');
  for (const char* text : {"", "10040", "localhost:25", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:25x",
                           "::1:25", "[127.0.0.1]:25", "unix:relative", long_path.c_str()}) {
    const Result<Endpoint> endpoint = Endpoint::parse(text);
    ASSERT_FALSE(endpoint) << text;
    EXPECT_EQ(endpoint.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(endpoint.error().detail.find("127.0.0.1:10040"), std::string::npos);
  }
}

}  // namespace
}  // namespace postreeve
