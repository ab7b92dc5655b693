#include "response/command_hook.h"

#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "response/action_testing.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Whether the process is dead, or waits for its new parent to notice, within some seconds.
bool dies(const std::string& process) {
  for (int i = 0; i < 500; ++i) {
    std::ifstream stat("/proc/" + process + "/stat");
    const std::string line((std::istreambuf_iterator<char>(stat)), {});
    if (line.empty() || line.contains(") Z ") || line.contains(") X ")) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

class CommandHook : public ::testing::Test {
 protected:
  std::unique_ptr<ResponseAction> hook(const std::vector<std::string>& command,
                                       Duration timeout = std::chrono::seconds(20)) {
    ActionSettings settings("panel");
    settings.set("command", command);
    settings.set("undo_command", command);
    settings.set("timeout", timeout);
    return maker_.made("command_hook", settings);
  }
  std::unique_ptr<ResponseAction> script(std::string_view text, Duration timeout = std::chrono::seconds(20)) {
    return hook(
        {maker_.folder.program("hook", "#!/bin/sh\ncd " + maker_.folder.file("") + "\n" + std::string(text)),
         "an argument; $(touch nothing)"},
        timeout);
  }

  ActionMaker maker_;
};

TEST_F(CommandHook, TellsTheProgramWhatHappenedAndNothingElse) {
  ::setenv("POSTREEVE_SECRET", "not for others", 1);
  const auto did = script("env -u PWD | sort > told; ls -l /proc/self/fd | wc -l >> told; echo done")
                       ->carry_out(task_for("anna@shop.example"));
  ASSERT_TRUE(did) << did.error().detail;
  const std::string told = maker_.folder.read("told");
  for (const std::string_view line :
       {"LANG=C.UTF-8\n", "PATH=/usr/bin:/bin\n", "POSTREEVE_ACCOUNT=anna@shop.example\n",
        "POSTREEVE_DIRECTION=carry_out\n", "POSTREEVE_INCIDENT=000000000000abcd\n",
        "POSTREEVE_LEVEL=suspended\n", "POSTREEVE_LEVEL_BEFORE=clear\n",
        "POSTREEVE_REASON=first login ever from Vietnam\n", "POSTREEVE_TENANT=\n"}) {
    EXPECT_THAT(told, HasSubstr(line));
  }
  EXPECT_THAT(told, Not(HasSubstr("SECRET")));
  // "total 0", three of its own, and the folder that ls looks into.
  EXPECT_THAT(told, HasSubstr("\n5\n"));
}

TEST_F(CommandHook, GivesTheWholeTaskAsJson) {
  ASSERT_TRUE(script("cat > told")->undo(task_for("o'hara\\\"*@shop.example", Direction::kUndo)));
  const auto told = boost::json::parse(maker_.folder.read("told"));
  EXPECT_EQ(told.at("id").as_int64(), 17);
  EXPECT_EQ(told.at("direction").as_string(), "undo");
  EXPECT_EQ(told.at("account").as_string(), "o'hara\\\"*@shop.example");
  EXPECT_EQ(told.at("until").as_string(), "2026-03-02T03:00:00.000Z");
  EXPECT_EQ(told.at("evidence").at(0).as_string(), "first login ever from Vietnam");
}

TEST_F(CommandHook, AsksNoShell) {
  ASSERT_TRUE(script("echo \"$1\" > told")->carry_out(task_for("$(touch nothing)@shop.example")));
  EXPECT_EQ(maker_.folder.read("told"), "an argument; $(touch nothing)\n");
  EXPECT_FALSE(std::filesystem::exists(maker_.folder.file("nothing")));
}

TEST_F(CommandHook, TakesTheFirstLineForItsSentence) {
  EXPECT_EQ(script("printf '\\n\\033[1mpassword changed\\nmore\\n'")->carry_out(task_for("anna")).value(),
            "?[1mpassword changed");
  EXPECT_THAT(script("true")->carry_out(task_for("anna")).value(), HasSubstr("/hook was run"));
}

TEST_F(CommandHook, TriesAgainWhenTheProgramSaysSo) {
  const auto did = script("echo the panel is closed >&2; exit 75")->carry_out(task_for("anna"));
  ASSERT_FALSE(did);
  EXPECT_EQ(did.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(did.error().detail, HasSubstr("/hook ended with status 75: the panel is closed"));
}

TEST_F(CommandHook, GivesUpOnAnyOtherStatus) {
  const auto did = script("echo no such customer; exit 1")->carry_out(task_for("anna"));
  ASSERT_FALSE(did);
  EXPECT_EQ(did.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(did.error().detail, HasSubstr("status 1: no such customer"));
  EXPECT_EQ(script("exit 255")->carry_out(task_for("anna")).error().code, ErrorCode::kInvalidInput);
  const auto none = hook({"/nowhere/hook"})->carry_out(task_for("anna"));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
}

TEST_F(CommandHook, KillsAProgramThatIsLateWithAllItStarted) {
  const auto begun = std::chrono::steady_clock::now();
  const auto did =
      script("trap '' TERM\nsleep 100 &\necho $! > child\nwait\nsleep 100", std::chrono::seconds(1))
          ->carry_out(task_for("anna"));
  ASSERT_FALSE(did);
  EXPECT_EQ(did.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(did.error().detail, HasSubstr("did not end within 1 s"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(2'800));
  const std::string child = maker_.folder.read("child");
  ASSERT_FALSE(child.empty());
  EXPECT_TRUE(dies(child.substr(0, child.find('\n'))));
}

TEST_F(CommandHook, GivesUpOnAProgramThatTalksWithoutEnd) {
  const auto did = script("exec yes")->carry_out(task_for("anna"));
  ASSERT_FALSE(did);
  EXPECT_EQ(did.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(script("head -c 60000 /dev/zero | tr '\\0' x")->carry_out(task_for("anna")).value().size(), 500U);
}

TEST_F(CommandHook, TriesAgainAfterASignal) {
  EXPECT_EQ(script("kill -9 $$")->carry_out(task_for("anna")).error().code, ErrorCode::kUnavailable);
}

TEST_F(CommandHook, BearsALongReasonAndBytesThatAreNoText) {
  Task task = task_for("\xff\xfe@shop.example");
  task.reason = std::string(1'000'000, 'x') + "\n\xe2\x80\xae";
  EXPECT_TRUE(script("cat > /dev/null")->carry_out(task)) << "a megabyte of reason";
}

TEST_F(CommandHook, RunsFromManyThreadsAtOnce) {
  const auto action = script("cat > /dev/null; echo $POSTREEVE_ACCOUNT");
  std::vector<std::string> said(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < said.size(); ++i) {
      threads.emplace_back(
          [&, i] { said[i] = action->carry_out(task_for("user" + std::to_string(i))).value_or("failed"); });
    }
  }
  EXPECT_THAT(said, ElementsAre("user0", "user1", "user2", "user3", "user4", "user5", "user6", "user7"));
}

TEST_F(CommandHook, SaysWhatIsWrongWithItsSettings) {
  ActionSettings settings("panel");
  settings.set("command", std::vector<std::string>{"bin/hook"});
  EXPECT_THAT(maker_.make("command_hook", settings).error().detail, HasSubstr("absolute path"));
  settings.set("command", std::vector<std::string>{"/bin/hook"});
  settings.set("timeout", Duration{std::chrono::minutes(5)});
  EXPECT_THAT(maker_.make("command_hook", settings).error().detail, HasSubstr("25s"));
}

}  // namespace
}  // namespace postreeve
