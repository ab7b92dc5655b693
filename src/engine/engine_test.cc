#include "engine/engine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "engine/engine_testing.h"
#include "finding/explain.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

bool has(const Verdict& verdict, DetectorId detector) {
  return std::ranges::any_of(verdict.evidence,
                             [&](const Evidence& e) { return detector_of(e.reason) == detector; });
}

TEST(Engine, KeepsARecordForEveryAccountItSees) {
  EngineRoom room;
  room.observe(room.login_event(kOfficeAddress));
  EXPECT_EQ(room.accounts.size(), 1U);
  Login other = room.login_event(kOfficeAddress);
  other.account = account_named("bob@x.example");
  room.observe(other);
  EXPECT_EQ(room.accounts.size(), 2U);
}

TEST(Engine, LearnsFromALogin) {
  EngineRoom room;
  room.observe(room.login_event(kOfficeAddress));
  EXPECT_EQ(room.record().profile.logins, 1U);
  EXPECT_EQ(room.record().profile.networks.size(), 1U);
}

TEST(Engine, LearnsNoPlaceFromAFailedLogin) {
  EngineRoom room;
  for (int i = 0; i < 20; ++i) room.observe(room.login_event(kThiefsAddress, false));
  EXPECT_EQ(room.record().profile.logins, 0U);
  EXPECT_EQ(room.record().profile.networks.size(), 0U);
}

TEST(Engine, LearnsRecipientsAndMessagesEachAtItsStep) {
  EngineRoom room;
  room.observe(room.recipient_event(kOfficeAddress, "b@y.example", "Q1"));
  EXPECT_NEAR(room.record().profile.rates.recipients, 1, 0.03 * 1);
  EXPECT_EQ(room.record().profile.messages, 0U);
  room.observe(room.submission_event(kOfficeAddress, "Q1"));
  EXPECT_NEAR(room.record().profile.rates.recipients, 1, 0.03 * 1);
  EXPECT_EQ(room.record().profile.messages, 1U);
}

TEST(Engine, LearnsNoPlaceFromAPrivateAddress) {
  EngineRoom room;
  for (const std::string_view address : {"10.0.0.1", "127.0.0.1", "192.168.1.2", "fd00::1", "100.64.0.1"}) {
    room.observe(room.login_event(address));
  }
  EXPECT_EQ(room.record().profile.networks.size(), 0U);
  EXPECT_EQ(room.record().profile.logins, 5U);
}

TEST(Engine, TakesAddressesOfOneNetworkForOnePlace) {
  EngineRoom room;
  for (const std::string_view address :
       {"198.51.100.1", "198.51.100.200", "2001:db8:1:1::1", "2001:db8:1:2::2"}) {
    room.observe(room.login_event(address));
  }
  EXPECT_EQ(room.record().profile.networks.size(), 2U);  // a /24 and a /48
}

TEST(Engine, KnowsARecipientInAnyCase) {
  EngineRoom room;
  room.observe(room.recipient_event(kOfficeAddress, "Bob@Y.example", "Q1"));
  room.observe(room.recipient_event(kOfficeAddress, "bob@y.EXAMPLE", "Q2"));
  EXPECT_EQ(room.record().profile.rates.new_recipients, 1.0F);
}

TEST(Engine, FindsTheStrangersSideOfADelivery) {
  EngineRoom room;
  room.live();
  room.observe(room.recipient_event(kThiefsAddress, "new@y.example", "T1"));
  room.observe(room.submission_event(kThiefsAddress, "T1"));
  room.observe(room.delivery_event("T1", DeliveryStatus::kBounced, {5, 1, 1}));
  const AccountRecord record = room.record();
  ASSERT_NE(record.stranger, nullptr);
  EXPECT_EQ(record.stranger->activity.refused_day.count(room.now), 1U);
  EXPECT_EQ(record.owner.refused_day.count(room.now), 0U);
}

