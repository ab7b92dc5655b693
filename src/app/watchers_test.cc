// What is told of every decision: the log, the counts, the metrics, the time of the latest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "app/activity_watcher.h"
#include "app/count_watcher.h"
#include "app/decision_log.h"
#include "app/last_seen.h"
#include "app/login_watcher.h"
#include "app/metrics.h"
#include "guard/guard_testing.h"

namespace postreeve {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// One decision on Anna's account, as watchers see it.
struct Happening : EventMaker {
  Event event = recipient_event(kThiefsAddress, "b@y.example", "Q1");
  Observation observation;
  Door door = Door::kPostfixPolicy;
  Action action = Action::kAccept;
  Action would = Action::kAccept;
  bool is_observed = false;
  std::string rule;

  void tell(DecisionWatcher& watcher) const {
    watcher.saw({.event = event,
                 .observation = observation,
                 .door = door,
                 .action = action,
                 .would = would,
                 .is_observed = is_observed,
                 .rule = rule,
                 .nanoseconds = 1500});
  }
};

std::string logged(const Happening& happening) {
  std::ostringstream text;
  auto logger =
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
  logger->set_pattern("%v");
  DecisionLog log(logger);
  happening.tell(log);
  return text.str();
}

TEST(DecisionLog, IsOneGreppableLine) {
  Happening deferred;
  Verdict& verdict = deferred.observation.verdict;
  verdict.action = deferred.action = deferred.would = Action::kDefer;
  verdict.risk = 1.25F;
  verdict.standing.level = Level::kSlowed;
  verdict.standing.incident.value = 0x11223344556677;
  verdict.limit = 2;
  verdict.evidence.add(make_evidence(Reason::kForeignFrom, 2.5, {ShortText("eve \"boss\"\n@x.example")}));
  verdict.evidence.add(make_evidence(Reason::kAwakened, 0.1, {std::int64_t{3}, Duration{}}));
  EXPECT_EQ(
      logged(deferred),
      "decision event=recipient account=anna@x.example verdict=defer standing=slowed risk=1.25 "
      "client=203.0.113.66 gate=postfix_policy limit=2 incident=0011223344556677 "
      "evidence=\"writes as \\\"eve \\\"boss\\\"?@x.example\\\", which is not the account's own address\"\n");
}

TEST(DecisionLog, MarksWhatIsOnlyObservedAndWhatARuleDecided) {
  Happening observed;
  observed.observation.verdict.action = observed.would = Action::kReject;
  observed.is_observed = true;
  observed.rule = "block list";
  EXPECT_THAT(logged(observed), HasSubstr(" verdict=reject "));
  EXPECT_THAT(logged(observed), EndsWith(" observed=true rule=\"block list\"\n"));
}

TEST(DecisionLog, TellsWhatIsDoneAndNotWhatTheEngineAloneWouldDo) {
  Happening diverted;
  diverted.would = diverted.action = Action::kDivert;  // by [divert]: the engine let it pass
  EXPECT_THAT(logged(diverted), HasSubstr(" verdict=divert "));
  Happening allowed;
  allowed.observation.verdict.action = Action::kDefer;  // an allow list let it pass
  allowed.rule = "allow list";
  EXPECT_EQ(logged(allowed), "");
}

// A login that asks before its password is looked at, and what is told of it.
struct AskedLogin {
  LoginQuery query{.login = EventMaker().login_event(kThiefsAddress)};
  LoginAnswer answer;
  Metrics metrics;
  WatchFeed feed;
  std::ostringstream text;

  std::string told() {
    auto logger =
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
    logger->set_pattern("%v");
    LoginWatcher(logger, metrics, feed).saw(query, answer, EventMaker().now);
    return text.str();
  }
};

TEST(LoginWatcher, WritesALineForALoginThatIsRefused) {
  AskedLogin guess;
  guess.answer = {.status = -1, .would = -1, .message = {}, .rule = "throttle: account"};
  EXPECT_EQ(guess.told(),
            "decision event=login account=anna@x.example verdict=reject client=203.0.113.66 gate=auth_policy "
            "service=smtp rule=\"throttle: account\"\n");
  EXPECT_THAT(guess.metrics.text(), HasSubstr("postreeve_login_answers_total{answer=\"refused\"} 1\n"));
}

TEST(LoginWatcher, SaysInObserveModeWhatWouldBeRefused) {
  AskedLogin guess;
  guess.answer = {.status = 0, .would = -1, .message = {}, .rule = "block list"};
  EXPECT_THAT(guess.told(), EndsWith(" observed=true rule=\"block list\"\n"));
  EXPECT_THAT(guess.metrics.text(), HasSubstr("postreeve_login_answers_total{answer=\"allowed\"} 1\n"));
}

TEST(LoginWatcher, CountsWhoIsLetThroughAndSaysNothingOfHim) {
  AskedLogin login;
  EXPECT_EQ(login.told(), "");
  login.answer = {.status = 4, .would = 4, .message = {}, .rule = "throttle: tarpit"};
  EXPECT_EQ(login.told(), "");
  EXPECT_THAT(login.metrics.text(), HasSubstr("postreeve_login_answers_total{answer=\"delayed\"} 1\n"));
}

TEST(LoginWatcher, ShowsRefusedLoginsToWhoeverWatches) {
  AskedLogin guess;
  guess.answer = {.status = -1, .would = -1, .message = {}, .rule = "block list"};
  EXPECT_THAT(guess.feed.after(0, EventMaker().now), IsEmpty());
  guess.told();
  const auto lines = guess.feed.after(0, EventMaker().now);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].action, "reject");
  EXPECT_EQ(lines[0].says, "block list");
}

