#include "lab/people/person.h"

#include <algorithm>
#include <cmath>

namespace postreeve::lab {

Person::Person(std::uint32_t account, Random random) : account_(account), random_(random) {
  lines_.resize(kOwnLines);
}

void Person::begin(World& world, std::uint32_t self) {
  self_ = self;
  world.plan(world.start(), self_, kDay);
}

void Person::wake(const Wake& wake, World& world) {
  switch (wake.kind) {
    case kDay:
      world.plan(world.now() + std::chrono::days{1}, self_, kDay);
      plan_day(world);
      return;
    case kRead:
      return read(world, wake.device);
    case kSend:
      return send_ordinary(world, wake.device);
    case kRetry:
      return retry(wake, world);
    case kWrongPassword:
      return hammer(world, wake.device, wake.slot);
    case kPasswordLearned:
      devices_[wake.device].wrong_password = false;
      return;
    case kSetting:
      return make_setting(world, wake.device);
    default:
      return special(wake, world);
  }
}

double Person::local_hour(Timestamp time) const {
  const auto ms = time.time_since_epoch().count() + all_countries()[country_].utc_offset * 3'600'000LL;
  return static_cast<double>((ms % 86'400'000 + 86'400'000) % 86'400'000) / 3'600'000.0;
}

bool Person::is_weekend(Timestamp time) const {
  const auto local = time + std::chrono::hours{all_countries()[country_].utc_offset};
  const std::chrono::weekday day{std::chrono::floor<std::chrono::days>(local)};
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
}

std::uint16_t Person::day_number(const World& world) const {
  return static_cast<std::uint16_t>((world.now() - world.start()) / std::chrono::days{1});
}

void Person::set_line(std::size_t place, const Line& line) {
  if (lines_.size() <= place) lines_.resize(place + 1);
  lines_[place] = line;
}

void Person::plan_day(World& world) {
  maybe_travel(world);
  maybe_go_out(world);
  live_on(world);
  plan_reads(world);
  plan_mails(world, habits.mails_a_workday * (is_weekend(world.now() + hours(12)) ? habits.weekend : 1.0));
}

Timestamp Person::moment_of_day(World& world, bool inside_hours) {
  const double first = habits.first_hour;
  // Two humps with a lunch between them, or the evening and early morning.
  double hour = 0;
  if (inside_hours) {
    hour = first + (random_.chance(0.5) ? random_.between(0, 4.2) : random_.between(4.8, 10));
  } else {
    hour = first + 10 + random_.between(0, 5) * random_.unit() + (random_.chance(0.2) ? 5 : 0);
  }
  // Days begin at midnight UTC for everybody; the local hour is what people live by.
  hour -= all_countries()[country_].utc_offset;
  return world.now() + hours(std::fmod(hour + 48, 24.0));
}

void Person::plan_reads(World& world) {
  const bool weekend = is_weekend(world.now() + hours(12));
  for (std::uint16_t i = 0; i < devices_.size(); ++i) {
    const Device& device = devices_[i];
    double mean = device.reads_a_day;
    if (weekend && device.mobility != Mobility::kPhone && device.mobility != Mobility::kServer) mean *= 0.25;
    const std::uint32_t count = random_.poisson(mean);
    for (std::uint32_t n = 0; n < count; ++n) {
      world.plan(moment_of_day(world, random_.chance(0.75)) + seconds(random_.between(0, 60)), self_, kRead,
                 i);
    }
  }
}

void Person::plan_mails(World& world, double mean) {
  constexpr std::uint32_t kMostByHand = 120;
  const std::uint32_t count =
      std::min(random_.negative_binomial(mean, mean / std::max(habits.fano - 1, 0.05)), kMostByHand);
  Timestamp time{};
  for (std::uint32_t i = 0; i < count; ++i) {
    // Mail is written in sittings: some minutes of answering, then hours of nothing.
    const bool same_sitting = i > 0 && random_.chance(0.3);
    time = same_sitting ? time + seconds(random_.lognormal(90, 0.9))
                        : moment_of_day(world, !random_.chance(habits.outside_hours));
    world.plan(time, self_, kSend, sending_device());
  }
}

std::uint16_t Person::sending_device() {
  double total = 0;
  for (const Device& device : devices_) total += device.send_weight;
  double left = random_.unit() * total;
  for (std::uint16_t i = 0; i < devices_.size(); ++i) {
    left -= devices_[i].send_weight;
    if (left < 0) return i;
  }
  return 0;
}

void Person::live_on(World& world) {
  if (devices_.empty()) return;
  if (random_.chance(0.015 / 30)) replace_device(static_cast<std::uint16_t>(random_.below(devices_.size())));
  if (random_.chance(0.012 / 30)) change_home_provider(world);
  if (random_.chance(habits.settings_a_month / 30)) {
    world.plan(moment_of_day(world, random_.chance(0.6)), self_, kSetting, sending_device());
  }
  if (random_.chance(0.02 / 30)) change_password(world, random_.lognormal(2, 1.2));
}

void Person::change_password(World& world, double stale_hours) {
  world.change_password({.account = account_});
  for (std::uint16_t i = 0; i < devices_.size(); ++i) {
    if (i == 0 && devices_.size() > 1) continue;
    if (devices_[i].mobility == Mobility::kServer || devices_[i].is_browser()) continue;
    devices_[i].wrong_password = true;
    world.plan(world.now() + hours(stale_hours * random_.between(0.3, 1.5)), self_, kPasswordLearned, i);
    world.plan(world.now() + seconds(random_.between(1, 3000)), self_, kWrongPassword, i,
               static_cast<std::uint32_t>(std::min(random_.lognormal(60, 1.2), 3000.0)));
  }
}

void Person::replace_device(std::uint16_t device) {
  Device& d = devices_[device];
  d.number = random_.bits();
  d.helo_style = random_.chance(0.5)   ? d.helo_style
                 : random_.chance(0.5) ? HeloStyle::kLiteral
                                       : HeloStyle::kName;
}

void Person::change_home_provider(World& world) {
  const Line before = lines_[kHomeLine];
  do {
    lines_[kHomeLine] = home_line(world.geography(), country_, random_);
  } while (lines_[kHomeLine].provider == before.provider && random_.chance(0.9));
}

void Person::reread_everything(World& world, std::uint16_t device, std::uint32_t logins) {
  for (std::uint32_t i = 0; i < logins; ++i) {
    world.plan(world.now() + hours(random_.between(0, 1) * random_.between(0, 5)), self_, kRead, device);
  }
}

void Person::read(World& world, std::uint16_t device_number) {
  Device& device = devices_[device_number];
  if (out_of_reach(device, world.now())) return;
  const IpAddress address = line_of(device, world).at(world.now(), world.geography(), random_);
  if (device.wrong_password) {
    world.login({.account = account_}, device.reads_by, address, LoginFailure::kBadPassword,
                device.number | 1);
    return;
  }
  device.session_until = {};
  open_mailbox(world, device, address);
}

// A client that sends has its mailbox open, from the same network: it files what was sent.
void Person::open_mailbox(World& world, Device& device, const IpAddress& address) {
  if (device.reads_a_day <= 0) return;
  if (device.session_address == address && world.now() < device.session_until) return;
  device.session_address = address;
  device.session_until = world.now() + minutes(random_.lognormal(device.is_browser() ? 40 : 120, 0.8));
  world.login({.account = account_}, device.reads_by, address);
}

// In the browser, wherever the owner is: absence notes are set from holidays as well.
void Person::make_setting(World& world, std::uint16_t device_number) {
  Device& device = devices_[device_number];
  if (device.wrong_password || device.mobility == Mobility::kServer || out_of_reach(device, world.now()))
    return;
  const IpAddress address = line_of(device, world).at(world.now(), world.geography(), random_);
  world.login({.account = account_}, Service::kWebmail, address);
  const double what = random_.unit();
  const SettingKind kind = what < 0.5    ? SettingKind::kFilter
                           : what < 0.75 ? SettingKind::kAppPassword
                           : what < 0.9  ? SettingKind::kForward
                                         : SettingKind::kRecoveryAddress;
  std::string target;
  if (kind == SettingKind::kForward || kind == SettingKind::kRecoveryAddress) {
    // To a colleague, or to the owner's other mailbox.
    const Account& me = world.accounts()[account_];
    const auto& members = world.tenants()[me.tenant].members;
    target = kind == SettingKind::kForward && random_.chance(0.5)
                 ? world.accounts()[members[random_.below(members.size())]].id.text()
                 : world.address_text(random_freemail(random_, 0));
  }
  world.change_setting({.account = account_}, Service::kWebmail, address, kind, std::move(target));
}

void Person::hammer(World& world, std::uint16_t device_number, std::uint32_t left) {
  Device& device = devices_[device_number];
  if (!device.wrong_password || out_of_reach(device, world.now())) return;
  const IpAddress& address = line_of(device, world).at(world.now(), world.geography(), random_);
  const Service service = random_.chance(0.15) ? Service::kSmtp : device.reads_by;
  world.login({.account = account_}, service, address, LoginFailure::kBadPassword, device.number | 1);
  if (left > 0)
    world.plan(world.now() + seconds(random_.lognormal(120, 1.2)), self_, kWrongPassword, device_number,
               left - 1);
}

}  // namespace postreeve::lab
