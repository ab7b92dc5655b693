// Mail that was written in the webmail.
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "engine/engine_testing.h"

namespace postreeve {
namespace {

const std::string kWebServer = "198.51.100.80";

Policy with_web_server() {
  Policy policy;
  policy.webmail_networks = PrefixSet(std::vector{*Prefix::parse(kWebServer + "/32")});
  return policy;
}

// Anna and her browser.
struct Browser : EngineRoom {
  using EngineRoom::EngineRoom;

  const Observation& log_in(std::string_view address) {
    Login login = login_event(address);
    login.session.service = Service::kWebmail;
    login.session.helo_name.clear();
    return observe(login);
  }

  // A message that the web server hands in.
  const Observation& write(std::string_view to, Service service = Service::kWebmail,
                           std::string_view server = kWebServer) {
    const std::string id = "W" + std::to_string(++messages_);
    Recipient asked = recipient_event(server, to, id);
    asked.session.service = service;
    observe(asked);
    Submission sent = submission_event(server, id);
    sent.session.service = service;
    return observe(sent);
  }

  // A month of a message a day from the browser at home.
  void live_in_browser(std::string_view home, int days = 30) {
    for (int day = 0; day < days; ++day) {
      log_in(home);
      now += std::chrono::minutes{5};
      write("friend" + std::to_string(day % 10) + "@y.example");
      now += std::chrono::hours{24};
    }
  }

 private:
  int messages_ = 0;
};

TEST(WebmailMail, MakesTheBrowsersPlaceFamiliar) {
  Browser anna;
  anna.live_in_browser(kOfficeAddress);
  anna.log_in(kOfficeAddress);
  EXPECT_EQ(anna.write("friend1@y.example").side, Side::kEstablished);
  const auto networks = anna.record().profile.networks;
  EXPECT_EQ(networks.size(), 1U);
  EXPECT_GE(networks.all()[0].send_days, 20);
}

TEST(WebmailMail, IsAStrangersWhenAStrangerIsLoggedIn) {
  Browser anna;
  anna.live_in_browser(kOfficeAddress);
  anna.log_in(kOfficeAddress);
  const float owners = anna.write("new@y.example").verdict.risk;
  anna.log_in(kThiefsAddress);
  EXPECT_EQ(anna.write("another@y.example").side, Side::kStranger);
  EXPECT_GT(anna.observation.verdict.risk, owners + 2);
}

TEST(WebmailMail, IsNobodysWithoutASession) {
  Browser anna;
  anna.live_in_browser(kOfficeAddress);
  anna.now += std::chrono::days{2};
  EXPECT_EQ(anna.write("friend1@y.example").side, Side::kUnsettled);
}

TEST(WebmailMail, IsKnownByTheServiceTheNetworkOrAPrivateAddress) {
  for (const auto& [service, server, policy] :
       {std::tuple{Service::kWebmail, kWebServer, Policy{}},
        std::tuple{Service::kSmtp, kWebServer, with_web_server()},
        std::tuple{Service::kUnknown, std::string("127.0.0.1"), Policy{}}}) {
    Browser anna(policy);
    anna.live();
    anna.log_in(kThiefsAddress);
    anna.write("new@y.example", service, server);
    EXPECT_EQ(anna.observation.side, Side::kStranger) << server;
    anna.log_in(kOfficeAddress);
    anna.now += std::chrono::hours{10};
    anna.log_in(kOfficeAddress);
    anna.now += std::chrono::hours{3};
    anna.write("friend1@y.example", service, server);
    EXPECT_EQ(anna.observation.side, Side::kEstablished) << server;
  }
}

TEST(WebmailMail, LearnsNothingOfTheWebServersOwnLogins) {
  Browser anna(with_web_server());
  anna.live();
  for (int day = 0; day < 5; ++day) {
    anna.observe(anna.login_event(kWebServer));  // IMAP, for the browser's pages
    anna.now += std::chrono::hours{24};
  }
  EXPECT_EQ(anna.record().profile.networks.size(), 1U);
}

TEST(WebmailMail, AccusesTheBrowsersPlaceNotTheWebServer) {
  Browser anna;
  anna.live();
  anna.log_in(kThiefsAddress);
  for (int i = 0; i < 40; ++i) anna.write("victim" + std::to_string(i) + "@z.example");
  ASSERT_TRUE(is_restriction(anna.record().standing.level));
  // The next account that is used from there, another customer's, and one that writes in the webmail from
  // home.
  const auto of_bob = [&](auto event) {
    event.account = account_named("bob@other.example");
    return event;
  };
  for (int day = 0; day < 20; ++day) {
    const std::string id = "B" + std::to_string(day);
    anna.observe(of_bob(anna.recipient_event(kOfficeAddress, "c@y.example", id)));
    anna.observe(of_bob(anna.submission_event(kOfficeAddress, id)));
    anna.now += std::chrono::hours{6};
  }
  const auto is_accused = [&] {
    return std::ranges::any_of(anna.observation.verdict.evidence, [](const Evidence& evidence) {
      return detector_of(evidence.reason) == DetectorId::kSharedOrigin;
    });
  };
  anna.observe(of_bob(anna.login_event(kThiefsAddress)));
  EXPECT_TRUE(is_accused());
  anna.observe(of_bob(anna.recipient_event(kWebServer, "c@y.example", "W0")));
  EXPECT_FALSE(is_accused());
}

}  // namespace
}  // namespace postreeve
