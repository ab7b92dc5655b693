#include "mail/enhanced_status.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

std::string found(std::string_view reply) {
  const auto status = EnhancedStatus::find_in_reply(reply);
  return status ? status->to_string() : "none";
}

TEST(EnhancedStatus, ReadsThreeNumbers) {
  EXPECT_EQ(EnhancedStatus::parse("5.1.1"), (EnhancedStatus{5, 1, 1}));
  EXPECT_EQ(EnhancedStatus::parse("4.999.999"), (EnhancedStatus{4, 999, 999}));
  EXPECT_EQ(EnhancedStatus::parse("2.0.0"), (EnhancedStatus{2, 0, 0}));
}

TEST(EnhancedStatus, RefusesAnythingElse) {
  for (const char* text : {"", "5", "5.1", "5.1.", "5.1.1.", "5.1.1 ", " 5.1.1", "3.1.1", "0.0.0", "1.1.1",
                           "55.1.1", "5.1000.1", "5.01.1", "5.1.00", "5.-1.1", "5,1,1", "5..1"}) {
    EXPECT_FALSE(EnhancedStatus::parse(text)) << text;
  }
}

TEST(EnhancedStatus, TellsWhatItMeans) {
  EXPECT_TRUE((EnhancedStatus{2, 0, 0}.is_success()));
  EXPECT_TRUE((EnhancedStatus{4, 2, 2}.is_transient()));
  EXPECT_TRUE((EnhancedStatus{5, 1, 1}.is_permanent()));
  EXPECT_FALSE(EnhancedStatus{}.known());
  EXPECT_EQ(EnhancedStatus{}.to_string(), "");
}

TEST(EnhancedStatus, IsFoundInReplies) {
  const std::pair<const char*, const char*> cases[] = {
      {"550 5.1.1 <a@x.example>: unknown", "5.1.1"},
      {"550-5.7.1 first line", "5.7.1"},
      {"550-5.1.1", "5.1.1"},
      {"5.1.1 User unknown", "5.1.1"},
      {"250 2.0.0 Ok: queued as 4Q1", "2.0.0"},
      {"550 #5.1.0 Address rejected.", "5.1.0"},
      {"550 Blocked (5.7.1), see 192.0.2.9", "5.7.1"},
      {"550 Address unknown. 5.1.1.", "5.1.1"},
      {"host mx.example[192.0.2.1] said: 452 4.2.2 Mailbox full (in reply to RCPT TO command)", "4.2.2"},
      {"SMTP error from remote mail server after RCPT TO:<a@x.example>: 550 5.1.1 User unknown", "5.1.1"},
      {"user unknown (#5.1.1)", "5.1.1"},
  };
  for (const auto& [reply, expected] : cases) EXPECT_EQ(found(reply), expected) << reply;
}

TEST(EnhancedStatus, IsTheClassAloneWhenAReplyHasOnlyACode) {
  EXPECT_EQ(found("550 unknown user"), "5.0.0");
  EXPECT_EQ(found("421"), "4.0.0");
  EXPECT_EQ(found("host mx.example[192.0.2.1] said: 450-busy"), "4.0.0");
}

TEST(EnhancedStatus, IsNotTakenFromAddressesVersionsOrAnotherClass) {
  EXPECT_EQ(found("550 blocked 5.1.1.9"), "5.0.0");
  EXPECT_EQ(found("550 host 5.1.1-mx.example"), "5.0.0");
  EXPECT_EQ(found("550 refused by Filter/5.1.1"), "5.0.0");
  EXPECT_EQ(found("550 refused by Filter 4.2.1"), "5.0.0");
  EXPECT_EQ(found("550 15.1.1"), "5.0.0");
}

TEST(EnhancedStatus, IsNotFoundWhereNoServerAnswered) {
  for (const char* reply :
       {"", "connect to mx.example[192.0.2.1]:25: Connection timed out", "delivered via Filter 4.2.1",
        "354 go ahead", "5505", "after 550 bytes", "560 no such code", "mail transport unavailable"}) {
    EXPECT_EQ(found(reply), "none") << reply;
  }
}

RC_GTEST_PROP(EnhancedStatus, ReadsBackWhatItWrote, ()) {
  const EnhancedStatus status{*rc::gen::elementOf(std::vector<std::uint16_t>{2, 4, 5}),
                              *rc::gen::inRange<std::uint16_t>(0, 1000),
                              *rc::gen::inRange<std::uint16_t>(0, 1000)};
  const std::string text = status.to_string();
  RC_ASSERT(EnhancedStatus::parse(text) == status);
  RC_ASSERT(EnhancedStatus::find_in_reply(text + " text") == status);
  const std::string code = std::to_string(status.status_class) + "50";
  RC_ASSERT(EnhancedStatus::find_in_reply(code + "-" + text) == status);
}

RC_GTEST_PROP(EnhancedStatus, NeverFailsOnAnyBytes, ()) {
  const auto reply = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0245551.. -:#(x")));
  const auto status = EnhancedStatus::find_in_reply(reply);
  if (!status) return;  // RC_ASSERT does not short-circuit ||
  RC_ASSERT(EnhancedStatus::parse(status->to_string()) == status);
}

}  // namespace
}  // namespace postreeve
