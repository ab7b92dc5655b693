#include "engine/common_traits.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/engine_testing.h"

namespace postreeve {
namespace {

// Several accounts of different customers with settled habits, before one engine.
class Town : public EngineRoom {
 public:
  std::string subject;
  std::string strangers_client = "WIN-1";

  void settle(const std::string& account, int days = 20, const std::string& client = "") {
    const Timestamp start = now;
    for (int day = 0; day < days; ++day) {
      Login login = login_event(home_of(account));
      login.account = account_named(account);
      observe(login);
      own_client_ = client.empty() ? account + "-pc" : client;
      send(account, home_of(account), "friend" + std::to_string(day % 5) + "@y.example");
      now += std::chrono::hours{24};
    }
    latest_ = std::max(latest_, now);
    now = start;
  }
  void go_on() { now = latest_; }

  // One message to one recipient; returns whether it got out.
  bool send(const std::string& account, const std::string& address, const std::string& to) {
    const std::string id = "Q" + std::to_string(++sent_);
    Recipient asked = recipient_event(address, to, id);
    asked.account = account_named(account);
    asked.sender = account;
    asked.session.helo_name = address == home_of(account) ? own_client_ : strangers_client;
    if (observe(asked).verdict.action != Action::kAccept) return false;
    Submission message = submission_event(address, id);
    message.account = account_named(account);
    message.sender = account;
    message.session.helo_name = asked.session.helo_name;
    message.subject = subject;
    return observe(message).verdict.action == Action::kAccept;
  }

  // A loud run to a bad list: everything bounces.
  void plunder(const std::string& account, const std::string& address, int messages = 60) {
    for (int i = 0; i < messages; ++i) {
      send(account, address, "victim" + std::to_string(++sent_) + "@z.example");
      Delivery bounced = delivery_event("Q" + std::to_string(sent_), DeliveryStatus::kBounced, {5, 1, 1});
      bounced.account = account_named(account);
      observe(bounced);
      now += std::chrono::seconds{5};
    }
  }

  [[nodiscard]] Level level() const { return observation.verdict.standing.level; }
  [[nodiscard]] bool says(DetectorId detector) const {
    for (const Evidence& evidence : observation.verdict.evidence)
      if (detector_of(evidence.reason) == detector && evidence.nats > 0) return true;
    return false;
  }
  [[nodiscard]] TraitKey host(const std::string& address) const {
    return {Trait::kHost, FactBuilder(policy, locator, key).build(login_event(address)).origin.host};
  }
  static std::string home_of(const std::string& account) {
    return "198.51." + std::to_string(std::hash<std::string>{}(account) % 250) + ".7";
  }

