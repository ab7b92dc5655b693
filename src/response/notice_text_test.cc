#include "response/notice_text.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "response/response_testing.h"
#include "store/ledger/ledger_testing.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

NoticeFacts facts(NoticeStage stage) {
  return {.stage = stage,
          .before = Level::kHeld,
          .after = stage == NoticeStage::kReleased ? Level::kRecovering : Level::kHeld,
          .scope = Scope::kUnfamiliarOrigins,
          .account = "anna@shop.example",
          .client = "198.51.100.7",
          .from = "abuse@hoster.example",
          .support = "+49 30 000000",
          .incident = "00000000c0ffee00",
          .zone = "Europe/Berlin",
          .time = kSundayAtThree,
          .outgo = {.messages = 3, .recipients = 41, .since = 0}};
}

const NoticeTexts& texts() {
  static const NoticeTexts kTexts = *NoticeTexts::load("");
  return kTexts;
}

constexpr NoticeStage kStages[] = {NoticeStage::kSlowed, NoticeStage::kHeld, NoticeStage::kSuspended,
                                   NoticeStage::kReleased};
constexpr std::string_view kLanguages[] = {"en", "de", "ja", "pl"};

// Every text that can come about.
void for_each_text(const std::function<void(const NoticeText&, const NoticeFacts&, std::string_view)>& look) {
  for (unsigned mask = 0; mask < 32; ++mask) {
    for (const NoticeStage stage : kStages) {
      NoticeFacts told = facts(stage);
      told.scope = (mask & 1U) != 0 ? Scope::kWholeAccount : Scope::kUnfamiliarOrigins;
      told.for_contact = (mask & 2U) != 0;
      told.is_signed = (mask & 4U) != 0;
      if ((mask & 8U) != 0) told.outgo = {};
      if ((mask & 16U) != 0) told.client = told.support = "";
      for (const std::string_view language : kLanguages) look(texts().write(language, told), told, language);
    }
  }
}

TEST(NoticeTexts, AreWholeInEveryLanguageAndStage) {
  for_each_text([](const NoticeText& text, const NoticeFacts& told, std::string_view language) {
    SCOPED_TRACE(std::string(language) + " " + std::string(to_text(told.stage)));
    EXPECT_THAT(text.subject, HasSubstr("anna@shop.example"));
    EXPECT_THAT(text.subject, Not(HasSubstr("Subject")));
    EXPECT_THAT(text.body, HasSubstr("anna@shop.example"));
    EXPECT_THAT(text.body, HasSubstr("00000000c0ffee00"));
    EXPECT_THAT(text.body, HasSubstr("2026"));
    for (const std::string_view wrong : {"{{", "}}", "\n\n\n", " \n", "false", "http"})
      EXPECT_THAT(text.body, Not(HasSubstr(wrong)));
  });
}

TEST(NoticeTexts, SayWhatHappenedInTheReadersOwnTime) {
  EXPECT_THAT(
      texts().write("en", facts(NoticeStage::kHeld)).body,
      HasSubstr("on 1 March 2026 at 04:00 (CET). The mail came from the internet address 198.51.100.7."));
  EXPECT_THAT(texts().write("de", facts(NoticeStage::kHeld)).body,
              HasSubstr("am 1. März 2026 um 04:00 Uhr (CET)"));
  EXPECT_THAT(texts().write("ja", facts(NoticeStage::kHeld)).body, HasSubstr("2026年3月1日 04:00(CET)"));
  EXPECT_THAT(texts().write("pl", facts(NoticeStage::kHeld)).body,
              HasSubstr("1 marca 2026 o godz. 04:00 (CET)"));
  EXPECT_THAT(texts().write("en", facts(NoticeStage::kHeld)).body, HasSubstr("messages: 3, recipients: 41"));
}