TEST(Engine, TakesNoDeferredDeliveryForAnAnswer) {
  EngineRoom room;
  room.live(3);
  const AccountRecord before = room.record();
  const Observation& said = room.observe(room.delivery_event("L1", DeliveryStatus::kDeferred, {4, 2, 0}));
  EXPECT_EQ(said.verdict.action, Action::kAccept);
  EXPECT_TRUE(said.verdict.evidence.empty());
  EXPECT_FALSE(said.change);
  EXPECT_TRUE(room.record() == before);
}

TEST(Engine, TakesNeitherExpiredMailNorATemporaryBounceForADelivery) {
  EngineRoom room;
  room.live(3);
  const AccountRecord before = room.record();
  room.observe(room.delivery_event("L1", DeliveryStatus::kExpired, {4, 4, 7}));
  room.observe(room.delivery_event("L1", DeliveryStatus::kBounced, {4, 4, 1}));
  EXPECT_EQ(room.record().profile.rates.delivered, before.profile.rates.delivered);
  EXPECT_EQ(room.record().profile.rates.refused, before.profile.rates.refused);
}

TEST(Engine, AnswersADeferredDeliveryWithoutAnotherAccountsStanding) {
  EngineRoom room;
  room.observe(Judgement{room.now, account_named("bob@x.example"), true, "support", ""});
  ASSERT_EQ(room.observation.verdict.standing.level, Level::kSuspended);
  room.observe(room.delivery_event("L1", DeliveryStatus::kDeferred, {4, 2, 0}));
  EXPECT_EQ(room.observation.verdict.standing.level, Level::kClear);
}

TEST(Engine, DoesNotAccuseWhenEverybodyIsRefused) {
  EngineRoom room;
  room.live();
  // Our own address is listed: this destination refuses everybody's mail, but for a lucky one.
  for (int i = 0; i < 40; ++i) {
    Delivery other = room.delivery_event(fmt::format("O{}", i), DeliveryStatus::kBounced, {5, 7, 1});
    other.account = account_named(fmt::format("user{}@x.example", i));
    room.observe(other);
  }
  room.observe(room.delivery_event("L1", DeliveryStatus::kSent, {2, 0, 0}));
  for (int i = 0; i < 6; ++i) {
    room.observe(room.delivery_event(fmt::format("L{}", i), DeliveryStatus::kBounced, {5, 7, 1}));
    EXPECT_FALSE(has(room.observation.verdict, DetectorId::kRefusals)) << i;
  }
}

TEST(Engine, TakesNoRefusalThatBlamesOurAddressForAnAnswer) {
  EngineRoom room;
  room.live();
  const AccountRecord before = room.record();
  Delivery report = room.delivery_event("L1", DeliveryStatus::kBounced, {5, 7, 1});
  report.response = "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.block.example";
  for (int i = 0; i < 9; ++i) EXPECT_TRUE(room.observe(report).verdict.evidence.empty());
  EXPECT_TRUE(room.record() == before);
  report.response = "554 5.7.1 Message rejected as spam";
  for (int i = 0; i < 9; ++i) room.observe(report);
  EXPECT_EQ(room.record().profile.rates.refused, before.profile.rates.refused + 9);
}

TEST(Engine, SuspendsForMalware) {
  EngineRoom room;
  room.live();
  Scan scan;
  scan.time = room.now;
  scan.account = account_named(kAnna);
  scan.queue_id = "L29";
  scan.scanner = "clamav";
  scan.result = ScanResult::kInfected;
  const Observation& said = room.observe(scan);
  ASSERT_TRUE(said.change);
  EXPECT_EQ(said.change->after.level, Level::kSuspended);
  EXPECT_TRUE(said.change->opens_incident);
}

