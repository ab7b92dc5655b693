#include "bench/lives.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace postreeve::bench {
namespace {

constexpr std::uint32_t kFirstNetwork = 0xf0000000;  // 240.0.0.0
constexpr std::uint32_t kNetworks16 = 4096;          // /16s up to 255.255.0.0
constexpr std::uint32_t kNetworks16OfCountry = 64;
constexpr std::uint32_t kTripDays = 5;
constexpr std::uint32_t kNever = 0xffffffff;
constexpr std::uint8_t kAbroad = 3;  // device

// A hoster's mixture: most are consumers.
double messages_a_day(Random& random) {
  constexpr double kSigma = 1.16;
  const double kind = random.uniform();
  const double median = kind < 0.90 ? 0.32 : kind < 0.97 ? 2.0 : 12.0;
  return std::min(random.lognormal(median, kSigma), 150.0);
}

std::uint32_t network_in(std::uint32_t country, Random& random) {
  const std::uint32_t sixteen = country * kNetworks16OfCountry + random.below(kNetworks16OfCountry);
  return kFirstNetwork + (sixteen << 16) + (random.below(256) << 8);
}

std::vector<Device> make_devices(std::uint64_t number, Random& random) {
  constexpr std::uint32_t kCountries = kNetworks16 / kNetworks16OfCountry;
  // Most accounts of a hoster live in one country.
  const std::uint32_t home = random.chance(0.8) ? 7 : random.below(kCountries);
  return {{network_in(home, random), false, fmt::format("desk-{}.local", number % 9973)},
          {network_in(home, random), false, "[192.168.1.10]"},
          {network_in(home, random) & 0xfffffe00, true, "[10.0.0.2]"},
          {network_in(random.below(kCountries), random), true, "[192.168.1.10]"}};
}

bool is_weekend(std::uint32_t day) {
  return day % 7 >= 5;
}

// How often a recipient was never written before, by the mails sent so far.
double share_of_new(std::uint32_t sent) {
  return sent < 30 ? 0.14 : sent < 200 ? 0.08 : 0.04;
}

}  // namespace

Life::Life(std::uint64_t number)
    : number_(number),
      random_(number ^ 0x11f3),
      account_(*AccountId::from_login(fmt::format("user{}@tenant{}.example", number, number / 50), "")),
      devices_(make_devices(number, random_)),
      messages_a_workday_(messages_a_day(random_) * 7 / 5),
      address_book_(
          static_cast<std::uint32_t>(1 + random_.lognormal(10 * std::sqrt(1 + messages_a_workday_), 0.8))),
      trip_day_(random_.chance(0.065) ? random_.below(30) : kNever) {}

std::string Life::contact(std::uint32_t number) const {
  const std::uint64_t domain = mix64(number ^ number_) % 5000;
  return fmt::format("contact{}.of{}@domain{}.example", number, number_, domain);
}

std::uint8_t Life::pick_device() {
  const double which = random_.uniform();
  return which < 0.65 ? 0 : which < 0.85 ? 1 : 2;
}

IpAddress Life::pick_address(std::uint8_t number) {
  const Device& device = devices_[number];
  const std::uint32_t host =
      device.roams ? random_.below(510) + 1 : 2 + static_cast<std::uint32_t>(number_ % 250);
  return IpAddress::v4(device.network + host);
}

// Old contacts are written to as Zipf has it: the second half as often as the first.
std::uint32_t Life::pick_contact() {
  if (random_.chance(share_of_new(sent_))) return address_book_++;
  const double rank = std::pow(static_cast<double>(address_book_), random_.uniform());
  return static_cast<std::uint32_t>(rank) - 1;
}

std::uint32_t Life::pick_recipient_count() {
  const double p = random_.uniform();
  if (p < 0.83) return 1;
  if (p < 0.91) return 2;
  if (p < 0.968) return 3 + random_.below(3);
  if (p < 0.984) return 6 + random_.below(5);
  return p < 0.9977 ? 11 + random_.below(10) : 21 + random_.below(30);
}

Act Life::act(Timestamp time, bool is_message) {
  Act act;
  act.time = time;
  act.account = number_;
  act.is_message = is_message;
  const auto day = static_cast<std::uint32_t>((time - kMonday) / std::chrono::hours{24});
  const bool is_abroad = trip_day_ != kNever && day >= trip_day_ && day < trip_day_ + kTripDays;
  act.device = is_abroad ? kAbroad : pick_device();
  act.address = pick_address(act.device);
  if (!is_message) return act;
  act.size = static_cast<std::uint64_t>(random_.lognormal(6000, 1.4)) + 400;
  act.is_refused = random_.chance(0.007);
  const std::uint32_t recipients = pick_recipient_count();
  for (std::uint32_t i = 0; i < recipients; ++i) {
    const std::uint32_t contact = pick_contact();
    if (std::ranges::find(act.contacts, contact) == act.contacts.end()) act.contacts.push_back(contact);
  }
  ++sent_;
  return act;
}

void Life::live_day(std::uint32_t day, std::vector<Act>& acts) {
  constexpr double kDispersion = 0.69;
  const double mean = messages_a_workday_ * (is_weekend(day) ? 0.02 : 1.0);
  const std::uint32_t messages =
      std::min(random_.poisson(random_.small_gamma(kDispersion, mean / kDispersion)), 64U);
  const std::size_t first = acts.size();
  const Timestamp morning = kMonday + std::chrono::hours{24} * day + std::chrono::hours{8};
  const auto moment = [&] { return morning + Duration{static_cast<std::int64_t>(random_.uniform() * 36e6)}; };
  std::vector<Timestamp> times(messages);
  std::ranges::generate(times, moment);
  std::ranges::sort(times);
  acts.push_back(act(moment(), false));
  for (const Timestamp time : times) acts.push_back(act(time, true));
  std::ranges::stable_sort(acts.begin() + static_cast<std::ptrdiff_t>(first), acts.end(), {}, &Act::time);
}

}  // namespace postreeve::bench