TEST(NoticeTexts, ListTheAccountsOfACampaignInEveryLanguage) {
  DigestFacts told{.tenant = "shop",
                   .lines = {},
                   .from = "abuse@hoster.example",
                   .support = "Telephone 030 000000",
                   .zone = "Europe/Berlin",
                   .is_signed = true};
  for (std::size_t i = 0; i < DigestFacts::kMostLines + 7; ++i)
    told.lines.push_back({.account = "user" + std::to_string(i) + "@shop.example",
                          .stage = kStages[i % std::size(kStages)],
                          .incident = "00000000c0ffee00",
                          .time = kSundayAtThree});
  for (const char* language : {"en", "de", "ja", "pl"}) {
    SCOPED_TRACE(language);
    const NoticeText text = texts().write(language, told);
    EXPECT_THAT(text.subject, HasSubstr("shop"));
    EXPECT_THAT(text.subject, HasSubstr("507"));
    EXPECT_THAT(text.body, HasSubstr("\n* user0@shop.example: "));
    EXPECT_THAT(text.body, HasSubstr("\n* user499@shop.example: "));
    EXPECT_THAT(text.body, Not(HasSubstr("user500@")));
    EXPECT_THAT(text.body, HasSubstr("00000000c0ffee00"));
    EXPECT_THAT(text.body, HasSubstr("030 000000"));
    for (const std::string_view wrong : {"{{", "}}", "\n\n\n", " \n", "false", "http"})
      EXPECT_THAT(text.body, Not(HasSubstr(wrong)));
  }
  EXPECT_THAT(texts().write("en", told).body, HasSubstr("* and 7 more\n"));
}

TEST(NoticeTexts, DifferByStageAndScope) {
  std::set<std::string> bodies;
  for (const NoticeStage stage : kStages) bodies.insert(texts().write("en", facts(stage)).body);
  EXPECT_EQ(bodies.size(), std::size(kStages));
  NoticeFacts whole = facts(NoticeStage::kSuspended);
  whole.scope = Scope::kWholeAccount;
  EXPECT_THAT(texts().write("en", whole).body, Not(HasSubstr("you can go on sending")));
  EXPECT_THAT(texts().write("en", facts(NoticeStage::kSuspended)).body, HasSubstr("you can go on sending"));
}

RC_GTEST_PROP(NoticeTexts, BearHostileTexts, ()) {
  NoticeFacts told =
      facts(*rc::gen::elementOf(std::vector<NoticeStage>(std::begin(kStages), std::end(kStages))));
  told.account = *hostile_bytes();
  told.client = *hostile_bytes();
  told.support = *hostile_bytes();
  const NoticeText text = texts().write("de", told);
  RC_ASSERT(is_storable(text.body));
  RC_ASSERT(is_storable(text.subject));
  RC_ASSERT(text.subject.find('\n') == std::string::npos);
  RC_ASSERT(text.body.find("\nBcc:") == std::string::npos);
}

class OwnNoticeTexts : public ::testing::Test {
 protected:
  void write_file(const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name)) << text;
  }
  LedgerFolder folder;
};

TEST_F(OwnNoticeTexts, ReplaceOursLanguageByLanguage) {
  write_file("de.txt", "Subject: Achtung {{account}}\nNur ein Satz.\n");
  const auto own = NoticeTexts::load(folder.file(""));
  ASSERT_TRUE(own) << own.error().detail;
  EXPECT_EQ(own->write("de", facts(NoticeStage::kHeld)).subject, "Achtung anna@shop.example");
  EXPECT_EQ(own->write("de", facts(NoticeStage::kHeld)).body, "Nur ein Satz.\n");
  EXPECT_EQ(own->write("en", facts(NoticeStage::kHeld)).body,
            texts().write("en", facts(NoticeStage::kHeld)).body);
}

TEST_F(OwnNoticeTexts, AreRefusedWithTheNameOfTheFile) {
  for (const std::string wrong : {"", "No subject\n", "Subject: x\n{{#open}}", "Subject: x\n{{/closed}}"}) {
    write_file("pl.txt", wrong);
    const auto own = NoticeTexts::load(folder.file(""));
    ASSERT_FALSE(own) << wrong;
    EXPECT_THAT(own.error().detail, HasSubstr("pl.txt"));
  }
}

}  // namespace
}  // namespace postreeve
