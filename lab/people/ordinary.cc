#include "lab/people/ordinary.h"

#include <algorithm>

namespace postreeve::lab {
namespace {

void furnish_common(Person& person, World& world) {
  Random& random = person.random();
  Habits& habits = person.habits;
  habits.first_hour = std::clamp(8 + 1.2 * random.normal(), 5.0, 12.0);
  const double retry = random.unit();
  habits.retry = retry < 0.15  ? Retry::kNever
                 : retry < 0.4 ? Retry::kOneMinute
                 : retry < 0.8 ? Retry::kFiveMinutes
                               : Retry::kFifteenMinutes;
  habits.novelty_floor = random.lognormal(0.03, 0.5);
  habits.outings_a_month = random.lognormal(1.2, 0.8);
  habits.fano = std::clamp(1 + random.lognormal(1.3, 0.88), 1.1, 15.0);
  // One in ten has a VPN and uses it now and then.
  if (random.chance(0.1)) {
    habits.vpn_share = random.between(0.02, 0.6);
    // Half of them leave it in their own country, as a company's does.
    person.set_line(Person::kVpnLine, random.chance(0.5)
                                          ? vpn_line(world.geography(), random, random.between(60, 2000))
                                          : home_vpn_line(world.geography(), person.country(), random));
  }
}

}  // namespace

void furnish_office(Person& person, World& world) {
  furnish_common(person, world);
  Random& random = person.random();
  person.habits.mails_a_workday = std::min(random.lognormal(12, 1.16), 60.0);
  person.habits.local_share = random.between(0.2, 0.6);
  person.habits.freemail_share = random.between(0.05, 0.5);
  person.habits.more_recipients = random.lognormal(1, 0.35);
  person.devices().push_back(random.chance(0.6) ? office_desktop(random) : laptop(random));
  if (random.chance(0.6)) person.devices().push_back(phone(random));
  if (random.chance(0.08)) person.devices().push_back(browser(random));
  person.learn_contacts(static_cast<std::uint32_t>(random.lognormal(30, 0.8)), world);
}

void furnish_consumer(Person& person, World& world) {
  furnish_common(person, world);
  Random& random = person.random();
  person.habits.mails_a_workday = std::min(random.lognormal(0.32, 1.16), 12.0);
  person.habits.weekend = 0.7;
  person.habits.first_hour += 2;
  person.habits.outside_hours = 0.25;
  person.habits.local_share = 0.05;
  person.habits.freemail_share = 0.6;
  const double what = random.unit();
  if (what < 0.7) person.devices().push_back(random.chance(0.5) ? home_desktop(random) : laptop(random));
  if (what > 0.3) person.devices().push_back(phone(random));
  if (random.chance(0.12)) person.devices().push_back(browser(random));
  person.learn_contacts(static_cast<std::uint32_t>(random.lognormal(8, 0.8)), world);
}

}  // namespace postreeve::lab
