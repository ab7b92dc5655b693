// The gates of check_sasl_access beside a guard.
#include "gate/login_lock.h"

#include <gtest/gtest.h>

#include "gate/conversation_testing.h"
#include "gate/socketmap.h"
#include "gate/tcp_table.h"

namespace postreeve {
namespace {

TEST(LoginLock, TellsOfSuspendedAccountsOnly) {
  GuardRoom room;
  const auto lock =
      std::make_shared<const LoginLock>(*room.guard, LoginLockOptions{.action = "451 4.7.1 abused\nx"});
  const auto socketmap = make_socketmap(lock);
  const auto tcp_table = make_tcp_table(lock);
  EXPECT_EQ(ask(*socketmap, "29:saslaccess alice@example.test,"), "9:NOTFOUND ,");
  EXPECT_EQ(ask(*tcp_table, "get alice@example.test\n"), "500 not%20found\n");
  order(*room.guard, "alice@example.test", Level::kHeld);
  EXPECT_EQ(ask(*tcp_table, "get alice@example.test\n"), "500 not%20found\n");
  order(*room.guard, "alice@example.test", Level::kSuspended);
  EXPECT_EQ(ask(*socketmap, "29:saslaccess ALICE@example.test,"), "19:OK 451 4.7.1 abused,");
  EXPECT_EQ(ask(*tcp_table, "get alice@example.test\r\n"), "200 451%204.7.1%20abused\n");
  EXPECT_EQ(ask(*tcp_table, "get bob@example.test\n"), "500 not%20found\n");
  room.guard->set_mode(Mode::kObserve);
  EXPECT_EQ(ask(*tcp_table, "get alice@example.test\n"), "500 not%20found\n");
}

TEST(LoginLock, LeavesAccountsOfTheAllowListAlone) {
  GuardRoom room;
  order(*room.guard, kAnna, Level::kSuspended);
  const LoginLock lock(*room.guard, {});
  EXPECT_TRUE(lock.action_for(kAnna));
  room.guard->set_rules(room.rules({entry_of(ListName::kAllow, kAnna)}));
  EXPECT_FALSE(lock.action_for(kAnna));
}

TEST(LoginLock, AnswersWhatIsNoRequest) {
  GuardRoom room;
  const auto lock = std::make_shared<const LoginLock>(*room.guard, LoginLockOptions{});
  const auto tcp_table = make_tcp_table(lock);
  EXPECT_TRUE(ask(*tcp_table, "put a b\n").starts_with("400 "));
  EXPECT_EQ(ask(*tcp_table, "get alice\n"), "500 not%20found\n");
  const auto socketmap = make_socketmap(lock);
  EXPECT_TRUE(ask(*socketmap, "3:abc,").ends_with("PERM no map and key,"));
  EXPECT_FALSE(socketmap->is_over());
  EXPECT_TRUE(ask(*socketmap, "GET / HTTP/1.0\r\n").ends_with("PERM not a netstring,"));
  EXPECT_TRUE(socketmap->is_over());
}

}  // namespace
}  // namespace postreeve
