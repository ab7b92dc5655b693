// One message of a thief: to whom, under whose name, what it says.
#include <algorithm>

#include <fmt/format.h>

#include "lab/attackers/attack.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

std::uint64_t hash_of(std::string_view text) {
  return keyed_hash(HashKey{}, text).low;
}

}  // namespace

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
      fmt::format_to(from, "{} <{}>", full_name(hash_of(draft.sender)), draft.sender);
      return;
  }
}

// A campaign is one text: the same for all messages and all accounts of the crew, but for names,
// numbers and what is put in to escape fingerprints. A thief who writes by hand writes each anew.
void Attack::write_text(Draft& draft) {
  Random same(crew_.seed ^ 0x7e87);
  Random& words = plan_.by_hand ? random_ : same;
  switch (plan_.texts) {
    case Texts::kSpam:
      write_spam_subject(draft.subject, crew_.seed, random_);
      break;
    case Texts::kFraud:
      write_fraud_subject(draft.subject, words);
      break;
    case Texts::kReply:
      write_reply_subject(draft.subject, random_);
      break;
    case Texts::kVictims:
      write_subject(draft.subject, random_);
      break;
  }
  Random of_template(crew_.seed ^ 0x512e);
  const double body = (plan_.by_hand ? random_ : of_template).lognormal(plan_.size_median, 0.5);
  double varies = random_.between(0, 60);                                   // names and addresses
  if (plan_.texts == Texts::kReply) varies = random_.lognormal(5000, 0.9);  // the quoted thread
  if (of_template.chance(0.3)) varies += random_.between(0, body * 0.15);   // padding against fingerprints
  draft.size = static_cast<std::uint64_t>(body + varies) + 500;
}

void Attack::write_helo_of(Draft& draft, World& world, const Host& host) {
  const auto out = std::back_inserter(draft.helo);
  draft.helo.clear();
  const std::string_view domain = world.accounts()[victim_.account()].id.domain();
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
      write_helo(draft.helo, victim_.main_device(), host.line, domain);
      return;
    case HeloOf::kOfVictimsDomain:
      fmt::format_to(out, "mail.{}", domain);
      return;
  }
}

}  // namespace postreeve::lab