TEST(Engine, FindsAForwardSetFromAnUnfamiliarPlaceAndToldByItsDomain) {
  EngineRoom room;
  room.live();
  SettingChange change;
  change.time = room.now;
  change.account = account_named(kAnna);
  change.session = session_from(kThiefsAddress, "");
  change.setting = SettingKind::kForward;
  const auto weight_to = [&](std::string_view target) {
    change.target = target;
    room.observe(change);
    for (const Evidence& evidence : room.observation.verdict.evidence) {
      if (detector_of(evidence.reason) == DetectorId::kReading) return evidence.nats;
    }
    return 0.0F;
  };
  const float own = weight_to("Bob@X.example");
  EXPECT_GT(own, 0.0F);
  EXPECT_GT(weight_to("anna@gmail.com"), own);
}

TEST(Engine, LearnsComplaintsOnceAndTakesNotSpamForNone) {
  EngineRoom room;
  room.live();
  room.observe(Complaint{room.now, account_named(kAnna), "L29", "b@y.example", "abuse", "fbl"});
  room.observe(Complaint{room.now, account_named(kAnna), "L29", "b@y.example", "abuse", "fbl"});
  room.observe(Complaint{room.now, account_named(kAnna), "L29", "c@y.example", "not-spam", "fbl"});
  room.observe(Complaint{room.now, account_named(kAnna), "", "", "", ""});
  EXPECT_FLOAT_EQ(room.record().profile.rates.complaints, 2.0F);
}

TEST(Engine, SuspendsWhenAPersonConfirmsAndRecoversWhenThePasswordIsChanged) {
  EngineRoom room;
  room.live();
  room.observe(Judgement{room.now, account_named(kAnna), true, "support", "she called"});
  EXPECT_EQ(room.observation.verdict.standing.level, Level::kSuspended);
  room.observe(room.recipient_event(kThiefsAddress, "new@y.example", "T1"));
  EXPECT_EQ(room.observation.verdict.reply, Reply::kAbused);
  room.observe(CredentialChange{room.now, account_named(kAnna)});
  EXPECT_EQ(room.observation.verdict.standing.level, Level::kRecovering);
  ASSERT_TRUE(room.observation.change);
  EXPECT_EQ(room.observation.change->before.level, Level::kSuspended);
}

TEST(Engine, AnswersARepeatedRequestAsBefore) {
  EngineRoom room;
  room.live();
  const Recipient asked = room.recipient_event(kThiefsAddress, "new@y.example", "T1");
  const Action action = room.observe(asked).verdict.action;
  EXPECT_FALSE(room.observation.repeated);
  const AccountRecord before = room.record();
  EXPECT_EQ(room.observe(asked).verdict.action, action);
  EXPECT_TRUE(room.observation.repeated);
  EXPECT_TRUE(room.record() == before);
}

TEST(Engine, SeesAPasswordSprayedOverManyAccounts) {
  EngineRoom room;
  room.live();
  for (int i = 0; i < 60; ++i) {
    Login tried = room.login_event(kThiefsAddress, false);
    tried.account = account_named(fmt::format("user{}@x.example", i));
    room.observe(tried);
  }
  room.observe(room.login_event(kThiefsAddress));
  EXPECT_TRUE(has(room.observation.verdict, DetectorId::kGuessedPassword));
}

TEST(Engine, SeesAnAccountThatSleptForAYear) {
  EngineRoom room;
  room.live();
  room.now += 24h * 365;
  bool seen = false;
  for (int i = 0; i < 40; ++i) {
    const std::string id = fmt::format("W{}", i);
    room.observe(room.recipient_event(kOfficeAddress, fmt::format("friend{}@y.example", i % 10), id));
    room.observe(room.submission_event(kOfficeAddress, id));
    seen = seen || has(room.observation.verdict, DetectorId::kSleepingAccount);
    room.now += 1min;
  }
  EXPECT_TRUE(seen);
}

