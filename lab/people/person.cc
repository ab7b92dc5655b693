#include "lab/people/person.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/words.h"
#include "net/location.h"

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
  if (random_.chance(0.02 / 30)) change_password(world, random_.lognormal(2, 1.2));
}

void Person::change_password(World& world, double stale_hours) {
  world.change_password({.account = account_});
  for (std::uint16_t i = 0; i < devices_.size(); ++i) {
    if (i == 0 && devices_.size() > 1) continue;
    if (devices_[i].mobility == Mobility::kServer) continue;
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

Line& Person::line_of(const Device& device, World& world) {
  if (device.mobility == Mobility::kServer) return lines_[device.own_line];
  if (habits.vpn_share > 0 && random_.chance(habits.vpn_share)) return lines_[kVpnLine];
  const Timestamp now = world.now();
  const bool travels = now >= trip_from_ && now < trip_until_;
  const bool at_work = lines_[kOfficeLine].customer != 0 && !is_weekend(now) &&
                       local_hour(now) >= habits.first_hour && local_hour(now) < habits.first_hour + 9;
  switch (device.mobility) {
    case Mobility::kOffice:
      return lines_[kOfficeLine];
    case Mobility::kLaptop:
      if (travels) return lines_[kTripLine];
      return at_work ? lines_[kOfficeLine] : lines_[kHomeLine];
    case Mobility::kPhone:
      // Roaming goes home through the carrier, so the mobile line stays the same abroad.
      if (random_.chance(at_work || travels ? 0.55 : 0.4)) return lines_[kMobileLine];
      if (travels) return lines_[kTripLine];
      return at_work ? lines_[kOfficeLine] : lines_[kHomeLine];
    default:
      return lines_[kHomeLine];
  }
}

void Person::read(World& world, std::uint16_t device_number) {
  const Device& device = devices_[device_number];
  if (out_of_reach(device, world.now())) return;
  const IpAddress& address = line_of(device, world).at(world.now(), world.geography(), random_);
  const Service service = habits.webmail ? Service::kWebmail : device.reads_by;
  if (device.wrong_password) {
    world.login({.account = account_}, service, address, LoginFailure::kBadPassword, device.number | 1);
    return;
  }
  world.login({.account = account_}, service, address);
}

void Person::hammer(World& world, std::uint16_t device_number, std::uint32_t left) {
  const Device& device = devices_[device_number];
  if (!device.wrong_password || out_of_reach(device, world.now())) return;
  const IpAddress& address = line_of(device, world).at(world.now(), world.geography(), random_);
  const Service service = random_.chance(0.15) ? Service::kSmtp : device.reads_by;
  world.login({.account = account_}, service, address, LoginFailure::kBadPassword, device.number | 1);
  if (left > 0)
    world.plan(world.now() + seconds(random_.lognormal(120, 1.2)), self_, kWrongPassword, device_number,
               left - 1);
}

void Person::send_ordinary(World& world, std::uint16_t device) {
  if (devices_[device].wrong_password || out_of_reach(devices_[device], world.now())) return;
  Draft& draft = draft_from(world, device);
  compose(draft, world);
  send(world, draft, device);
}

Draft& Person::draft_from(World& world, std::uint16_t device_number) {
  const Device& device = devices_[device_number];
  Draft& draft = world.new_draft({.account = account_});
  Line& line = line_of(device, world);
  draft.address = line.at(world.now(), world.geography(), random_);
  if (habits.webmail) {
    world.login({.account = account_}, Service::kWebmail, draft.address);
    draft.address = world.webmail_server();
    draft.service = Service::kWebmail;
    draft.helo = "webmail.host.example";
  } else {
    write_helo(draft.helo, device, line);
    world.write_client_name(draft.client_name, line.provider, draft.address);
  }
  const Account& me = world.accounts()[account_];
  fmt::format_to(std::back_inserter(draft.header_from), "{} <{}>", me.display_name, me.id.text());
  return draft;
}

void Person::compose(Draft& draft, World& world) {
  const std::uint32_t count = recipients_of_a_mail();
  for (std::uint32_t i = 0; i < count; ++i) {
    const Correspondent who = choose_recipient(world);
    if (std::ranges::find(draft.recipients, who) == draft.recipients.end()) draft.recipients.push_back(who);
  }
  write_to_header(draft, world, devices_.front().quotes_to_name);
  write_subject(draft.subject, random_);
  draft.size = static_cast<std::uint64_t>(random_.lognormal(9000, 1.6)) + 900;
  ++mails_sent_;
}

void Person::write_to_header(Draft& draft, World& world, bool quotes_name) {
  if (world.options().bare || draft.recipients.empty()) return;
  const Correspondent first = draft.recipients.front();
  const auto out = std::back_inserter(draft.header_to);
  if (quotes_name) {
    const std::string address = world.address_text(first);
    fmt::format_to(out, "\"{}\" <{}>", address, address);
  } else if (mix64(first.bits) % 3 == 0) {
    world.append_address(draft.header_to, first);
  } else {
    fmt::format_to(out, "{} <",
                   first.realm() == Realm::kAccount ? world.accounts()[first.person()].display_name
                                                    : full_name(first.person()));
    world.append_address(draft.header_to, first);
    draft.header_to += '>';
  }
}

std::uint32_t Person::recipients_of_a_mail() {
  const double kind = random_.unit() / habits.more_recipients;
  if (kind < 0.0023) return random_.from_to(21, 50);
  if (kind < 0.0133) return random_.from_to(11, 20);
  if (kind < 0.0293) return random_.from_to(6, 10);
  if (kind < 0.0873) return random_.from_to(3, 5);
  return kind < 0.17 ? 2 : 1;
}

Correspondent Person::new_contact(World& world) {
  const Account& me = world.accounts()[account_];
  const Tenant& tenant = world.tenants()[me.tenant];
  if (random_.chance(habits.local_share) && tenant.members.size() > 1) {
    const std::uint32_t other = tenant.members[random_.below(tenant.members.size())];
    if (other != account_) return Correspondent::of(Realm::kAccount, me.tenant, other);
  }
  return random_.chance(habits.freemail_share) ? random_freemail(random_, habits.bad_new_address)
                                               : random_business(random_, habits.bad_new_address);
}

void Person::learn_contacts(std::uint32_t count, World& world) {
  for (std::uint32_t i = 0; i < count; ++i) {
    Correspondent who = new_contact(world);
    who.bits &= ~(1ULL << 63);
    contacts_.push_back(who);
  }
  mails_sent_ = count * 4;
}

Correspondent Person::choose_recipient(World& world) {
  // 14 % at first, 8 % after 30 mails, 4 % after 200.
  const double novelty = std::max(habits.novelty_floor, 0.14 * std::pow(1.0 + mails_sent_ / 12.0, -0.45));
  if (contacts_.empty() || random_.chance(novelty)) {
    const Correspondent who = new_contact(world);
    // A wrong address is written to once or twice and then corrected.
    if (!who.dead() || random_.chance(0.2)) contacts_.push_back(who);
    return who;
  }
  const std::uint32_t n = random_.skewed_below(static_cast<std::uint32_t>(contacts_.size()));
  const Correspondent who = contacts_[n];
  if (who.dead()) contacts_.erase(contacts_.begin() + n);
  return who;
}

void Person::send(World& world, const Draft& draft, std::uint16_t device, std::uint32_t attempt,
                  Timestamp first) {
  if (draft.recipients.empty()) return;
  if (first == Timestamp{}) first = world.now();
  const std::span<const Fate> fates = world.submit(draft);
  const bool deferred = std::ranges::any_of(fates, [](Fate f) { return f == Fate::kDeferred; });
  if (deferred) return keep_for_retry(world, draft, fates, device, attempt, first);
  const bool rejected = std::ranges::any_of(fates, [](Fate f) { return f == Fate::kRejected; });
  if (rejected) return world.sink().honest_loss(account_);
  if (attempt > 0) world.sink().honest_delay(account_, world.now() - first);
}

void Person::keep_for_retry(World& world, const Draft& draft, std::span<const Fate> fates,
                            std::uint16_t device, std::uint32_t attempt, Timestamp first) {
  constexpr std::uint32_t kMostAttempts = 40;
  if (habits.retry == Retry::kNever || attempt >= kMostAttempts) return world.sink().honest_loss(account_);
  Pending kept{.draft = draft, .device = device, .attempt = attempt + 1, .first = first};
  kept.draft.recipients.clear();
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (fates[i] == Fate::kDeferred) kept.draft.recipients.push_back(draft.recipients[i]);
  }
  std::uint32_t slot = static_cast<std::uint32_t>(pending_.size());
  if (free_pending_.empty()) {
    pending_.push_back(std::move(kept));
  } else {
    slot = free_pending_.back();
    free_pending_.pop_back();
    pending_[slot] = std::move(kept);
  }
  const double base = habits.retry == Retry::kOneMinute ? 1 : habits.retry == Retry::kFiveMinutes ? 5 : 15;
  const double wait = attempt < 5 ? base : attempt < 15 ? std::max(base, 30.0) : 60;
  world.plan(world.now() + minutes(wait * random_.between(0.95, 1.05)), self_, kRetry, device, slot);
}

void Person::retry(const Wake& wake, World& world) {
  Pending pending = std::move(pending_[wake.slot]);
  free_pending_.push_back(wake.slot);
  const Device& device = devices_[pending.device];
  if (!habits.webmail)
    pending.draft.address = line_of(device, world).at(world.now(), world.geography(), random_);
  pending.draft.doer.is_retry = true;
  send(world, pending.draft, pending.device, pending.attempt, pending.first);
}

}  // namespace postreeve::lab