 private:
  int sent_ = 0;
  std::string own_client_;
  Timestamp latest_ = now;
};

const std::string kBob = "bob@w.example";

TEST(CommonTraits, LetASecondVictimBeSeenAtTheFirstMessage) {
  Town town;
  const std::string carol = "carol@v.example";
  for (const std::string& account : {kAnna, kBob, carol}) town.settle(account);
  town.go_on();
  town.plunder(kAnna, kThiefsAddress);
  ASSERT_GE(town.observation.verdict.standing.level, Level::kSlowed);
  town.strangers_client = "WIN-2";
  town.send(carol, "198.18.7.7", "first@z.example");
  EXPECT_FALSE(town.says(DetectorId::kSharedOrigin));
  const float of_any_stranger = town.observation.verdict.risk;
  town.send(kBob, kThiefsAddress, "first@z.example");
  EXPECT_TRUE(town.says(DetectorId::kSharedOrigin));
  // Without geography any new place weighs 4.6 of the 8 that its group may.
  EXPECT_GT(town.observation.verdict.risk, of_any_stranger + 1);
  EXPECT_GE(town.observation.verdict.standing.level, Level::kSlowed);
}

TEST(CommonTraits, KeepAThiefsPlaceFromBecomingFamiliar) {
  Town town;
  for (const std::string& account : {kAnna, kBob}) town.settle(account);
  town.go_on();
  const std::string at_bobs_provider = "198.51.252.9";
  town.plunder(kAnna, at_bobs_provider);
  const auto patiently = [&](const std::string& address, const std::string& client) {
    town.strangers_client = client;
    for (int day = 0; day < 3; ++day) {
      town.send(kBob, address, "friend1@y.example");
      town.now += std::chrono::hours{20};
    }
    town.send(kBob, address, "friend1@y.example");
    return town.observation.side;
  };
  EXPECT_EQ(patiently("198.51.251.9", "WIN-2"), Side::kEstablished);
  EXPECT_EQ(patiently(at_bobs_provider, "WIN-3"), Side::kStranger);
}

TEST(CommonTraits, AreNoEvidenceAgainstTheOwnerAtHome) {
  Town town;
  town.settle(kAnna);
  town.settle(kBob);
  town.go_on();
  town.plunder(kAnna, Town::home_of(kBob));
  EXPECT_TRUE(town.send(kBob, Town::home_of(kBob), "friend1@y.example"));
  EXPECT_FALSE(town.says(DetectorId::kSharedOrigin));
}

TEST(CommonTraits, DoNotAccuseANetworkWhereManyAreAtHome) {
  Town town;
  town.settle(kAnna);
  town.settle(kBob);
  for (int i = 0; i < 6; ++i) {
    const std::string neighbour = "n" + std::to_string(i) + "@t" + std::to_string(i) + ".example";
    const Timestamp start = town.now;
    for (int day = 0; day < 15; ++day) {
      town.send(neighbour, "203.0.113." + std::to_string(i + 1), "friend@y.example");
      town.now += std::chrono::hours{24};
    }
    town.now = start;
  }
  town.go_on();
  town.plunder(kAnna, kThiefsAddress);
  ASSERT_GE(town.level(), Level::kSlowed);
  town.send(kBob, kThiefsAddress, "first@z.example");
  EXPECT_FALSE(town.says(DetectorId::kSharedOrigin));
}

TEST(CommonTraits, ForgetTheAccusationThatAPersonDismissed) {
  Town town;
  town.settle(kAnna);
  town.settle(kBob);
  town.go_on();
  town.plunder(kAnna, kThiefsAddress);
  Judgement judgement;
  judgement.time = town.now;
  judgement.account = account_named(kAnna);
  town.observe(judgement);
  town.send(kBob, kThiefsAddress, "first@z.example");
  EXPECT_FALSE(town.says(DetectorId::kSharedOrigin));
}

TEST(CommonTraits, DoNotAccuseAMailProgramsNameThatManyUse) {
  Town town;
  for (int i = 0; i < 6; ++i) town.settle("phone" + std::to_string(i) + "@t.example", 5, "smtpclient.apple");
  town.go_on();
  Submission sent = town.submission_event(kThiefsAddress, "x");
  sent.session.helo_name = "smtpclient.apple";
  const FactBuilder builder(town.policy, town.locator, town.key);
  const TraitKey phones{Trait::kClient, builder.build(sent).origin.client};
  EXPECT_GE(town.counters.look(phones, {1, 1}, town.now).honest, 5);
}

TEST(CommonTraits, DoNotAccuseAddressesThatAreGivenForANameForEachOther) {
  Town town;
  town.settle(kAnna);
  town.settle(kBob);
  town.go_on();
  town.strangers_client = std::string("[") + kThiefsAddress + "]";
  town.plunder(kAnna, kThiefsAddress);
  ASSERT_GE(town.level(), Level::kSuspended);
  EXPECT_EQ(town.counters.look({Trait::kClient, kOwnAddressClient}, {1, 1}, town.now).victims, 0);
}

TEST(CommonTraits, RecognizeACampaignsSubjectFromAnotherMachine) {
  Town town;
  town.settle(kAnna);
  town.settle(kBob);
  town.go_on();
  town.subject = "Your parcel 4711 could not be delivered";
  town.plunder(kAnna, kThiefsAddress);
  town.subject = "Your parcel 815 could not be delivered";
  town.send(kBob, "198.18.7.7", "first@z.example");
  EXPECT_TRUE(town.says(DetectorId::kContent));
}

TEST(CommonTraits, DoNotAccuseASubjectThatEstablishedSendersHave) {
  Town town;
  town.settle(kBob);
  town.subject = "Your order 4711 is on its way";
  for (int i = 0; i < 4; ++i) town.settle("shop" + std::to_string(i) + "@s" + std::to_string(i) + ".example");
  town.subject = "";
  town.settle(kAnna);
  town.go_on();
  town.subject = "Your order 815 is on its way";
  town.plunder(kAnna, kThiefsAddress);
  town.send(kBob, "198.18.7.7", "first@z.example");
  EXPECT_FALSE(town.says(DetectorId::kContent));
}

TEST(CommonTraits, DoNotPassOnAnAccusationThatRestsOnAnother) {
  // Nobody in the network does any harm but the first, and each is only accused by him.
  Town town;
  town.settle(kAnna);
  const auto neighbour = [](int i) {
    return "n" + std::to_string(i) + "@t" + std::to_string(i) + ".example";
  };
  for (int i = 0; i < 8; ++i) town.settle(neighbour(i));
  town.go_on();
  town.plunder(kAnna, kThiefsAddress);
  for (int i = 0; i < 8; ++i) {
    town.send(neighbour(i), kThiefsAddress, "friend1@y.example");
    EXPECT_LT(town.level(), Level::kHeld) << i;
  }
  EXPECT_EQ(town.counters.look(town.host(kThiefsAddress), {1, 1}, town.now).victims, 1);
}

}  // namespace
}  // namespace postreeve
