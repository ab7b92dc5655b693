// What a person writes, to whom, and what the client does when the server says "later".
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/person.h"
#include "lab/words.h"

namespace postreeve::lab {

void Person::send_ordinary(World& world, std::uint16_t device) {
  if (devices_[device].wrong_password || out_of_reach(devices_[device], world.now())) return;
  Draft& draft = draft_from(world, device);
  compose(draft, world);
  send(world, draft, device);
}

Draft& Person::draft_from(World& world, std::uint16_t device_number) {
  Device& device = devices_[device_number];
  Draft& draft = world.new_draft({.account = account_});
  Line& line = line_of(device, world);
  draft.address = line.at(world.now(), world.geography(), random_);
  open_mailbox(world, device, draft.address);
  if (device.is_browser()) {
    draft.address = world.webmail_server();
    draft.service = Service::kWebmail;
    draft.helo = "webmail.host.example";
  } else {
    write_helo(draft.helo, device, line, world.accounts()[account_].id.domain());
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
  // People leave and close their mailboxes: most of the 0.7 % of mail that honest people get back.
  if (random_.chance(0.004)) contacts_[n].bits |= 1ULL << 63;
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
  const double base = world.options().retry_minutes.value_or(static_cast<std::uint32_t>(habits.retry));
  if (base == 0 || attempt >= kMostAttempts) return world.sink().honest_loss(account_);
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
  const double wait = attempt < 5 ? base : attempt < 15 ? std::max(base, 30.0) : 60;
  world.plan(world.now() + minutes(wait * random_.between(0.95, 1.05)), self_, kRetry, device, slot);
}

void Person::retry(const Wake& wake, World& world) {
  Pending pending = std::move(pending_[wake.slot]);
  free_pending_.push_back(wake.slot);
  Device& device = devices_[pending.device];
  if (!device.is_browser())
    pending.draft.address = line_of(device, world).at(world.now(), world.geography(), random_);
  pending.draft.doer.is_retry = true;
  send(world, pending.draft, pending.device, pending.attempt, pending.first);
}

}  // namespace postreeve::lab
