#include "lab/attackers/attack.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "lab/words.h"

namespace postreeve::lab {

Attack::Attack(std::int32_t number, const Plan& plan, const Crew& crew, Person& victim, Random random)
    : number_(number), plan_(plan), crew_(crew), victim_(victim), random_(random) {}

void Attack::begin(World& world, std::uint32_t self) {
  self_ = self;
  Timestamp time = plan_preparation(world);
  if (plan_.test_message) {
    world.plan(time, self_, kTest);
    time += seconds(plan_.test_lead_seconds);
  }
  if (plan_.messages > 0) world.plan(time + seconds(plan_.pause_seconds), self_, kSend);
}

Timestamp Attack::plan_preparation(World& world) {
  Timestamp time = plan_.begins;
  for (std::uint32_t i = 0; i < plan_.sprayed_accounts; ++i) {
    world.plan(time, self_, kSpray);
    time += seconds(random_.exponential(plan_.failure_gap_seconds));
  }
  for (std::uint32_t i = 0; i < plan_.failures; ++i) {
    world.plan(time, self_, kFail);
    time += seconds(random_.exponential(plan_.failure_gap_seconds));
  }
  Timestamp last = time;
  for (std::uint32_t i = 0; i < plan_.quiet_logins; ++i) {
    const Timestamp quiet = time + days(random_.between(0, std::max(plan_.quiet_days, 0.001)));
    world.plan(quiet, self_, kQuiet);
    last = std::max(last, quiet);
  }
  // After the first look, before anything is sent.
  if (random_.chance(plan_.sets_something)) world.plan(last - seconds(5), self_, kSet);
  return last;
}

void Attack::wake(const Wake& wake, World& world) {
  const Service read = plan_.by_webmail      ? Service::kWebmail
                       : plan_.reads_by_imap ? Service::kImap
                                             : Service::kSmtp;
  switch (wake.kind) {
    case kSpray:
      return log_in(world, Service::kSmtp, LoginFailure::kBadPassword,
                    random_.below(world.accounts().size()));
    case kFail:
      return log_in(world, read == Service::kImap ? Service::kSmtp : read, LoginFailure::kBadPassword,
                    victim_.account());
    case kQuiet:
    case kRead:
      if (!still_in(world)) return;
      return log_in(world, read, LoginFailure::kNone, victim_.account());
    case kSet:
      return make_setting(world);
    case kTest:
      return send_test(world);
    default:
      return send(wake, world);
  }
}

Attack::Host Attack::host(std::uint64_t n, World& world) const {
  const Geography& geography = world.geography();
  Random random(crew_.seed ^ mix64(n));
  Host host;
  host.number = mix64(crew_.seed ^ n);
  const std::uint16_t country = crew_.countries.empty()
                                    ? geography.pick_bot_country(random)
                                    : crew_.countries[random.below(crew_.countries.size())];
  const std::uint32_t provider = crew_.same_provider != 0
                                     ? crew_.same_provider - 1
                                     : geography.pick_provider(crew_.kind, country, random);
  host.line = static_line(provider, geography.pick_block(provider, country, random), random.bits() | 1);
  return host;
}

Attack::Host Attack::host_for_message(World& world) {
  switch (plan_.hosts) {
    case Hosts::kOne:
      return host(0, world);
    case Hosts::kPool:
      return host(random_.below(plan_.host_count), world);
    case Hosts::kBotnet:
      if (host_messages_ == 0) {
        host_now_ = random_.below(plan_.host_count);
        host_messages_ = random_.from_to(1, 2);
      }
      --host_messages_;
      return host(host_now_, world);
    case Hosts::kRotatingV6: {
      Host rotating = host(0, world);
      const Provider& provider = world.geography().providers()[rotating.line.provider];
      const std::uint64_t site = provider.v6_high | (mix64(crew_.seed) & 0xffff) << 16;
      if (random_.chance(0.4)) host_now_ = random_.bits() & 0xffff;
      rotating.line.address = IpAddress(site | host_now_, random_.bits());
      rotating.line.until = Timestamp::max();
      return rotating;
    }
    case Hosts::kVictimsMachine: {
      Host own;
      own.line = victim_.line_of(victim_.main_device(), world);
      own.number = victim_.main_device().number;
      return own;
    }
  }
  return {};
}

const IpAddress& Attack::address_of(Host& host, World& world) {
  if (plan_.hosts != Hosts::kVictimsMachine) return host.line.at(world.now(), world.geography(), random_);
  return victim_.line_of(victim_.main_device(), world).at(world.now(), world.geography(), random_);
}

void Attack::log_in(World& world, Service service, LoginFailure failure, std::uint32_t account) {
  Host from = host_for_message(world);
  const std::uint64_t guess = failure == LoginFailure::kNone ? 0 : random_.bits() | 1;
  world.login({.account = account, .attack = number_}, service, address_of(from, world), failure, guess);
}

void Attack::set_origin(Draft& draft, World& world, Host& host) {
  draft.address = address_of(host, world);
  if (plan_.by_webmail) {
    open_webmail(world, draft.address);
    draft.address = world.webmail_server();
    draft.service = Service::kWebmail;
    draft.helo = "webmail.host.example";
    return;
  }
  write_helo_of(draft, world, host);
  world.write_client_name(draft.client_name, host.line.provider, draft.address);
}

void Attack::open_webmail(World& world, const IpAddress& address) {
  if (webmail_address_ == address && world.now() < webmail_until_) return;
  webmail_address_ = address;
  webmail_until_ = world.now() + minutes(random_.lognormal(40, 0.8));
  world.login({.account = victim_.account(), .attack = number_}, Service::kWebmail, address);
}

// A forward to a mailbox of the thief's, a filter that hides answers, or a password that outlives a new one.
void Attack::make_setting(World& world) {
  if (!still_in(world)) return;
  const double what = random_.unit();
  const SettingKind kind = what < 0.45   ? SettingKind::kForward
                           : what < 0.85 ? SettingKind::kFilter
                                         : SettingKind::kAppPassword;
  Host from = host_for_message(world);
  const IpAddress address = address_of(from, world);
  const bool by_sieve = kind == SettingKind::kFilter && !plan_.by_webmail;
  log_in(world, by_sieve ? Service::kSieve : Service::kWebmail, LoginFailure::kNone, victim_.account());
  const Correspondent drop = random_freemail(random_, 0);
  world.change_setting({.account = victim_.account(), .attack = number_},
                       by_sieve ? Service::kSieve : Service::kWebmail, address, kind,
                       kind == SettingKind::kForward ? world.address_text(drop) : "");
}

bool Attack::still_in(World& world) {
  const std::uint32_t changes = world.accounts()[victim_.account()].password_changes;
  if (!std::exchange(got_in_, true)) stolen_password_ = changes;
  // Malware on the owner's machine learns the new password with the owner.
  if (stolen_password_ == changes || plan_.hosts == Hosts::kVictimsMachine) return true;
  log_in(world, Service::kSmtp, LoginFailure::kBadPassword, victim_.account());
  return false;
}

void Attack::send_test(World& world) {
  if (!still_in(world)) return;
  Draft& draft = world.new_draft({.account = victim_.account(), .attack = number_});
  Host from = host_for_message(world);
  set_origin(draft, world, from);
  if (random_.chance(0.7)) draft.helo = "localhost";
  draft.recipients.push_back(random_freemail(random_, 0));
  draft.size = 400 + random_.below(400);
  write_random_subject(draft.subject, random_);
  draft.header_from = world.accounts()[victim_.account()].id.text();
  draft.header_to = world.address_text(draft.recipients.front());
  world.submit(draft);
}

void Attack::send(const Wake& wake, World& world) {
  if (!still_in(world)) return;
  const std::uint32_t message = wake.slot;
  Draft& draft = world.new_draft({.account = victim_.account(), .attack = number_});
  Host from = host_for_message(world);
  set_origin(draft, world, from);
  fill_recipients(draft, world);
  write_headers(draft, world);
  write_text(draft);
  draft.refused = plan_.refused;
  draft.infected = plan_.infected;
  draft.complained = plan_.complained;
  draft.is_fraud = plan_.texts == Texts::kFraud;
  draft.looks_like_spam = plan_.texts == Texts::kSpam ? 0.5 : 0.05;
  const auto fates = world.submit(draft);
  if (random_.chance(plan_.logins_a_message))
    world.plan(world.now() + seconds(random_.between(1, 60)), self_, kRead);
  go_on(world, fates, message);
}

void Attack::go_on(World& world, std::span<const Fate> fates, std::uint32_t message) {
  const bool out = std::ranges::any_of(fates, [](Fate f) { return f == Fate::kOut || f == Fate::kHeld; });
  refused_in_a_row_ = out ? 0 : refused_in_a_row_ + 1;
  if (refused_in_a_row_ >= plan_.gives_up_after) return sell(world);
  if (!out && random_.chance(plan_.retries)) {
    world.plan(world.now() + minutes(random_.between(1, 15)), self_, kSend, 0, message);
    return;
  }
  if (message + 1 >= plan_.messages) return sell(world);
  world.plan(next_time(world), self_, kSend, 0, message + 1);
}

// Somebody else buys the password and has a run of their own, from their machines.
void Attack::sell(World& world) {
  if (plan_.sold_after_days <= 0) return;
  const double wait = std::exchange(plan_.sold_after_days, 0);
  crew_.seed = mix64(crew_.seed ^ 0x501d);
  crew_.kind = random_.chance(0.5) ? ProviderKind::kHosting : ProviderKind::kConsumer;
  crew_.countries.clear();
  crew_.same_provider = 0;
  refused_in_a_row_ = 0;
  plan_.by_webmail = false;
  plan_.by_hand = false;
  plan_.working_hours = false;
  plan_.texts = Texts::kSpam;
  plan_.targets = Targets::kList;
  plan_.messages = plan_.messages_when_sold;
  world.plan(world.now() + days(wait), self_, kSend);
}

Timestamp Attack::next_time(World& world) {
  Timestamp time = world.now() + seconds(random_.lognormal(plan_.gap_seconds, plan_.gap_sigma));
  if (!plan_.working_hours) return time;
  const double first = victim_.habits.first_hour;
  for (int tries = 0; tries < 10; ++tries) {
    const double hour = victim_.local_hour(time);
    if (hour >= first && hour < first + 9.5 && !victim_.is_weekend(time)) return time;
    const double wait = hour < first ? first - hour : 24 - hour + first;
    time += hours(wait + random_.between(0, 2));
  }
  return time;
}

}  // namespace postreeve::lab
