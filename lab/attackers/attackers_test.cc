// What is typical for families of take-overs (detection.md 1), as a server sees it.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "lab/attackers/families.h"
#include "lab/attackers/underworld.h"
#include "lab/people/personas.h"
#include "lab/population/population.h"

namespace postreeve::lab {
namespace {

struct Deeds {
  std::set<IpAddress> addresses, login_addresses;
  std::vector<std::uint64_t> sizes;
  std::vector<Timestamp> sent;
  std::uint32_t settings = 0, complaints = 0, recipients = 0;
  std::uint32_t reads = 0, smtp_logins = 0, webmail_logins = 0;
};

// Lets everything out and remembers what the thieves did.
class Police final : public Sink {
 public:
  void observe(const Event& event, Doer doer) override {
    if (!doer.hostile()) return;
    if (std::holds_alternative<SettingChange>(event)) ++by_attack[doer.attack].settings;
    if (std::holds_alternative<Complaint>(event)) ++by_attack[doer.attack].complaints;
    const auto* login = std::get_if<Login>(&event);
    if (login == nullptr || !login->success) return;
    Deeds& deeds = by_attack[doer.attack];
    deeds.login_addresses.insert(*login->session.client_address);
    const Service service = login->session.service;
    if (service == Service::kSmtp) ++deeds.smtp_logins;
    if (service == Service::kWebmail) ++deeds.webmail_logins;
    if (service == Service::kImap || service == Service::kPop3) ++deeds.reads;
  }
  std::span<const Fate> submit(const Submission& mail, Doer doer) override {
    fates_.assign(mail.recipients.size(), Fate::kOut);
    if (!doer.hostile()) return fates_;
    Deeds& deeds = by_attack[doer.attack];
    deeds.addresses.insert(*mail.session.client_address);
    deeds.sizes.push_back(mail.size);
    deeds.recipients += mail.recipient_count;
    deeds.sent.push_back(mail.time);
    return fates_;
  }
  void honest_delay(std::uint32_t, Duration) override {}
  void honest_loss(std::uint32_t) override {}

  std::map<std::int32_t, Deeds> by_attack;
  std::vector<AttackRecord> attacks;

 private:
  std::vector<Fate> fates_;
};

std::unique_ptr<Police> watch(const char* family, std::uint32_t attacks = 20) {
  WorldOptions options;
  options.seed = 5;
  options.accounts = 200;
  options.days = 30;
  options.attacks = attacks;
  options.attacks_from_day = 3;
  options.smtp_logins = false;
  options.only_families = {family};
  auto police = std::make_unique<Police>();
  World world(options, *police);
  populate(world);
  unleash(world);
  world.run();
  police->attacks = world.attacks();
  return police;
}

double sum(const Police& police, std::uint32_t Deeds::* part) {
  double total = 0;
  for (const auto& [attack, deeds] : police.by_attack) total += deeds.*part;
  return total;
}

class CrewsOf : public testing::TestWithParam<const char*> {};

TEST_P(CrewsOf, use_the_same_machines_over_several_victims) {
  const auto police = watch(GetParam(), 24);
  std::map<std::uint32_t, std::map<IpAddress, std::set<std::int32_t>>> users;  // group, address, attacks
  std::map<std::uint32_t, std::uint32_t> members;
  for (const auto& [attack, deeds] : police->by_attack) {
    const std::uint32_t group = police->attacks[static_cast<std::size_t>(attack)].group;
    ++members[group];
    for (const IpAddress& address : deeds.addresses) users[group][address].insert(attack);
  }
  std::uint32_t crews = 0;
  std::uint32_t shared = 0;
  for (const auto& [group, count] : members) {
    if (count < 2) continue;
    ++crews;
    if (std::ranges::any_of(users[group], [](const auto& host) { return host.second.size() > 1; })) ++shared;
  }
  EXPECT_GT(crews, 0U);
  EXPECT_EQ(shared, crews);
}

INSTANTIATE_TEST_SUITE_P(Families, CrewsOf, testing::Values("campaign", "snowshoe", "spraying", "botnet"),
                         [](const auto& param) { return std::string(param.param); });

TEST(Campaign, is_one_text_over_all_messages) {
  const auto police = watch("campaign");
  for (const auto& [attack, deeds] : police->by_attack) {
    const auto [least, most] = std::ranges::minmax(deeds.sizes);
    EXPECT_LT(static_cast<double>(most), 1.17 * static_cast<double>(least) + 60) << attack;
  }
}

TEST(Fraud, reads_the_mailbox_before_and_between_its_few_mails) {
  const auto police = watch("fraud");
  EXPECT_GT(sum(*police, &Deeds::reads) + sum(*police, &Deeds::webmail_logins), 4 * 20);
  for (const auto& [attack, deeds] : police->by_attack) EXPECT_LE(deeds.sent.size(), 5U);
}

TEST(ReadingOnly, reads_and_sends_nothing) {
  const auto police = watch("reading_only");
  EXPECT_GT(sum(*police, &Deeds::reads), 100);
  for (const auto& [attack, deeds] : police->by_attack) EXPECT_TRUE(deeds.sent.empty());
}

TEST(ReadingOnly, makes_a_setting_in_half_of_the_cases) {
  const double settings = sum(*watch("reading_only"), &Deeds::settings);
  EXPECT_GE(settings, 5);
  EXPECT_LE(settings, 15);
}

TEST(LoudBurst, is_complained_about_hours_later) {
  const auto police = watch("loud_burst");
  EXPECT_NEAR(sum(*police, &Deeds::complaints) / sum(*police, &Deeds::recipients), 0.004, 0.0025);
}

TEST(LoudBurst, opens_no_mailbox) {
  EXPECT_EQ(sum(*watch("loud_burst"), &Deeds::reads), 0);
}

TEST(Phished, is_sold_on_now_and_then) {
  // The buyer comes after days, from other machines.
  const auto police = watch("phished", 40);
  std::uint32_t second_runs = 0;
  for (const auto& [attack, deeds] : police->by_attack) {
    for (std::size_t i = 1; i < deeds.sent.size(); ++i) {
      if (deeds.sent[i] - deeds.sent[i - 1] < std::chrono::hours{24}) continue;
      ++second_runs;
      break;
    }
  }
  EXPECT_GT(second_runs, 3U);
  EXPECT_LT(second_runs, 25U);
}

TEST(RentedCloud, is_a_dozen_of_sends_in_the_hour_from_few_addresses) {
  const auto police = watch("rented_cloud");
  for (const auto& [attack, deeds] : police->by_attack) {
    EXPECT_LE(deeds.addresses.size(), 5U);
    EXPECT_LE(deeds.sent.size(), 80U);
    EXPECT_LT(deeds.sent.back() - deeds.sent.front(), std::chrono::hours{6});
  }
}

TEST(Botnet, tries_from_everywhere_before_it_sends) {
  EXPECT_GT(sum(*watch("botnet"), &Deeds::smtp_logins), 200);
}

TEST(Sleeping, takes_mailboxes_that_nobody_uses) {
  const auto police = watch("sleeping", 6);
  EXPECT_GE(police->by_attack.size(), 4U);
}

}  // namespace
}  // namespace postreeve::lab
