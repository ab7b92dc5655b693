// What honest people's traffic looks like in numbers, beside the published ones (detection.md 5).
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "lab/people/personas.h"
#include "lab/population/population.h"
#include "lab/world.h"

namespace postreeve::lab {
namespace {

std::uint64_t hash_of(std::string_view text) {
  return keyed_hash(HashKey{}, text).low;
}

// The /24, or the /48.
std::uint64_t neighbourhood(const IpAddress& address) {
  return address.is_v4() ? address.to_v4() >> 8 : address.high() >> 16;
}

struct Seen {
  std::map<std::int64_t, std::uint32_t> mails_on_day;
  std::set<std::uint64_t> recipients, networks, addresses, helos, sent_from;
  std::uint32_t mails = 0, mails_to_one = 0, asked = 0, asked_late = 0, new_late = 0;
  std::uint32_t sessions = 0, webmail_sessions = 0, sent_beside_session = 0;
  std::map<std::uint64_t, Timestamp> session_at;
  Timestamp last_mail{};
  Duration first_event = Duration::max();  // since the epoch
  std::vector<double> gaps;                // seconds

  [[nodiscard]] double a_workday(std::uint32_t days) const { return mails / (days * 5.0 / 7); }
};

class Census final : public Sink {
 public:
  explicit Census(std::size_t accounts) : seen(accounts) {}

  void observe(const Event& event, Doer doer) override {
    if (doer.account >= seen.size()) return;
    Seen& who = seen[doer.account];
    who.first_event = std::min(who.first_event, time_of(event).time_since_epoch());
    if (const auto* login = std::get_if<Login>(&event); login && login->success) {
      if (login->session.service == Service::kSmtp) return;
      ++(login->session.service == Service::kWebmail ? who.webmail_sessions : who.sessions);
      see(who, *login->session.client_address);
      who.session_at[neighbourhood(*login->session.client_address)] = login->time;
    }
    if (std::holds_alternative<Complaint>(event)) ++complaints;
    if (const auto* change = std::get_if<SettingChange>(&event)) {
      ++settings;
      // The login that belongs to it is the last of that network; before, it sent or read from there.
      if (who.sent_from.contains(neighbourhood(*change->session.client_address))) ++settings_at_home;
    }
    if (const auto* delivery = std::get_if<Delivery>(&event)) {
      ++delivered;
      if (delivery->status == DeliveryStatus::kBounced && delivery->dsn.subject == 1) ++bounced;
    }
  }

  std::span<const Fate> submit(const Submission& mail, Doer doer) override {
    fates_.assign(mail.recipients.size(), Fate::kOut);
    Seen& who = seen[doer.account];
    who.first_event = std::min(who.first_event, mail.time.time_since_epoch());
    ++who.mails;
    ++who.mails_on_day[mail.time.time_since_epoch() / std::chrono::days{1}];
    if (mail.recipients.size() == 1) ++who.mails_to_one;
    for (const std::string& recipient : mail.recipients) {
      const bool is_new = who.recipients.insert(hash_of(recipient)).second;
      if (++who.asked > 200) {
        ++who.asked_late;
        if (is_new) ++who.new_late;
      }
    }
    if (who.last_mail != Timestamp{})
      who.gaps.push_back(std::chrono::duration<double>(mail.time - who.last_mail).count());
    who.last_mail = mail.time;
    if (mail.session.service != Service::kSmtp) return fates_;
    see(who, *mail.session.client_address);
    who.sent_from.insert(neighbourhood(*mail.session.client_address));
    who.helos.insert(hash_of(mail.session.helo_name));
    const auto session = who.session_at.find(neighbourhood(*mail.session.client_address));
    const bool has_session =
        session != who.session_at.end() && mail.time - session->second < std::chrono::hours{12};
    if (has_session) ++who.sent_beside_session;
    return fates_;
  }
  void honest_delay(std::uint32_t, Duration) override {}
  void honest_loss(std::uint32_t) override {}

  std::vector<Seen> seen;
  std::uint64_t delivered = 0, bounced = 0, complaints = 0, settings = 0, settings_at_home = 0;

