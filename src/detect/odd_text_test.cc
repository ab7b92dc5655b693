#include "detect/odd_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace postreeve {
namespace {

TEST(OddText, KnowsWhatRandomGeneratorsMake) {
  for (const std::string_view text :
       {"ZYaeD, X", "xkQwpR", "hTrgbW", "re: qwKjHz", "bcdfghjk", "aB3xYz7Q", "XKCDQWRT"}) {
    EXPECT_TRUE(looks_random(text)) << text;
  }
}

TEST(OddText, LeavesHonestSubjectsAlone) {
  for (const std::string_view text : {"",
                                      "Re: your invoice of March",
                                      "Angebot für die Küche",
                                      "WG: Protokoll",
                                      "McDonald's birthday",
                                      "iPhone 15",
                                      "JavaScript workshop",
                                      "Invoice 2026-0815",
                                      "FYI",
                                      "ASAP",
                                      "Order AB123456",
                                      "Hello",
                                      "Wniosek o urlop",
                                      "Zaproszenie na szkolenie",
                                      "Geburtstagsgrüße",
                                      "RE: FW: EURO 2028",
                                      "test",
                                      "YouTube",
                                      "LinkedIn",
                                      "GmbH",
                                      "Strč prst skrz krk",
                                      "Ihr PayPal Beleg",
                                      "Bestellbestätigung"}) {
    EXPECT_FALSE(looks_random(text)) << text;
  }
}

TEST(OddText, NeverTakesOtherScriptsForRandom) {
  for (const std::string_view text : {"Привет из Москвы", "会議の資料", "Καλημέρα", "שלום", "مرحبا"}) {
    EXPECT_FALSE(looks_random(text)) << text;
  }
}

TEST(OddText, LooksAtSixtyFourBytesOnly) {
  EXPECT_FALSE(looks_random(std::string(64, ' ') + "ZYaeD"));
  EXPECT_TRUE(looks_random(std::string(50, ' ') + "ZYaeD"));
}

RC_GTEST_PROP(OddText, ReturnsForEveryInput, (const std::string& bytes)) {
  RC_ASSERT(looks_random(bytes) == looks_random(bytes.substr(0, 64)));
}

}  // namespace
}  // namespace postreeve
