#include "mail/delivery_reply.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace postreeve {
namespace {

constexpr EnhancedStatus kPolicy{5, 7, 1};

TEST(BlamesOurAddress, WhereTheReplyNamesItOrAListOfAddresses) {
  for (const std::string_view reply :
       {"550 5.7.1 Unfortunately, messages from [192.0.2.9] weren't sent. Part of their network is on our "
        "block list",
        "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.block.example",
        "550 5.7.1 Our system has detected an unusual rate of mail from your IP address",
        "550 5.7.606 Access denied, banned sending IP [192.0.2.9]",
        "550 Message rejected due to sender IP reputation",
        "553 5.3.0 DNSBL:ATTRBL 521< 192.0.2.9 >_is_blocked.", "554 5.7.0 YOUR IP IS ON A BLACKLIST"}) {
    EXPECT_TRUE(blames_our_address(kPolicy, reply)) << reply;
    EXPECT_TRUE(blames_our_address({}, reply)) << reply;
  }
}

TEST(BlamesOurAddress, NotWhereTheReplyIsAboutTheMail) {
  for (const std::string_view reply :
       {"554 5.7.1 Message rejected as spam",
        "550-5.7.1 Our system has detected that this message is likely spam",
        "554 5.7.1 The message contains a URL that is on our block list",
        "554 5.7.1 Helo command [news.example] blocked using dbl.block.example",
        "550 5.7.1 Content of this message: blacklisted words", "550 5.7.1 Rejected by policy", "5.7.1",
        ""}) {
    EXPECT_FALSE(blames_our_address(kPolicy, reply)) << reply;
  }
}

TEST(BlamesOurAddress, NotForADeadMailboxWhateverItIsCalled) {
  const std::string_view reply = "550 5.1.1 <the ip address@spamhaus.example>: User unknown";
  EXPECT_FALSE(blames_our_address({5, 1, 1}, reply));
  EXPECT_FALSE(blames_our_address({5, 2, 2}, reply));
}

RC_GTEST_PROP(BlamesOurAddress, IsSaidOfTheWordsWhereverTheyStand,
              (const std::string& before, const std::string& after)) {
  const std::string reply = before + "YoUr iP" + after;
  RC_ASSERT(!blames_our_address({5, 1, 1}, reply));
  RC_ASSERT(!blames_our_address(kPolicy, reply + " URL"));
  // Words about the message may come by chance, but hardly.
  RC_PRE(reply.find("url") == std::string::npos && reply.find("dbl.") == std::string::npos);
  RC_ASSERT(blames_our_address(kPolicy, reply));
}

}  // namespace
}  // namespace postreeve
