// The same world as events and as log files: what the grammars and the joiner make of the files is what
// happened, up to what logs do not say.
#include <algorithm>
#include <filesystem>
#include <set>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "intake/history.h"
#include "lab/attackers/underworld.h"
#include "lab/log_sink.h"
#include "lab/logs/dovecot_log.h"
#include "lab/logs/exim_log.h"
#include "lab/logs/postfix_log.h"
#include "lab/people/personas.h"
#include "lab/population/population.h"
#include "lab/world.h"
#include "replay/replay.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve::lab {
namespace {

enum class Server : std::uint8_t { kPostfix, kExim };

// Keeps the events, less what no log of that server says.
class Reporter final : public Sink {
 public:
  explicit Reporter(Server server) : server_(server) {}

  void observe(const Event& event, Doer) override {
    Event seen = event;
    if (auto* login = std::get_if<Login>(&seen)) {
      const bool is_smtp = login->session.service == Service::kSmtp;
      if (is_smtp && login->success) return;  // neither server logs them
      // Webmail logs in from its own machine.
      if (login->session.service == Service::kWebmail) {
        login->session.service = Service::kImap;
        login->session.client_address = webmail_server;
      }
    } else if (!std::holds_alternative<Delivery>(seen)) {
      return;  // scans, changed passwords and judgements are in other logs
    }
    keep(std::move(seen));
  }

  std::span<const Fate> submit(const Submission& submission, Doer) override {
    Submission seen = submission;
    seen.session.service = Service::kSmtp;
    seen.header_from.clear();
    seen.header_to.clear();
    if (server_ == Server::kPostfix) {
      seen.subject.clear();
      seen.session.helo_name.clear();
    }
    keep(seen);
    fates_.assign(submission.recipients.size(), Fate::kOut);
    return fates_;
  }
  void honest_delay(std::uint32_t, Duration) override {}
  void honest_loss(std::uint32_t) override {}

  std::vector<Event> events;
  IpAddress webmail_server;

 private:
  void keep(Event event) {
    if (server_ == Server::kExim) {  // whole seconds
      std::visit([](auto& e) { e.time = std::chrono::floor<std::chrono::seconds>(e.time); }, event);
    }
    events.push_back(std::move(event));
  }

  Server server_;
  std::vector<Fate> fates_;
};

// What a submission is, but for its queue ID and message ID; recipients in any order.
std::string text_of(const Submission& s) {
  std::string text = std::to_string(s.time.time_since_epoch().count()) + ' ' + s.account.text() + ' ' +
                     s.session.client_address->to_string() + ' ' + s.session.client_name + ' ' +
                     s.session.helo_name + ' ' + s.sender + ' ' + std::to_string(s.size) + ' ' + s.subject;
  std::vector<std::string> recipients = s.recipients;
  std::ranges::sort(recipients);
  for (const std::string& recipient : recipients) text += ' ' + recipient;
  return text;
}

// Submissions, outcomes by recipient, logins by account and service; sorted.
// Messages of the last minute are left out: their recipients are told later.
std::vector<std::string> texts_of(const std::vector<Event>& events) {
  std::vector<std::string> texts;
  const Timestamp last = time_of(events.back()) - std::chrono::minutes{1};
  for (const Event& event : events) {
    if (const auto* s = std::get_if<Submission>(&event)) {
      if (s->time < last) texts.push_back("submission " + text_of(*s));
    } else if (const auto* d = std::get_if<Delivery>(&event)) {
      texts.push_back("delivery " + d->recipient + ' ' + std::string(to_text(d->status)));
    } else if (const auto* l = std::get_if<Login>(&event)) {
      texts.push_back("login " + l->account.text() + ' ' + l->session.client_address->to_string() + ' ' +
                      std::string(to_text(l->session.service)) + (l->success ? " in" : " failed"));
    }
  }
  std::ranges::sort(texts);
  return texts;
}

// What is in `a` and not in `b`, the first few.
std::vector<std::string> only_in(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> only;
  std::ranges::set_difference(a, b, std::back_inserter(only));
  if (only.size() > 5) only.resize(5);
  return only;
}

std::set<std::string> stolen_accounts(const std::vector<Event>& events) {
  const Locator locator;
  const Policy policy;
  MemoryAccountStore accounts;
  MemorySharedCounters counters;
  Engine engine(policy, locator, HashKey{}, accounts, counters);
  Replay replay({}, locator);
  replay.add_side(engine, policy);
  for (const Event& event : events) static_cast<void>(replay.take(Event(event)));
  std::set<std::string> stolen;
  const std::vector<Report> reports = replay.reports({});
  for (const IncidentReport& incident : reports.front().judgement.incidents) stolen.insert(incident.account);
  return stolen;
}

class Logs : public testing::TestWithParam<Server> {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::temp_directory_path() / ("postreeve-lab-logs-" + std::to_string(::getpid()) + '-' +
                                                  std::to_string(static_cast<int>(GetParam())));
    std::filesystem::create_directories(directory_);
    live();
    read();
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string path(const char* name) const { return (directory_ / name).string(); }

  // A week with loud and quiet thieves; ends in the night, so that nothing is under way.
  void live() {
    WorldOptions options;
    options.seed = 11;
    options.accounts = 60;
    options.days = 8;
    options.attacks = 8;
    options.attacks_from_day = 3;
    options.only_families = {"loud_burst", "botnet", "webmail", "guessed_password"};
    LogSink logs;
    BothSinks both(happened_, logs);
    World world(options, both);
    happened_.webmail_server = world.webmail_server();
    if (GetParam() == Server::kPostfix) {
      logs.add(std::make_unique<PostfixLog>(path("mail.log")));
    } else {
      logs.add(std::make_unique<EximLog>(path("mainlog")));
    }
    logs.add(std::make_unique<DovecotLog>(path("dovecot.log"), world.webmail_server()));
    populate(world);
    unleash(world);
    world.run();
    logs.finish(world.end() + std::chrono::hours{1});
    ASSERT_TRUE(logs.good());
  }

  void read() {
    HistoryOptions options;
    options.files = {path(GetParam() == Server::kPostfix ? "mail.log" : "mainlog"), path("dovecot.log")};
    result_ = read_history(options,
                           [&](Event&& event) {
                             logged_.push_back(std::move(event));
                             return true;
                           },
                           {});
  }

  Reporter happened_{GetParam()};
  std::vector<Event> logged_;
  HistoryResult result_;
  std::filesystem::path directory_;
};

TEST_P(Logs, say_what_happened) {
  EXPECT_TRUE(result_.problems.empty());
  EXPECT_EQ(result_.counts.lines_unparsed(), 0U);
  const auto happened = texts_of(happened_.events);
  const auto logged = texts_of(logged_);
  ASSERT_GT(happened.size(), 10'000U);
  EXPECT_THAT(only_in(happened, logged), testing::IsEmpty());
  EXPECT_THAT(only_in(logged, happened), testing::IsEmpty());
  const auto stolen = stolen_accounts(happened_.events);
  EXPECT_GE(stolen.size(), 6U);
  EXPECT_EQ(stolen, stolen_accounts(logged_));
}

INSTANTIATE_TEST_SUITE_P(Of, Logs, testing::Values(Server::kPostfix, Server::kExim), [](const auto& param) {
  return param.param == Server::kPostfix ? "Postfix" : "Exim";
});

}  // namespace
}  // namespace postreeve::lab
