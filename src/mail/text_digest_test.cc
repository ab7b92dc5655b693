#include "mail/text_digest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

std::uint64_t digest_of(std::string_view text, bool is_html = false) {
  TextDigest digest;
  digest.begin_text(is_html);
  digest.add(text);
  digest.end_text();
  return digest.finish();
}

constexpr std::string_view kCampaign =
    "Dear John Smith,\r\nyour parcel 4711-A could not be delivered; please pay 2.99 EUR before "
    "Monday at http://a.example/?id=1 or the parcel will be returned.\r\n";

TEST(TextDigest, IsTheSameForTheMailsOfOneCampaign) {
  EXPECT_NE(digest_of(kCampaign), 0U);
  EXPECT_EQ(
      digest_of(kCampaign),
      digest_of("Dear Anna-Maria,\r\n\r\nyour parcel 99 could not be\r\ndelivered; please pay 13.50 EUR "
                "before Tuesday at https://b.example/x or the parcel will be returned!\r\n"));
}

TEST(TextDigest, DiffersForAnotherText) {
  EXPECT_NE(digest_of(kCampaign),
            digest_of("thank you for the nice evening, we should have dinner again some day soon"));
}

TEST(TextDigest, LeavesOutNamesNumbersAddressesAndQuotes) {
  constexpr std::string_view kPlain = "we have sent your order and will call before the driver comes";
  EXPECT_EQ(digest_of(kPlain),
            digest_of("Peter, we have sent your order 17 and will call +49 before the driver comes\n"
                      "sales@x.example www.x.example\n> not mine at all\n"));
}

TEST(TextDigest, ReadsHtmlAsItsText) {
  constexpr std::string_view kPlain = "please verify your mailbox password now before it will be closed";
  EXPECT_EQ(digest_of(kPlain),
            digest_of("<html><head><title>some title here</title><style>p { color: red }</style></head>"
                      "<!-- a comment with words --><p>please ver<b></b>ify your&nbsp;mailb&#111;x</p>"
                      "<div>password now</div>before it<br>will be closed",
                      true));
}

TEST(TextDigest, SaysNothingOfAFewWords) {
  EXPECT_EQ(digest_of("see you later then"), 0U);
}

RC_GTEST_PROP(TextDigest, IsTheSameHoweverTheTextIsCut, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::element('<', '>', '!', '-', '/', 'p', 'a', 'b', '&', '#', ';', '6', ' ', '\n', '\0', 'A'));
  for (bool is_html : {false, true}) {
    TextDigest whole;
    TextDigest pieces;
    whole.begin_text(is_html);
    pieces.begin_text(is_html);
    whole.add(text);
    for (char c : text) pieces.add({&c, 1});
    whole.end_text();
    pieces.end_text();
    RC_ASSERT(whole.words() == pieces.words());
    RC_ASSERT(whole.finish() == pieces.finish());
  }
}

}  // namespace
}  // namespace postreeve
