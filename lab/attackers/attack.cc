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
    world.login(draft.doer, Service::kWebmail, draft.address);
    draft.address = world.webmail_server();
    draft.service = Service::kWebmail;
    draft.helo = "webmail.host.example";
    return;
  }
  write_helo_of(draft, host);
  world.write_client_name(draft.client_name, host.line.provider, draft.address);
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
  draft.looks_like_spam = plan_.texts == Texts::kSpam ? 0.5 : 0.05;
  const auto fates = world.submit(draft);
  if (random_.chance(plan_.logins_a_message))
    world.plan(world.now() + seconds(random_.between(1, 60)), self_, kRead);
  go_on(world, fates, message);
}

void Attack::go_on(World& world, std::span<const Fate> fates, std::uint32_t message) {
  const bool out = std::ranges::any_of(fates, [](Fate f) { return f == Fate::kOut || f == Fate::kHeld; });
  refused_in_a_row_ = out ? 0 : refused_in_a_row_ + 1;
  if (refused_in_a_row_ >= plan_.gives_up_after) return;
  if (!out && random_.chance(plan_.retries)) {
    world.plan(world.now() + minutes(random_.between(1, 15)), self_, kSend, 0, message);
    return;
  }
  if (message + 1 < plan_.messages) world.plan(next_time(world), self_, kSend, 0, message + 1);
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

void Attack::fill_recipients(Draft& draft, World& world) {
  const std::uint32_t count = random_.from_to(plan_.recipients_low, plan_.recipients_high);
  for (std::uint32_t i = 0; i < count; ++i) {
    const Correspondent who = target(world);
    if (std::ranges::find(draft.recipients, who) == draft.recipients.end()) draft.recipients.push_back(who);
  }
}

Correspondent Attack::target(World& world) {
  const auto& contacts = victim_.contacts();
  const bool contact = plan_.targets == Targets::kContacts ||
                       (plan_.targets == Targets::kMixed && random_.chance(plan_.contacts_share));
  if (contact && !contacts.empty()) return contacts[random_.below(contacts.size())];
  if (plan_.targets == Targets::kLocal) return local_target(world);
  if (plan_.targets == Targets::kOwnList) {
    if (const auto known = victim_.from_list(random_)) return *known;
  }
  // Bought lists hold addresses that were laid out for their buyers.
  constexpr double kCanaries = 0.002;
  if (random_.chance(kCanaries)) return Correspondent::of(Realm::kCanary, 0, random_.below(50));
  return random_.chance(0.7) ? random_freemail(random_, plan_.dead) : random_business(random_, plan_.dead);
}

Correspondent Attack::local_target(World& world) {
  const std::uint32_t tenant = world.accounts()[victim_.account()].tenant;
  const auto& members = world.tenants()[tenant].members;
  if (random_.chance(plan_.dead))
    return Correspondent::of(Realm::kLocalName, tenant, random_.bits() >> 24, true);
  return Correspondent::of(Realm::kAccount, tenant, members[random_.below(members.size())]);
}

void Attack::write_headers(Draft& draft, World& world) {
  if (world.options().bare) {
    if (plan_.looks == Looks::kForgedEnvelope) draft.sender = world.address_text(random_business(random_, 0));
    return;
  }
  const Account& victim = world.accounts()[victim_.account()];
  const auto from = std::back_inserter(draft.header_from);
  const std::string to = draft.recipients.empty() ? "" : world.address_text(draft.recipients.front());
  draft.header_to = to;
  Random crew(crew_.seed);
  switch (plan_.looks) {
    case Looks::kOwn:
      fmt::format_to(from, "{} <{}>", victim.display_name, victim.id.text());
      return;
    case Looks::kNameIsAddress:
      fmt::format_to(from, "\"{}\" <{}>", world.address_text(random_business(crew, 0)), victim.id.text());
      draft.header_to = fmt::format("\"{}\" <{}>", to, to);
      return;
    case Looks::kForgedFrom:
      fmt::format_to(from, "{} <{}>", full_name(crew.bits()), world.address_text(random_business(crew, 0)));
      return;
    case Looks::kForgedEnvelope:
      draft.sender = world.address_text(random_business(random_, 0));
      fmt::format_to(from, "{} <{}>", full_name(random_.bits()), draft.sender);
      return;
  }
}

void Attack::write_text(Draft& draft) {
  switch (plan_.texts) {
    case Texts::kSpam:
      write_spam_subject(draft.subject, crew_.seed, random_);
      break;
    case Texts::kFraud:
      write_fraud_subject(draft.subject, random_);
      break;
    case Texts::kReply:
      write_reply_subject(draft.subject, random_);
      break;
    case Texts::kVictims:
      write_subject(draft.subject, random_);
      break;
  }
  draft.size = static_cast<std::uint64_t>(random_.lognormal(plan_.size_median, 0.15)) + 500;
}

void Attack::write_helo_of(Draft& draft, const Host& host) {
  const auto out = std::back_inserter(draft.helo);
  draft.helo.clear();
  switch (plan_.helo) {
    case HeloOf::kRandomName:
      fmt::format_to(out, "WIN-{:09X}", host.number >> 28);
      return;
    case HeloOf::kOneName:
      fmt::format_to(out, "mail{}.example", mix64(crew_.seed) % 97);
      return;
    case HeloOf::kLocalhost:
      draft.helo = "localhost";
      return;
    case HeloOf::kLiteral:
      fmt::format_to(out, "[{}]", draft.address.to_string());
      return;
    case HeloOf::kVictims:
      write_helo(draft.helo, victim_.main_device(), host.line);
      return;
  }
}

}  // namespace postreeve::lab
