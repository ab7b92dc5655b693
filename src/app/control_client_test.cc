#include "app/control_client.h"

#include <array>
#include <atomic>
#include <future>
#include <semaphore>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "control/control_testing.h"
#include "response/action.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A real control socket on a thread of its own.
class ControlSocket : public ::testing::Test {
 protected:
  ControlSocket() {
    auto opened = Control::open(context_, path(), room_.desk);
    EXPECT_TRUE(opened) << opened.error().detail;
    control_ = std::move(*opened);
    thread_ = std::jthread([this] { context_.run(); });
  }
  ~ControlSocket() override {
    control_->stop();
    work_.reset();
    context_.stop();
  }
  [[nodiscard]] std::string path() const { return room_.directory.file("c.sock"); }

  // What the socket answers to bytes that are no request of ours.
  [[nodiscard]] std::string raw(std::string_view bytes) const {
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    // All of it, or what the daemon takes before it has enough.
    EXPECT_GT(::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL), 0);
    ::shutdown(descriptor, SHUT_WR);
    std::string answer;
    std::array<char, 4096> chunk{};
    for (ssize_t got = 0; (got = ::recv(descriptor, chunk.data(), chunk.size(), 0)) > 0;)
      answer.append(chunk.data(), static_cast<std::size_t>(got));
    ::close(descriptor);
    return answer;
  }

  ControlRoom room_;
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  std::unique_ptr<Control> control_;
  std::jthread thread_;
};

TEST_F(ControlSocket, AnswersTheClientSeveralTimesOnOneConnection) {
  auto client = ControlClient::connect(path());
  ASSERT_TRUE(client) << client.error().detail;
  const auto status = client->ask("status", {});
  ASSERT_TRUE(status) << status.error().detail;
  EXPECT_EQ(text_of(*status, "mode"), "enforce");
  ASSERT_TRUE(client->ask("mode", {{"mode", "observe"}}));
  EXPECT_EQ(text_of(*client->ask("mode", {}), "mode"), "observe");
}

TEST_F(ControlSocket, KnowsWhoAsks) {
  ASSERT_TRUE(ControlClient::connect(path())->ask("mode", {{"mode", "observe"}}));
  EXPECT_FALSE(room_.trail().front().author.empty());
  EXPECT_NE(room_.trail().front().author, "unknown");
}

TEST_F(ControlSocket, HandsOverTheDaemonsErrorsWithTheirKind) {
  auto client = ControlClient::connect(path());
  ASSERT_TRUE(client);
  const auto missing = client->ask("account show", {{"account", "nobody"}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().detail, HasSubstr("nobody@x.example"));
  EXPECT_EQ(client->ask("mode", {{"mode", "x"}}).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(client->ask("nothing", {}).error().code, ErrorCode::kInvalidInput);
}

TEST_F(ControlSocket, TakesALongRequestAndGivesALongAnswer) {
  json::array values;
  for (int i = 0; i < 300; ++i) values.emplace_back(std::string(40, 'x') + std::to_string(i) + "@x.example");
  auto client = ControlClient::connect(path());
  ASSERT_TRUE(client);
  const auto added =
      client->ask("list add", {{"list", "canary"}, {"values", values}, {"comment", std::string(200, 'c')}});
  ASSERT_TRUE(added) << added.error().detail;
  EXPECT_EQ(added->as_array().size(), 300U);
}

// Its backend does not answer.
class Hanging final : public ResponseAction {
 public:
  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] std::string preview(const Task&) const override { return "hang"; }
  [[nodiscard]] std::string rehearse(const Task&, std::optional<Outcome>) const override {
    begun.release();
    answers.wait_for(std::chrono::seconds{20});
    ++ended;
    return "hang";
  }
  [[nodiscard]] Result<std::string> carry_out(const Task&) override { return std::string(); }

  mutable std::counting_semaphore<> begun{0};
  mutable std::atomic<int> ended{0};
  std::promise<void> backend;
  std::shared_future<void> answers{backend.get_future()};
};

TEST_F(ControlSocket, AnswersWhileRehearsalsHang) {
  auto owned = std::make_unique<Hanging>();
  Hanging& action = *owned;
  Actions::ByName all;
  all.emplace("hanging", std::move(owned));
  room_.actions = Actions(std::move(all));
  ResponsePlan plan;
  plan.suspended = {"hanging"};
  room_.playbook = Playbook(plan, {}, room_.actions.traits());
  std::vector<std::jthread> people;
  people.reserve(6);
  for (int i = 0; i < 6; ++i) {
    people.emplace_back([this] {
      (void)ControlClient::connect(path())->ask("account suspend", {{"account", kAnna}, {"dry_run", true}});
    });
  }
  for (int i = 0; i < 2; ++i) action.begun.acquire();
  auto client = ControlClient::connect(path());
  EXPECT_TRUE(client->ask("status", {}));
  EXPECT_TRUE(client->ask("account suspend", {{"account", kAnna}}));
  EXPECT_EQ(action.ended, 0);
  action.backend.set_value();
}

TEST_F(ControlSocket, SurvivesGarbage) {
  EXPECT_THAT(raw("GET / HTTP/1.1\r\n\r\n"), StartsWith("{\"error\""));
  EXPECT_EQ(raw("no end of line"), "");
  EXPECT_EQ(raw(std::string(5UL << 20, 'x')), "");
  EXPECT_TRUE(ControlClient::connect(path())->ask("status", {}));
}

TEST(ControlClient, SaysWhenNoDaemonIsThere) {
  const auto none = ControlClient::connect("/nowhere/at/all.sock");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(none.error().detail, HasSubstr("is `postreeve serve` running?"));
  EXPECT_EQ(ControlClient::connect(std::string(200, 'x')).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace postreeve
