#include "process/child.h"

#include <algorithm>
#include <chrono>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postreeve {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

TEST(RunChild, GivesWhatTheProgramWroteAndItsExitCode) {
  const auto done = run_child({"/bin/sh", "-c", "cat; echo trouble >&2; exit 3"}, {.input = "some\nlines"});
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(done->output, "some\nlines");
  EXPECT_EQ(done->errors, "trouble\n");
  EXPECT_EQ(done->exit_code, 3);
}

TEST(RunChild, PassesArgumentsAsTheyAreWithoutAShell) {
  const auto done = run_child({"printf", "%s|", "a b", "$(id)", "'\"\n;"}, {});
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(done->output, "a b|$(id)|'\"\n;|");
}

TEST(RunChild, GivesTheProgramNoEnvironmentButItsOwn) {
  const auto done = run_child({"/usr/bin/env"}, {.environment = {"ACCOUNT=anna"}});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->output,
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\nACCOUNT=anna\n");
}

TEST(RunChild, GivesABareProgramNothingButWhatIsGiven) {
  const auto done = run_child({"/usr/bin/env"}, {.environment = {"PATH=/bin"}, .is_bare = true});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->output, "PATH=/bin\n");
}

TEST(RunChild, GivesTheProgramNoFileOfOurs) {
  const auto done = run_child({"/bin/ls", "/proc/self/fd"}, {});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->output, "0\n1\n2\n3\n");  // 3 is the folder that ls reads
}

TEST(RunChild, EndsAProgramAndItsChildrenWhenTheTimeIsOver) {
  // On a busy machine once may be late.
  auto fastest = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 4 && fastest >= milliseconds(900); ++i) {
    const auto begun = std::chrono::steady_clock::now();
    const auto done = run_child({"/bin/sh", "-c", "sleep 60 & wait"}, {.limit = milliseconds(50)});
    fastest = std::min(fastest, std::chrono::steady_clock::now() - begun);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(done.error().detail, "/bin/sh did not end within 0.05 s");
  }
  EXPECT_LT(fastest, milliseconds(900));
}

TEST(RunChild, DoesNotTakeForASuccessWhatNobodyCanTellTheEndOf) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  const auto done = run_child({"/bin/sh", "-c", "exit 3"}, {});
  (void)std::signal(SIGCHLD, before);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(done.error().detail, "nobody can say how /bin/sh ended");
}

TEST(RunChild, EndsAProgramThatWritesTooMuch) {
  const auto done = run_child({"/usr/bin/yes"}, {.most_output = 100'000});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kLimitExceeded);
}

TEST(RunChild, KeepsTheBeginningOfEndlessComplaints) {
  const auto done = run_child({"/bin/sh", "-c", "yes | head -c 1000000 >&2"}, {});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->errors.size(), 4096U);
}

TEST(RunChild, BearsAProgramThatDoesNotReadItsInput) {
  const auto done = run_child({"/bin/true"}, {.input = std::string(1'000'000, 'x')});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->exit_code, 0);
}

TEST(RunChild, SaysWhichProgramThereIsNot) {
  const auto done = run_child({"no-such-program-here"}, {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(done.error().detail, HasSubstr("no-such-program-here"));
}

TEST(RunChild, RefusesANulByteThatWouldCutAnArgument) {
  EXPECT_EQ(run_child({"/bin/echo", std::string("a\0b", 3)}, {}).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(run_child({}, {}).error().code, ErrorCode::kInvalidInput);
}

TEST(RunChild, TellsOfASignal) {
  EXPECT_EQ(run_child({"/bin/sh", "-c", "kill -9 $$"}, {})->exit_code, 128 + 9);
}

}  // namespace
}  // namespace postreeve
