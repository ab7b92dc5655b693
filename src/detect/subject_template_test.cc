#include "detect/subject_template.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>

namespace postreeve {
namespace {

std::string template_of(std::string_view subject) {
  std::array<char, kMostTemplateBytes> out{};
  return {out.data(), write_subject_template(subject, out)};
}

TEST(SubjectTemplate, IsTheSameForEveryMessageOfACampaign) {
  EXPECT_EQ(template_of("Your parcel DE48213 could not be delivered!"),
            "your parcel # could not be delivered");
  EXPECT_EQ(template_of("your Parcel PL99 could not be delivered"),
            template_of("Your parcel 7 could NOT be delivered..."));
  EXPECT_EQ(template_of("Account verification required xkcdQzW"),
            template_of("Account verification required bRtzPqk"));
}

TEST(SubjectTemplate, IsAnotherForOtherWords) {
  EXPECT_NE(template_of("Your parcel could not be delivered"), template_of("Your invoice could not be paid"));
}

TEST(SubjectTemplate, NeedsWordsEnoughToBeRecognizedBy) {
  for (const char* subject :
       {"", "hello", "Invoice", "Invoice 4711", "Quick question", "12345 678 90", "a b c", "!!! ??? ..."})
    EXPECT_EQ(template_of(subject), "") << subject;
}

TEST(SubjectTemplate, LeavesConversationsAlone) {
  for (const char* subject : {"Re: the garden of our neighbour", "AW: the garden of our neighbour",
                              "Fwd[2]: the garden of our neighbour", "[list] Re: the garden of our neighbour",
                              "RE : the garden of our neighbour"})
    EXPECT_EQ(template_of(subject), "") << subject;
  EXPECT_NE(template_of("Remember: the garden of our neighbour"), "");
}

TEST(SubjectTemplate, DropsTheNameOfAList) {
  EXPECT_EQ(template_of("[members] minutes of the meeting"), template_of("minutes of the meeting"));
}

TEST(SubjectTemplate, KnowsScriptsWithoutSpaces) {
  EXPECT_NE(template_of("您的包裹无法投递请立即确认"), "");
  EXPECT_NE(template_of("Ваша посылка не доставлена"), "");
}

RC_GTEST_PROP(SubjectTemplate, StaysWithinItsBoundsForAnyText, (const std::string& subject)) {
  const std::string text = template_of(subject);
  RC_ASSERT(text.size() <= kMostTemplateBytes);
  for (const char c : text) RC_ASSERT(!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z'));
}

}  // namespace
}  // namespace postreeve
