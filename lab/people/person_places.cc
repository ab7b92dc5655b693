// Where a person is: at home, at work, on the way, and which network the device in hand is in.
#include <algorithm>

#include "lab/people/person.h"
#include "net/location.h"

namespace postreeve::lab {

void Person::maybe_travel(World& world) {
  if (world.now() < trip_until_ || !random_.chance(habits.trips_a_month / 30)) return;
  start_trip(world, std::min(random_.lognormal(4, 0.7), 21.0));
}

void Person::start_trip(World& world, double length_days) {
  std::uint16_t abroad = country_;
  while (abroad == country_) {
    abroad = random_.chance(0.75) ? static_cast<std::uint16_t>(random_.below(30))
                                  : static_cast<std::uint16_t>(random_.below(all_countries().size()));
  }
  travel_to(abroad, world, length_days);
}

void Person::travel_to(std::uint16_t place, World& world, double length_days) {
  // From one hotel to the next, or from home; nobody is online on the way.
  const Country& from = all_countries()[world.now() < trip_until_ ? trip_country_ : country_];
  const Country& to = all_countries()[place];
  const double km = distance_km({from.latitude, from.longitude, 0}, {to.latitude, to.longitude, 0});
  trip_travel_ = hours(2.5 + km / 650);
  trip_from_ = world.now() + hours(random_.between(5, 16)) + trip_travel_;
  trip_until_ = trip_from_ + days(length_days);
  trip_country_ = place;
  lines_[kTripLine] = guest_line(world.geography(), place, random_);
}

bool Person::out_of_reach(const Device& device, Timestamp now) const {
  if (device.mobility == Mobility::kServer || now < trip_from_ - trip_travel_ ||
      now > trip_until_ + trip_travel_) {
    return false;
  }
  const bool on_the_way = now < trip_from_ || now > trip_until_;
  return on_the_way || device.mobility == Mobility::kOffice || device.mobility == Mobility::kHome;
}

// A café, a customer's site, the parents' house: one of a few that are visited again and again, or a new one.
void Person::maybe_go_out(World& world) {
  if (world.now() < out_until_ || !random_.chance(habits.outings_a_month / 30)) return;
  Random regular(mix64(account_ + 7919) ^ random_.below(3));
  lines_[kOutLine] = guest_line(world.geography(), country_, random_.chance(0.6) ? regular : random_);
  lines_[kOutLine].customer |= 1;
  out_from_ = world.now() + hours(random_.between(6, 18));
  out_until_ = out_from_ + hours(random_.chance(0.2) ? random_.between(12, 60) : random_.between(0.5, 6));
}

std::uint8_t Person::surroundings(Timestamp now) const {
  if (now >= trip_from_ && now < trip_until_) return kTripLine;
  if (now >= out_from_ && now < out_until_) return kOutLine;
  const bool at_work = lines_[kOfficeLine].customer != 0 && !is_weekend(now) &&
                       local_hour(now) >= habits.first_hour && local_hour(now) < habits.first_hour + 9;
  return at_work ? kOfficeLine : kHomeLine;
}

Line& Person::line_of(Device& device, World& world) {
  if (device.mobility == Mobility::kServer) return lines_[device.own_line];
  const Timestamp now = world.now();
  const std::uint8_t around = surroundings(now);
  // Nobody changes networks between two mails of a sitting.
  if (device.around != around || now >= device.stays_until) {
    device.around = around;
    device.line = choose_line(device, around);
    device.stays_until = now + minutes(random_.lognormal(60, 0.8));
  }
  return lines_[device.line];
}

std::uint8_t Person::choose_line(const Device& device, std::uint8_t around) {
  if (habits.vpn_share > 0 && random_.chance(habits.vpn_share)) return kVpnLine;
  switch (device.mobility) {
    case Mobility::kOffice:
      return kOfficeLine;
    case Mobility::kLaptop:
      return around;
    case Mobility::kPhone:
      // Roaming goes home through the carrier, so the mobile line stays the same abroad.
      return random_.chance(around == kHomeLine ? 0.4 : 0.55) ? std::uint8_t{kMobileLine} : around;
    default:
      return kHomeLine;
  }
}

}  // namespace postreeve::lab