TEST(DecisionLog, IsSilentAboutWhatDoesNotMatter) {
  Happening accepted;
  EXPECT_EQ(logged(accepted), "");
  accepted.observation.change.emplace();
  accepted.observation.change->after.level = Level::kWatched;
  EXPECT_EQ(logged(accepted), "");
  accepted.observation.change->after.level = Level::kHeld;
  EXPECT_THAT(logged(accepted), HasSubstr("decision event="));
  accepted.observation.repeated = true;
  EXPECT_EQ(logged(accepted), "");
}

TEST(CountWatcher, CountsWhatTheMailServerWasTold) {
  TemporaryDirectory directory;
  const auto database = *LedgerDatabase::open({.path = directory.file("state.db")});
  HourlyCounts counts(*database);
  CountWatcher watcher(counts);
  Happening happening;
  happening.tell(watcher);
  happening.action = Action::kDefer;
  happening.tell(watcher);
  happening.action = Action::kHold;
  happening.event = happening.submission_event(kOfficeAddress, "Q1");
  happening.tell(watcher);
  happening.action = Action::kReject;
  happening.tell(watcher);  // with its one recipient
  happening.event = happening.login_event(kOfficeAddress);
  happening.tell(watcher);
  happening.event = happening.login_event(kOfficeAddress, false);
  happening.tell(watcher);
  happening.event = happening.delivery_event("Q1", DeliveryStatus::kBounced, EnhancedStatus{5, 1, 1});
  happening.tell(watcher);
  happening.observation.repeated = true;
  happening.tell(watcher);
  const auto top = *counts.top(happening.now, 10);
  ASSERT_THAT(top, SizeIs(1));
  EXPECT_EQ(top[0].now, (Counts{.messages = 1, .refused = 2, .bounced = 1, .logins = 1}));
}

TEST(ActivityWatcher, KeepsWhatDomainsWantKept) {
  TemporaryDirectory directory;
  const auto database = *LedgerDatabase::open({.path = directory.file("state.db")});
  ActivityBook book(*database);
  ActivityWatcher watcher(book, {"x.example"});
  ActivityWatcher elsewhere(book, {"other.example"});
  Happening happening;
  happening.tell(watcher);  // recipients are not kept
  happening.event = happening.login_event(kOfficeAddress, false);
  happening.tell(watcher);
  happening.event = happening.submission_event(kThiefsAddress, "Q1");
  happening.observation.country = CountryCode::of("DE");
  happening.action = Action::kHold;
  happening.tell(watcher);
  happening.tell(elsewhere);
  ASSERT_TRUE(book.flush());
  const auto rows = *book.of(account_named(kAnna), Timestamp{}, 10);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].kind, "submission");
  EXPECT_EQ(rows[0].client, kThiefsAddress);
  EXPECT_EQ(rows[0].country, CountryCode::of("DE"));
  EXPECT_EQ(rows[0].recipients, 1U);
  EXPECT_EQ(rows[0].action, "hold");
}

TEST(CountWatcher, TakesBackTheRecipientsOfAMessageThatIsRefusedAsAWhole) {
  TemporaryDirectory directory;
  const auto database = *LedgerDatabase::open({.path = directory.file("state.db")});
  HourlyCounts counts(*database);
  CountWatcher watcher(counts);
  Happening happening;
  for (int i = 0; i < 5; ++i) happening.tell(watcher);
  Submission message = happening.submission_event(kThiefsAddress, "Q1");
  message.recipients = {"b@y.example", "c@y.example"};  // as many as the gate kept
  message.recipient_count = 3;
  happening.event = message;
  happening.action = Action::kDefer;
  happening.tell(watcher);
  const auto top = *counts.top(happening.now, 10);
  ASSERT_THAT(top, SizeIs(1));
  EXPECT_EQ(top[0].now, (Counts{.recipients = 2, .refused = 3}));
}

TEST(Metrics, CountByGateAndActionAndNameNobody) {
  Metrics metrics;
  Happening deferred;
  deferred.action = Action::kDefer;
  deferred.observation.change.emplace();
  deferred.observation.change->after.level = Level::kSlowed;
  deferred.tell(metrics);
  deferred.tell(metrics);
  double open = 3;
  metrics.add_gauge("postreeve_open_connections", "Connections", [&open] { return open; });
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("postreeve_decisions_total{action=\"defer\",gate=\"postfix_policy\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("postreeve_standing_changes_total{standing=\"slowed\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("postreeve_decision_seconds_count 2\n"));
  EXPECT_THAT(text, HasSubstr("postreeve_open_connections 3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE postreeve_decisions_total counter\n"));
  EXPECT_THAT(text, Not(HasSubstr("anna")));
  EXPECT_THAT(text, Not(HasSubstr("203.0.113")));
  open = 7;
  EXPECT_THAT(metrics.text(), HasSubstr("postreeve_open_connections 7\n"));
}

TEST(LastSeen, TellsTheLatestEventOfEachGate) {
  LastSeen seen;
  Happening happening;
  happening.tell(seen);
  happening.door = Door::kControl;
  happening.tell(seen);
  const auto told = seen.as_json();
  EXPECT_EQ(told.at("postfix_policy"), boost::json::value("2026-03-02T08:00:00.000Z"));
  EXPECT_TRUE(told.at("milter").is_null());
  EXPECT_FALSE(told.contains("control"));
}

}  // namespace
}  // namespace postreeve
