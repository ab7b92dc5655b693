#include "guard/diversion.h"

#include <gtest/gtest.h>

#include "engine/engine_testing.h"
#include "guard/guard_testing.h"

namespace postreeve {
namespace {

// What a stranger writes in an account of that standing.
struct DoubtfulMail : EventMaker {
  Observation observation;
  Diversion diversion{DiversionOptions{.from = Level::kWatched, .most_an_hour = 2}};

  explicit DoubtfulMail(Level level) {
    observation.of_stranger = true;
    observation.verdict.standing.level = level;
  }
  Action send() {
    return diversion.action_for(submission_event(kThiefsAddress, "Q"), observation,
                                Hash128{.low = 1, .high = 2});
  }
};

TEST(Diversion, TakesWhatAStrangerWritesUpToItsCap) {
  for (const Level level : {Level::kWatched, Level::kRecovering, Level::kSlowed}) {
    DoubtfulMail mail(level);
    EXPECT_EQ(mail.send(), Action::kDivert);
    EXPECT_EQ(mail.send(), Action::kDivert);
    EXPECT_EQ(mail.send(), Action::kHold);
    mail.observation.repeated = true;  // what was held stays so
    EXPECT_EQ(mail.send(), Action::kHold);
    mail.observation.repeated = false;
    mail.now += std::chrono::hours{2};
    EXPECT_EQ(mail.send(), Action::kDivert);
    mail.observation.repeated = true;
    EXPECT_EQ(mail.send(), Action::kDivert);
  }
}

TEST(Diversion, NeverTakesASuspendedAccountsMailNorTheOwners) {
  for (const Level level : {Level::kClear, Level::kHeld, Level::kSuspended})
    EXPECT_EQ(DoubtfulMail(level).send(), Action::kAccept) << to_text(level);
  DoubtfulMail own(Level::kSlowed);
  own.observation.of_stranger = false;
  EXPECT_EQ(own.send(), Action::kAccept);
  const DoubtfulMail off(Level::kSlowed);
  EXPECT_EQ(Diversion({}).action_for(off.submission_event(kThiefsAddress, "Q"), off.observation, {}),
            Action::kAccept);
}

TEST(Diversion, LeavesRecipientsToTheirMessage) {
  DoubtfulMail mail(Level::kSlowed);
  EXPECT_EQ(mail.diversion.action_for(mail.recipient_event(kThiefsAddress, "b@y.example", "Q"),
                                      mail.observation, {}),
            Action::kAccept);
}

// A guard that diverts.
class DivertingRoom : public GuardRoom {
 public:
  DivertingRoom() {
    diversion = {.from = Level::kWatched, .most_an_hour = 3};
    start();
  }
};

TEST(Guard, DivertsAThiefsFirstMessagesAndRefusesHimLater) {
  DivertingRoom room;
  room.live();
  int diverted = 0;
  for (int i = 0; i < 40; ++i) {
    room.now += std::chrono::seconds{2};
    const Answer answer = room.send(kThiefsAddress, "victim" + std::to_string(i) + "@z.example");
    if (answer.action == Action::kDivert) ++diverted;
    if (answer.level == Level::kSuspended) {
      EXPECT_NE(answer.action, Action::kDivert);
    }
  }
  EXPECT_GE(diverted, 1);
  EXPECT_LE(diverted, 3);
  EXPECT_EQ(room.send(kOfficeAddress, "contact0@y.example").action, Action::kAccept);
}

TEST(Guard, DoesNotHoldAtTheMilterWhatThePolicyGateDiverts) {
  DivertingRoom room;
  room.live();
  Answer diverted;
  for (int i = 0; i < 40 && diverted.action != Action::kDivert; ++i) {
    room.now += std::chrono::seconds{2};
    const std::string name = "both" + std::to_string(i);
    room.judge(room.recipient_event(kThiefsAddress, name + "@z.example", name));
    diverted = room.judge(room.submission_event(kThiefsAddress, name));
    if (diverted.action != Action::kDivert) continue;
    EXPECT_EQ(room.judge(room.submission_event(kThiefsAddress, name), Door::kMilter).action, Action::kAccept);
  }
  EXPECT_EQ(diverted.action, Action::kDivert);
}

}  // namespace
}  // namespace postreeve
