#include "intake/log_follower.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <thread>

#include "intake/test_files.h"

namespace postreeve {
namespace {

namespace fs = std::filesystem;

// Lines of one message: received, queued, delivered to one recipient, removed.
std::string line(std::string_view stamp, std::string_view daemon, const std::string& text) {
  return std::string(stamp) + " mx postfix/" + std::string(daemon) + "[1]: " + text + "\n";
}
std::string received(const std::string& id, std::string_view stamp = "2026-11-22T08:00:00Z") {
  return line(stamp, "submission/smtpd",
              id + ": client=a.example[203.0.113.9], sasl_method=PLAIN, sasl_username=anna@x.example") +
         line(stamp, "cleanup", id + ": message-id=<" + id + "@x.example>") +
         line(stamp, "qmgr", id + ": from=<anna@x.example>, size=1000, nrcpt=1 (queue active)");
}
std::string delivered(const std::string& id, const std::string& status = "sent (250 ok)",
                      std::string_view stamp = "2026-11-22T08:00:01Z") {
  return line(stamp, "smtp",
              id +
                  ": to=<bob@ok.example>, relay=mx.ok.example[198.51.100.7]:25, delay=1, delays=0/0/0/1, "
                  "dsn=2.0.0, status=" +
                  status);
}
std::string removed(const std::string& id, std::string_view stamp = "2026-11-22T08:00:01Z") {
  return line(stamp, "qmgr", id + ": removed");
}
std::string message(const std::string& id) {
  return received(id) + delivered(id) + removed(id);
}

std::string id_of(std::uint64_t number) {
  return fmt::format("F{:06}", number);
}

std::string name_of(const Event& event) {
  if (const auto* sent = std::get_if<Submission>(&event)) return "S " + sent->queue_id;
  if (const auto* done = std::get_if<Delivery>(&event)) return "D " + done->queue_id;
  if (const auto* login = std::get_if<Login>(&event)) return "L " + std::string(login->account.text());
  return "?";
}

class Following : public testing::Test {
 protected:
  Following() {
    options.files = {path};
    options.checkpoint_file = folder.path() + "/checkpoint";
  }
  void open() {
    run.reset();
    auto opened = FollowRun::open(
        options, now, [this](Event&& event) { events.push_back(name_of(event)); },
        [this](const std::string&, const std::string& sentence) { notices.push_back(sentence); });
    ASSERT_TRUE(opened) << opened.error().detail;
    run = std::move(*opened);
  }
  void append(std::string_view bytes) const {
    std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
  }
  // What the lines that are there bring.
  std::vector<std::string> drain() {
    while (run->step(now)) {
    }
    return std::exchange(events, {});
  }

