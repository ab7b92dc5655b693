#include "base/base64.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

TEST(Base64, IsWrittenAsRfc4648ShowsIt) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(to_base64("\xfb\xff"), "+/8=");
}

TEST(Base64, IsReadWholeOrNotAtAll) {
  EXPECT_EQ(from_base64("Zm9vYmE="), "fooba");
  for (const char* text : {"Zg", "Zg=", "Zg==x", "Zm9v\n", "-_8=", "Zg==Zg==", "?", "aaa\x8b"}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

RC_GTEST_PROP(Base64, ReadsBackWhatItWrote, (const std::string& bytes)) {
  RC_ASSERT(from_base64(to_base64(bytes)) == bytes);
}

RC_GTEST_PROP(Base64, NeverFailsOnAnyBytes, (const std::string& text)) {
  if (const auto bytes = from_base64(text)) RC_ASSERT(to_base64(*bytes) == text);
}

}  // namespace
}  // namespace postreeve
