#include "gate/waiting_actions.h"

#include <gtest/gtest.h>

#include <string>

namespace postreeve {
namespace {

TEST(WaitingActions, AreNoneAtFirst) {
  const WaitingActions waiting;
  EXPECT_EQ(waiting.of("1.2.3"), Action::kAccept);
}

TEST(WaitingActions, KeepTheGravestOfAMessage) {
  WaitingActions waiting;
  waiting.keep("1.2.3", Action::kHold);
  waiting.keep("1.2.3", Action::kDivert);
  waiting.keep("1.2.4", Action::kDivert);
  EXPECT_EQ(waiting.of("1.2.3"), std::max(Action::kHold, Action::kDivert));
  EXPECT_EQ(waiting.of("1.2.4"), Action::kDivert);
  EXPECT_EQ(waiting.of("1.2.5"), Action::kAccept);
}

TEST(WaitingActions, ForgetTheOldestWhenThereAreTooMany) {
  WaitingActions waiting;
  waiting.keep("first", Action::kHold);
  for (std::size_t i = 0; i < WaitingActions::kMost / 2; ++i) waiting.keep(std::to_string(i), Action::kHold);
  EXPECT_EQ(waiting.of("first"), Action::kHold);
  for (std::size_t i = 0; i < WaitingActions::kMost / 2; ++i)
    waiting.keep("x" + std::to_string(i), Action::kHold);
  EXPECT_EQ(waiting.of("first"), Action::kAccept);
  EXPECT_EQ(waiting.of("x0"), Action::kHold);
}

}  // namespace
}  // namespace postreeve
