#include "http/credentials.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

HttpRequest with(std::string authorization) {
  HttpRequest request;
  request.headers.emplace_back("authorization", std::move(authorization));
  return request;
}

TEST(BasicCredentials, ReadsUserAndPassword) {
  const auto credentials = basic_credentials(with("basic Zm9vOnN1OnBlcg=="));
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->user, "foo");
  EXPECT_EQ(credentials->password, "su:per");
}

TEST(BasicCredentials, AreNotThereWhenBroken) {
  for (const char* field : {"", "Basic", "Basic ", "Basic Zm9v", "Basic Zm9vOnN1cGVy!", "Basic %%%",
                            "Bearer Zm9vOmE=", "BasicZm9vOmE=", "Basic Zm9vOmE= x"})
    EXPECT_FALSE(basic_credentials(with(field))) << field;
  EXPECT_FALSE(basic_credentials({}));
  EXPECT_FALSE(basic_credentials(with("Basic " + std::string(5000, 'A'))));
}

TEST(BearerToken, IsWhatFollows) {
  EXPECT_EQ(bearer_token(with("bearer  abc.def")), "abc.def");
  EXPECT_FALSE(bearer_token(with("Basic abc")));
  EXPECT_FALSE(bearer_token(with("Bearer ")));
}

TEST(IsSecret, HoldsForTheSecretOnly) {
  EXPECT_TRUE(is_secret("secret", "secret"));
  EXPECT_FALSE(is_secret("secre", "secret"));
  EXPECT_FALSE(is_secret("secret ", "secret"));
  EXPECT_FALSE(is_secret("", ""));
  EXPECT_FALSE(is_secret("x", ""));
}

}  // namespace
}  // namespace postreeve