// A mixture of what accounts do, from few seeds.
std::vector<Event> any_events(int count) {
  EventMaker maker;
  std::vector<Event> events;
  for (int i = 0; i < count; ++i) {
    const auto who = *rc::gen::inRange(0, 3);
    const std::string address = *rc::gen::element(kOfficeAddress, kThiefsAddress, std::string("10.1.1.1"));
    const std::string id = fmt::format("Q{}", *rc::gen::inRange(0, 12));
    Event event;
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        event = maker.login_event(address, *rc::gen::arbitrary<bool>());
        break;
      case 1:
        event = maker.submission_event(address, id);
        break;
      case 2:
        event = maker.delivery_event(id, *rc::gen::element(DeliveryStatus::kSent, DeliveryStatus::kBounced),
                                     {5, 1, 1});
        break;
      default:
        event = maker.recipient_event(address, fmt::format("to{}@y.example", *rc::gen::inRange(0, 200)), id);
    }
    std::visit([&](auto& e) { e.account = account_named(fmt::format("user{}@x.example", who)); }, event);
    events.push_back(std::move(event));
    maker.now += std::chrono::seconds{*rc::gen::inRange(0, 4'000)};
  }
  return events;
}

std::string in_words(const Observation& said) {
  const Verdict& verdict = said.verdict;
  std::string words =
      fmt::format("{} {} {} {:.9g} {} {} {} {} {}\n", to_text(verdict.action), to_text(verdict.reply),
                  verdict.limit, verdict.risk, to_text(verdict.standing.level), verdict.standing.since,
                  verdict.standing.until, verdict.standing.incident.to_string(), said.repeated);
  for (const Evidence& evidence : verdict.evidence) {
    words += fmt::format("  {:.9g} {}\n", evidence.nats, explain(evidence));
  }
  return words;
}

// Both go on from story to story, so that they also meet accounts with a past.
RC_GTEST_PROP(Engine, GivesTheSameVerdictsToTheByteForTheSameEvents, ()) {
  static EngineRoom one;
  static EngineRoom other;
  for (const Event& event : any_events(*rc::gen::inRange(0, 60))) {
    RC_ASSERT(in_words(one.observe(event)) == in_words(other.observe(event)));
  }
  RC_ASSERT(one.accounts.memory_bytes() == other.accounts.memory_bytes());
}

TEST(Engine, JudgesAccountsOnManyThreadsAsOnOne) {
  const auto year_of = [](EngineRoom& room, const std::string& name, std::string& verdicts) {
    Observation said;
    Timestamp now = room.now;
    for (int i = 0; i < 120; ++i) {
      // Every account in networks of its own, so that nothing shared can differ.
      Recipient asked =
          room.recipient_event(i % 5 == 4 ? kThiefsAddress : kOfficeAddress,
                               fmt::format("to{}@{}.example", i % 30, name), fmt::format("{}", i));
      asked.account = account_named(name + "@x.example");
      asked.time = now;
      room.engine.observe(asked, said);
      verdicts += in_words(said);
      now += 3h;
    }
  };
  constexpr int kThreads = 4;
  std::vector<std::string> one_by_one(kThreads);
  std::vector<std::string> together(kThreads);
  EngineRoom calm;
  EngineRoom busy;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    const auto place = static_cast<std::size_t>(t);
    const std::string name = fmt::format("user{}", t);
    year_of(calm, name, one_by_one[place]);
    threads.emplace_back([&, place, name] { year_of(busy, name, together[place]); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(one_by_one, together);
}

TEST(Engine, LosesNoEventOfAnAccountThatTwoThreadsSee) {
  EngineRoom room;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Observation said;
      for (int i = 0; i < 200; ++i) {
        Recipient asked = room.recipient_event(kOfficeAddress, "b@y.example", fmt::format("{}-{}", t, i));
        room.engine.observe(asked, said);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_NEAR(room.record().profile.rates.recipients, 800, 0.03 * 800);
}

}  // namespace
}  // namespace postreeve