  using Names = std::vector<std::string>;
  TestFolder folder;
  std::string path = folder.path() + "/mail.log";
  FollowOptions options;
  Timestamp now = parse_rfc3339("2026-11-22T09:00:00Z").value();
  std::unique_ptr<FollowRun> run;
  Names events;
  Names notices;
};

TEST_F(Following, TurnsLinesIntoEvents) {
  append("");
  open();
  append(message("ABCDE01"));
  EXPECT_EQ(drain(), (Names{"S ABCDE01", "D ABCDE01"}));
  EXPECT_EQ(run->status().files[0].lines, 5U);
}

TEST_F(Following, WaitsForRecipientsByTheClockWhenNoLinesCome) {
  append("");
  open();
  append(received("ABCDE01"));
  EXPECT_EQ(drain(), Names{});
  now += std::chrono::minutes{4};
  EXPECT_EQ(drain(), Names{});
  now += std::chrono::minutes{2};
  EXPECT_EQ(drain(), Names{"S ABCDE01"});
}

TEST_F(Following, GivesADeliveryAfterARestartItsAccount) {
  append("");
  open();
  append(received("ABCDE01") + delivered("ABCDE01", "deferred (450 later)") + message("ABCDE02"));
  EXPECT_EQ(drain(), (Names{"S ABCDE01", "D ABCDE01", "S ABCDE02", "D ABCDE02"}));
  run->stop(now);
  append(delivered("ABCDE01") + removed("ABCDE01"));
  open();
  EXPECT_EQ(drain(), Names{"D ABCDE01"});
  EXPECT_EQ(run->status().events_again, 4U);
}

TEST_F(Following, HandsOnWhatWaitedWhenItWasStopped) {
  append("");
  open();
  append(received("ABCDE01") + message("ABCDE02"));
  EXPECT_EQ(drain(), Names{});
  run->stop(now);
  append(delivered("ABCDE01") + removed("ABCDE01"));
  open();
  EXPECT_EQ(drain(), (Names{"S ABCDE01", "S ABCDE02", "D ABCDE02", "D ABCDE01"}));
}

TEST_F(Following, GoesOnOverRotationsWhileItWasStopped) {
  append("");
  open();
  append(received("ABCDE01") + delivered("ABCDE01", "deferred (450 later)"));
  drain();
  run->stop(now);
  append(message("ABCDE02"));
  folder.write("mail.log.1.gz", gzipped([this] {
                 std::ifstream in(path);
                 return std::string(std::istreambuf_iterator<char>(in), {});
               }()));
  fs::remove(path);
  append(delivered("ABCDE01") + removed("ABCDE01"));
  open();
  EXPECT_EQ(drain(), (Names{"S ABCDE02", "D ABCDE02", "D ABCDE01"}));
}

TEST_F(Following, DoesNotReadAgainWhatNobodyWaitsFor) {
  append("");
  open();
  for (std::uint64_t i = 0; i < 3000; ++i) {
    append(message(id_of(i)));
    if (i % 300 == 0) {
      now += std::chrono::minutes{1};
      drain();
    }
  }
  drain();
  now += std::chrono::minutes{10};
  append(message("ABCDEFF"));
  drain();
  run->stop(now);
  open();
  EXPECT_EQ(drain(), Names{});
  EXPECT_LT(run->status().files[0].lines, 2000U);
}

TEST_F(Following, ForgetsWhoWentAwayInTheMiddleOfAMessage) {
  append("");
  open();
  append(line("2026-11-22T08:00:00Z", "submission/smtpd",
              "ABCDE99: client=a.example[203.0.113.9], sasl_method=PLAIN, sasl_username=anna@x.example"));
  drain();
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const std::string id = id_of(i);
    append(received(id, "2026-11-22T10:00:00Z") + delivered(id, "sent (250 ok)", "2026-11-22T10:00:01Z") +
           removed(id, "2026-11-22T10:00:01Z"));
  }
  now += std::chrono::minutes{10};
  EXPECT_EQ(drain().size(), 2000U);
  now += std::chrono::minutes{10};
  append(message("ABCDEFF"));
  drain();
  run->stop(now);
  open();
  drain();
  EXPECT_LT(run->status().files[0].lines, 1000U);
}

TEST_F(Following, MergesSeveralFilesByTheirTimes) {
  options.from_beginning = true;
  options.files.push_back(folder.path() + "/dovecot.log");
  append(message("ABCDE01"));
  folder.write("dovecot.log",
               "2026-11-22 07:59:00 imap-login: Info: Login: user=<anna@x.example>, method=PLAIN, "
               "rip=203.0.113.9, lip=192.0.2.1, mpid=1, session=<a>\n");
  open();
  EXPECT_EQ(drain(), (Names{"L anna@x.example", "S ABCDE01", "D ABCDE01"}));
}

TEST_F(Following, ReadsTheTurnOfAYear) {
  append("");
  now = parse_rfc3339("2026-12-31T23:59:59Z").value();
  std::vector<Timestamp> times;
  auto opened = FollowRun::open(
      options, now, [&](Event&& event) { times.push_back(time_of(event)); }, [](auto&, auto&) {});
  append(
      "Dec 31 23:59:59 mx dovecot: imap-login: Login: user=<a@x.example>, method=PLAIN, rip=203.0.113.9, "
      "lip=192.0.2.1, mpid=1, session=<a>\n");
  (*opened)->step(now);
  now += std::chrono::minutes{2};
  append(
      "Jan  1 00:00:10 mx dovecot: imap-login: Login: user=<a@x.example>, method=PLAIN, rip=203.0.113.9, "
      "lip=192.0.2.1, mpid=1, session=<b>\n");
  (*opened)->step(now);
  ASSERT_EQ(times.size(), 2U);
  EXPECT_EQ(times[1] - times[0], std::chrono::seconds{11});
}

TEST_F(Following, DoesNotWaitForTheTimeOfAStampThatIsAhead) {
  append("");
  open();
  append(line("2026-11-22T10:00:00Z", "smtpd", "connect from a.example[203.0.113.9]"));
  append(received("ABCDE01"));
  EXPECT_EQ(drain(), Names{});
  now += std::chrono::minutes{6};
  append(line("2026-11-22T09:06:00Z", "smtpd", "connect from a.example[203.0.113.9]"));
  EXPECT_EQ(drain(), Names{"S ABCDE01"});
}

TEST_F(Following, KnowsItsPlaceAfterAStartAtWhichTheFileCouldNotBeRead) {
  append("");
  open();
  append(message("ABCDE01"));
  EXPECT_EQ(drain().size(), 2U);
  run->stop(now);
  fs::rename(path, path + ".away");
  fs::create_directory(path);  // what cannot be read as a file, for root neither
  open();
  EXPECT_EQ(drain(), Names{});
  run->stop(now);
  fs::remove(path);
  fs::rename(path + ".away", path);
  append(message("ABCDE02"));
  open();
  EXPECT_EQ(drain(), (Names{"S ABCDE02", "D ABCDE02"}));
}

TEST_F(Following, DoesWithoutABrokenCheckpoint) {
  append(message("ABCDE01"));
  folder.write("checkpoint", "{\"version\":1,");
  open();
  EXPECT_EQ(notices.size(), 1U);
  append(message("ABCDE02"));
  EXPECT_EQ(drain(), (Names{"S ABCDE02", "D ABCDE02"}));
}

TEST(FollowCheckpoint, ReadsWhatItWrote) {
  FollowCheckpoint checkpoint{Timestamp{std::chrono::hours{500'000}}, {}};
  checkpoint.files.push_back(
      {"/var/log/\"mail\".log", {3, 1ULL << 40}, {4, 7}, {{3, {1, 2, 256, ~0ULL}}, {4, {1, 3, 0, 0}}}});
  const auto read = parse_checkpoint(checkpoint_text(checkpoint));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->files, checkpoint.files);
  EXPECT_EQ(read->written, checkpoint.written);
  for (const auto* broken :
       {"", "[]", "{}", "{\"version\":2}", "{\"version\":1,\"written\":\"x\",\"files\":[]}"})
    EXPECT_FALSE(parse_checkpoint(broken)) << broken;
}

class Follower : public Following {
 protected:
  void start() {
    auto started = LogFollower::start(
        options, [] { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); },
        [this](Event&& event) {
          if (std::holds_alternative<Delivery>(event)) ++deliveries;
        },
        [](const std::string&, const std::string&) {});
    ASSERT_TRUE(started) << started.error().detail;
    follower = std::move(*started);
  }
  [[nodiscard]] bool sees(std::uint64_t wanted) const {
    for (int i = 0; i < 20'000 && deliveries < wanted; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return deliveries == wanted;
  }

  std::atomic<std::uint64_t> deliveries{0};
  std::unique_ptr<LogFollower> follower;
};

TEST_F(Follower, SeesLinesAsTheyComeOverRotationsOfBothKinds) {
  append("");
  start();
  std::uint64_t written = 0;
  const auto burst = [&] {
    for (int i = 0; i < 50; ++i) append(message(id_of(++written)));
  };
  burst();
  fs::rename(path, path + ".1");
  burst();
  EXPECT_TRUE(sees(written));  // whoever cuts off sooner loses lines, whatever reads them
  fs::copy_file(path, path + ".2");
  fs::resize_file(path, 0);
  burst();
  fs::rename(path, path + ".3");
  folder.write("mail.log.3.gz", gzipped("x"));
  burst();
  EXPECT_TRUE(sees(written)) << deliveries << " of " << written;
  follower->stop();
  burst();
  follower.reset();
  start();
  EXPECT_TRUE(sees(written)) << deliveries << " of " << written;
}

TEST_F(Follower, LosesNothingWhenItIsKilled) {
  options.checkpoint_pause = std::chrono::milliseconds{1};
  append("");
  const std::string seen = folder.path() + "/seen";
  const auto crash_after = [&](std::size_t events_seen) {
    const auto child = ::fork();
    if (child == 0) {
      std::size_t count = 0;
      const auto clock = [] { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); };
      auto opened = FollowRun::open(
          options, clock(),
          [&](Event&& event) {
            std::ofstream(seen, std::ios::app) << name_of(event) << "\n";
            if (++count == events_seen) ::kill(::getpid(), SIGKILL);
          },
          [](auto&, auto&) {});
      for (int i = 0; i < 200; ++i) {
        if (!(*opened)->step(clock())) std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
      (*opened)->stop(clock());
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status);
  };
  options.from_beginning = true;
  for (std::uint64_t i = 0; i < 30; ++i) append(message(id_of(i)));
  EXPECT_TRUE(crash_after(7));
  EXPECT_TRUE(crash_after(20));
  EXPECT_FALSE(crash_after(1000));
  EXPECT_FALSE(crash_after(1000));
  std::map<std::string, int> times;
  std::ifstream in(seen);
  for (std::string name; std::getline(in, name);) ++times[name];
  EXPECT_EQ(times.size(), 60U);
  EXPECT_EQ(times["D " + id_of(29)], 1);
}

TEST_F(Follower, TakesABurst) {
  append("");
  start();
  std::string text;
  constexpr std::uint64_t kMessages = 10'000;
  for (std::uint64_t i = 0; i < kMessages; ++i) text += message(id_of(i));
  append(text);
  EXPECT_TRUE(sees(kMessages)) << deliveries;
  const auto behind = [&] { return follower->status().files[0].bytes_behind; };  // as of the last step's end
  for (int i = 0; i < 4'000 && behind() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  EXPECT_EQ(behind(), 0U);
}

}  // namespace
}  // namespace postreeve