 private:
  static void see(Seen& who, const IpAddress& address) {
    who.networks.insert(neighbourhood(address));
    who.addresses.insert(mix64(address.high()) ^ address.low());
  }
  std::vector<Fate> fates_;
};

constexpr std::uint32_t kDays = 28;

// `count` accounts of one persona, four weeks; the same world each time.
std::unique_ptr<Census> watch(const char* persona, std::uint32_t count = 150) {
  WorldOptions options;
  options.seed = 77;
  options.accounts = count;
  options.days = kDays;
  options.only_personas = {persona};
  auto census = std::make_unique<Census>(count + 5);
  World world(options, *census);
  populate(world);
  world.run();
  return census;
}

template <typename F>
double quantile(const Census& census, double q, F&& value) {
  std::vector<double> all;
  for (const Seen& who : census.seen) {
    if (who.mails > 0) all.push_back(static_cast<double>(value(who)));
  }
  std::ranges::sort(all);
  return all.empty() ? 0 : all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
}

template <typename F>
double sum(const Census& census, F&& value) {
  double total = 0;
  for (const Seen& who : census.seen) total += static_cast<double>(value(who));
  return total;
}

double share(const Census& census, std::uint32_t Seen::* part, std::uint32_t Seen::* whole) {
  return sum(census, [&](const Seen& who) { return who.*part; }) /
         sum(census, [&](const Seen& who) { return who.*whole; });
}

double mails_a_workday(const Seen& who) {
  return who.a_workday(kDays);
}

// The q-quantile of the mails that one account sends on a day on which it sends at all.
double mails_on_active_day(const Census& census, double q) {
  std::vector<std::uint32_t> days;
  for (const Seen& who : census.seen) {
    for (const auto& [day, mails] : who.mails_on_day) days.push_back(mails);
  }
  std::ranges::sort(days);
  return days[static_cast<std::size_t>(q * static_cast<double>(days.size() - 1))];
}

TEST(People, write_as_much_as_was_measured) {
  EXPECT_NEAR(quantile(*watch("office"), 0.5, mails_a_workday), 12, 4);
  const auto consumers = watch("consumer", 300);
  // Only those who wrote at all in four weeks are counted, so somewhat more than 0.32.
  EXPECT_NEAR(quantile(*consumers, 0.5, mails_a_workday), 0.42, 0.15);
  EXPECT_NEAR(mails_on_active_day(*consumers, 0.5), 2, 1);
  EXPECT_NEAR(mails_on_active_day(*consumers, 0.95), 7, 3);
  EXPECT_NEAR(mails_on_active_day(*consumers, 0.99), 13, 6);
}

TEST(People, mostly_write_to_one_recipient) {
  EXPECT_NEAR(share(*watch("office"), &Seen::mails_to_one, &Seen::mails), 0.83, 0.04);
}

TEST(People, write_to_few_new_recipients_once_they_are_known) {
  EXPECT_NEAR(share(*watch("office"), &Seen::new_late, &Seen::asked_late), 0.045, 0.02);
  EXPECT_NEAR(share(*watch("outreach"), &Seen::new_late, &Seen::asked_late), 0.1, 0.03);
  EXPECT_GT(share(*watch("web_shop", 40), &Seen::new_late, &Seen::asked_late), 0.7);
}

TEST(People, pause_between_mails_as_was_measured) {
  std::vector<double> gaps;
  const auto academics = watch("academic");
  for (const Seen& who : academics->seen) gaps.insert(gaps.end(), who.gaps.begin(), who.gaps.end());
  std::ranges::sort(gaps);
  const auto at = [&](double q) {
    return gaps[static_cast<std::size_t>(q * static_cast<double>(gaps.size()))];
  };
  EXPECT_NEAR(at(0.05), 41, 15);
  EXPECT_NEAR(at(0.5) / 3600, 2, 1.2);
  EXPECT_NEAR(at(0.065), 60, 25);
}

TEST(People, get_few_refusals_unless_their_list_is_old) {
  const auto bounced = [](const Census& census) {
    return static_cast<double>(census.bounced) / static_cast<double>(census.delivered);
  };
  EXPECT_NEAR(bounced(*watch("office")), 0.006, 0.003);
  EXPECT_NEAR(bounced(*watch("newsletter", 40)), 0.025, 0.015);
  EXPECT_NEAR(bounced(*watch("bouncing_relay", 20)), 0.13, 0.03);
}

TEST(People, are_seldom_complained_about) {
  const auto rate = [](const Census& census) {
    return static_cast<double>(census.complaints) / static_cast<double>(census.delivered);
  };
  EXPECT_NEAR(rate(*watch("newsletter", 60)), 0.0005, 0.0003);
  EXPECT_LT(rate(*watch("office")), 0.0001);
}

TEST(People, make_settings_seldom_and_where_they_work) {
  const auto census = watch("office");
  const double a_month = static_cast<double>(census->settings) / 150 / kDays * 30;
  EXPECT_NEAR(a_month, 0.13, 0.08);
  EXPECT_GT(static_cast<double>(census->settings_at_home), 0.5 * static_cast<double>(census->settings));
}

TEST(People, are_in_a_few_networks_a_month) {
  const auto networks = [](const Seen& who) { return who.networks.size(); };
  const auto addresses = [](const Seen& who) { return who.addresses.size(); };
  EXPECT_NEAR(quantile(*watch("office"), 0.5, networks), 4, 2);
  EXPECT_NEAR(quantile(*watch("consumer"), 0.5, networks), 3, 1.5);
  EXPECT_GT(quantile(*watch("traveller"), 0.5, networks), 7);
  EXPECT_GT(quantile(*watch("vpn_hopper"), 0.5, networks), 20);
  EXPECT_GT(quantile(*watch("phone"), 0.5, addresses), 50);
  EXPECT_EQ(quantile(*watch("scanner", 40), 0.9, addresses), 1);
}

TEST(People, have_their_mailbox_open_where_they_send_from) {
  EXPECT_GT(share(*watch("office"), &Seen::sent_beside_session, &Seen::mails), 0.97);
  EXPECT_GT(share(*watch("phone"), &Seen::sent_beside_session, &Seen::mails), 0.97);
  EXPECT_GT(share(*watch("traveller"), &Seen::sent_beside_session, &Seen::mails), 0.97);
}

TEST(People, of_the_browser_open_no_imap_session_and_machines_read_nothing) {
  const auto webmail = watch("webmail_user");
  const auto without_phone = std::ranges::count_if(
      webmail->seen, [](const Seen& who) { return who.webmail_sessions > 0 && who.sessions == 0; });
  EXPECT_GT(without_phone, 75);
  for (const char* machine : {"scanner", "web_shop", "new_shop", "bouncing_relay", "exchange"}) {
    EXPECT_EQ(sum(*watch(machine, 8), [](const Seen& who) { return who.sessions; }), 0) << machine;
  }
}

TEST(People, keep_their_device_on_the_way) {
  // A few names or addresses in local networks, not one for each hotel.
  const auto travellers = watch("traveller");
  EXPECT_LT(quantile(*travellers, 0.5, [](const Seen& who) { return who.helos.size(); }),
            0.7 * quantile(*travellers, 0.5, [](const Seen& who) { return who.networks.size(); }));
}

TEST(People, who_begin_in_the_middle_have_no_event_before) {
  for (const char* beginner : {"new_shop", "new_newsletter"}) {
    const auto census = watch(beginner, 60);
    const auto first_day = [](const Seen& who) { return who.mails_on_day.begin()->first; };
    const double earliest = quantile(*census, 0, first_day);
    EXPECT_LE(quantile(*census, 0.3, first_day), earliest + 1) << beginner;
    EXPECT_GE(quantile(*census, 0.8, first_day), earliest + kDays / 3) << beginner;
    for (const Seen& who : census->seen) {
      if (who.mails == 0 || who.networks.empty()) continue;
      EXPECT_EQ(who.first_event / std::chrono::days{1}, who.mails_on_day.begin()->first) << beginner;
    }
  }
}

}  // namespace
}  // namespace postreeve::lab
