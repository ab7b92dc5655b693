#include "control/canary_lesson.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/control_testing.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kDrop = "drop@z.example";
constexpr std::string_view kContact = "contact0@y.example";  // to whom Anna writes

// Anna's account and Bob's were taken over; Bob's incident is judged.
class CanaryLessonTest : public testing::Test {
 protected:
  CanaryLessonTest() : incident(room.stolen()) {}

  void take_bobs(const std::string& tenant, Outcome outcome = Outcome::kConfirmed) {
    StandingEntry entry;
    entry.account = account_named("bob@x.example");
    entry.tenant = tenant;
    entry.change.time = room.now;
    entry.change.after.level = Level::kHeld;
    entry.change.after.incident = kBobs;
    ASSERT_TRUE(room.incidents->record(entry));
    ASSERT_TRUE(room.incidents->settle({kBobs, outcome, "judged", {}}, "tess", room.now));
  }
  void both_wrote_to(std::string_view address) {
    const IncidentId annas = room.guard->standing_of(account_named(kAnna)).incident;
    ClueSighting seen;
    seen.add(room.now);
    for (const IncidentId one : {annas, kBobs})
      room.clues.add(one, {ClueKind::kRecipient, std::string(address), ""}, seen);
  }
  json::value confirm(bool is_dry_run = false) {
    json::object asked{{"incident", incident}};
    if (is_dry_run) asked.emplace("dry_run", true);
    return room.data("incident confirm", asked);
  }
  std::vector<std::string> canaries() {
    const std::vector<ListEntry> entries = *room.lists.entries(ListName::kCanary, room.now);
    std::vector<std::string> values;
    values.reserve(entries.size());
    for (const ListEntry& entry : entries) values.push_back(entry.value);
    return values;
  }
  std::string told() {
    return json::serialize(room.data("incident show", {{"incident", incident}}).at("timeline"));
  }

  static constexpr IncidentId kBobs{7};
  ControlRoom room;
  std::string incident;
};

TEST_F(CanaryLessonTest, LearnsWhatStrangersInAccountsOfTwoTenantsWroteTo) {
  take_bobs("shop");
  both_wrote_to(kDrop);
  ASSERT_TRUE(room.clues.flush());
  EXPECT_EQ(confirm(true).at("canaries_learnt"), json::array{kDrop});
  EXPECT_THAT(canaries(), IsEmpty());
  EXPECT_EQ(confirm().at("canaries_learnt"), json::array{kDrop});
  EXPECT_THAT(canaries(), ElementsAre(kDrop));
  const ListEntry entry = room.lists.entries(ListName::kCanary, room.now)->front();
  EXPECT_THAT(entry.comment, HasSubstr(incident));
  EXPECT_EQ(entry.expires, room.now + kCanaryLasts);
  EXPECT_GT(room.refreshed, 0);
  EXPECT_THAT(told(), HasSubstr("canaries for 180 days"));
}

TEST_F(CanaryLessonTest, ProposesWhatOneTenantAloneWasUsedFor) {
  take_bobs("");
  both_wrote_to(kDrop);
  EXPECT_EQ(confirm().at("canaries_proposed"), json::array{kDrop});
  EXPECT_THAT(canaries(), IsEmpty());
  EXPECT_THAT(told(), HasSubstr("perhaps canaries"));
}

TEST_F(CanaryLessonTest, ProposesWhatTheOwnerWroteToHerself) {
  take_bobs("shop");
  both_wrote_to(kContact);
  EXPECT_EQ(confirm().at("canaries_proposed"), json::array{kContact});
  EXPECT_THAT(canaries(), IsEmpty());
}

TEST_F(CanaryLessonTest, LearnsNothingFromAnIncidentThatNobodyConfirmed) {
  take_bobs("shop", Outcome::kDismissed);
  both_wrote_to(kDrop);
  EXPECT_FALSE(confirm().as_object().contains("canaries_learnt"));
  EXPECT_THAT(told(), Not(HasSubstr("canaries")));
}

TEST_F(CanaryLessonTest, LearnsNeitherPatternsNorMailboxesOfOurOwnNorAListOfVictims) {
  take_bobs("shop");
  both_wrote_to("*@bank.example");
  both_wrote_to(kAnna);
  both_wrote_to("sales@x.example");
  ASSERT_TRUE(room.clues.flush());
  EXPECT_FALSE(confirm(true).as_object().contains("canaries_learnt"));
  for (std::size_t i = 0; i <= kMostCanariesAtOnce; ++i)
    both_wrote_to("victim" + std::to_string(i) + "@list.example");
  confirm();
  EXPECT_THAT(canaries(), IsEmpty());
  EXPECT_THAT(told(), Not(HasSubstr("canaries")));
}

}  // namespace
}  // namespace postreeve
