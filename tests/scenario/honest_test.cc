// Honest people who must stay free.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "scenario/world.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

const std::string kAnna = "anna@x.example";
const Place kOffice{"192.0.2.10", "anna-pc"};
const Place kHotel{"203.0.113.77", "anna-pc"};

TEST(Honest, AnOfficeWorkerIsNeverTouched) {
  World world;
  world.live(kAnna, kOffice, 60);
  EXPECT_TRUE(world.changes.empty());
}

TEST(Honest, ATravellerWithHerOwnLaptopIsFree) {
  World world;
  world.live(kAnna, kOffice, 40);
  for (int day = 0; day < 5; ++day) {
    world.login(kAnna, kHotel);
    for (const std::string& to : people("contact", 4)) {
      EXPECT_EQ(world.send(kAnna, kHotel, {to}).action, Action::kAccept);
      world.pass(1h);
    }
    EXPECT_EQ(world.send(kAnna, kHotel, {fmt::format("met{}@w.example", day)}).action, Action::kAccept);
    world.pass(20h);
  }
}

TEST(Honest, APhoneOnCarrierNatIsFree) {
  World world;
  world.live(kAnna, kOffice, 20);
  for (int hour = 0; hour < 200; ++hour) {
    const Place phone{fmt::format("198.51.{}.{}", hour % 100, hour % 250), "[10.3.4.5]"};
    world.login(kAnna, phone);
    EXPECT_EQ(world.send(kAnna, phone, {fmt::format("contact{}@y.example", hour % 20)}).action,
              Action::kAccept)
        << hour;
    world.pass(1h);
  }
}

TEST(Honest, AShopThatOnlyWritesToNewCustomersIsFree) {
  World world;
  const Place server{"192.0.2.80", "shop.x.example"};
  for (int order = 0; order < 3000; ++order) {
    const auto outcome = world.send("shop@x.example", server, {fmt::format("buyer{}@mail.example", order)});
    ASSERT_EQ(outcome.action, Action::kAccept) << order;
    world.pass(25min);
  }
}

TEST(Honest, ANewsletterToThousandsIsFree) {
  World world;
  const Place server{"192.0.2.81", "news.x.example"};
  const auto readers = people("reader", 2000);
  for (int issue = 0; issue < 8; ++issue) {
    for (std::size_t i = 0; i < readers.size(); ++i) {
      // The first issues of a sender nobody knows may be slowed; a month later nothing may be.
      const auto outcome = world.send("news@x.example", server, {readers[i]});
      if (issue >= 4) {
        ASSERT_EQ(outcome.action, Action::kAccept) << issue << " " << i;
      }
      world.pass(1s);
    }
    world.pass(7 * 24h);
  }
}

TEST(Honest, AOneOffMailMergeToThreeHundredParentsIsFree) {
  World world;
  world.live(kAnna, kOffice, 40);
  for (const std::string& parent : people("parent", 300, "home.example")) {
    EXPECT_EQ(world.send(kAnna, kOffice, {parent}).action, Action::kAccept) << parent;
    world.pass(2s);
  }
}

TEST(Honest, TheFirstMailAfterAYearIsFree) {
  World world;
  world.live(kAnna, kOffice, 20);
  world.pass(365 * 24h);
  EXPECT_EQ(world.send(kAnna, kOffice, {"contact1@y.example"}).action, Action::kAccept);
}

TEST(Honest, AStalePhoneThatHammersLocksNobody) {
  World world;
  world.live(kAnna, kOffice, 20);
  for (int i = 0; i < 500; ++i) world.login(kAnna, kOffice, false);
  world.login(kAnna, kOffice);
  EXPECT_EQ(world.send(kAnna, kOffice, {"contact1@y.example"}).action, Action::kAccept);
}

TEST(Honest, ANewOfficeIsLearnedWithinDays) {
  World world;
  world.live(kAnna, kOffice, 40);
  const Place new_office{"203.0.113.5", "anna-new-laptop"};
  world.live(kAnna, new_office, 6);
  for (const StandingChange& change : world.changes) EXPECT_FALSE(is_restriction(change.after.level));
  const auto outcome = world.send(kAnna, new_office, people("guest", 6));
  EXPECT_EQ(outcome.action, Action::kAccept);
}

TEST(Honest, ARelayWithBouncesForMonthsIsFree) {
  World world;
  const Place relay{"192.0.2.90", "relay.x.example"};
  for (int i = 0; i < 2000; ++i) {
    const auto outcome = world.send("relay@x.example", relay, {fmt::format("user{}@c.example", i % 700)});
    if (i > 200) {
      ASSERT_EQ(outcome.action, Action::kAccept) << i;
    }
    world.answer("relay@x.example", world.last_queue_id(), fmt::format("user{}@c{}.example", i % 700, i % 30),
                 i % 8 == 0);
    world.pass(20min);
  }
}

}  // namespace
}  // namespace postreeve
