// How a thief goes about it: one take-over as numbers, made by a family's file.
#pragma once

#include <cstdint>
#include <string_view>

#include "lab/people/person.h"
#include "lab/world.h"

namespace postreeve::lab {

// Where the messages come from.
enum class Hosts : std::uint8_t {
  kOne,             // one machine
  kPool,            // some machines in turn
  kBotnet,          // hundreds of residential addresses, one or two messages each
  kVictimsMachine,  // the owner's own computer
  kRotatingV6,      // one machine inside an IPv6 /48, a new /64 every few messages
};

// Who gets the messages.
enum class Targets : std::uint8_t {
  kList,      // a bought list: strangers, many of them dead
  kContacts,  // whom the victim writes to
  kMixed,     // some contacts, more strangers
  kLocal,     // the same server's people, real and guessed
  kOwnList,   // the victim's newsletter subscribers or customers
};

// What the headers say.
enum class Looks : std::uint8_t {
  kOwn,             // the victim's name and address
  kNameIsAddress,   // display name is another address; To display equals its address
  kForgedFrom,      // From: of somebody else, envelope the victim's
  kForgedEnvelope,  // envelope and From: of somebody else
};

enum class Texts : std::uint8_t { kSpam, kFraud, kReply, kVictims };

enum class HeloOf : std::uint8_t {
  kRandomName,  // another one for every host
  kOneName,     // the spam engine's
  kLocalhost,
  kLiteral,  // "[203.0.113.9]" or a private one
  kVictims,  // what the victim's client says
  kOfVictimsDomain,
};

struct Plan {
  std::string_view family;
  Timestamp begins{};
  double local_hour = -1;  // of the victim, at which it begins; -1: at any time

  // Before the run.
  std::uint32_t failures = 0;  // wrong passwords on the victim
  double failure_gap_seconds = 20;
  std::uint32_t sprayed_accounts = 0;  // wrong passwords on others, before
  std::uint32_t quiet_logins = 0;      // successful logins without mail
  double quiet_days = 0;
  bool reads_by_imap = true;  // quiet logins by IMAP, else SMTP
  bool test_message = false;
  double test_lead_seconds = 600;
  double pause_seconds = 60;  // between the last preparation and the run

  // The run.
  std::uint32_t messages = 100;
  std::uint32_t recipients_low = 1;
  std::uint32_t recipients_high = 1;
  double gap_seconds = 5;
  double gap_sigma = 0.8;
  bool working_hours = false;  // of the victim
  Hosts hosts = Hosts::kOne;
  std::uint32_t host_count = 1;
  bool by_webmail = false;
  Targets targets = Targets::kList;
  double contacts_share = 0;  // kMixed
  double dead = 0.2;          // of strangers
  double refused = 0.1;       // living recipients that refuse it as spam
  Looks looks = Looks::kOwn;
  Texts texts = Texts::kSpam;
  bool by_hand = false;  // each message written for its recipient; else one template
  HeloOf helo = HeloOf::kRandomName;
  double size_median = 4000;
  bool infected = false;  // a scanner of ours would find malware
  // Chance that it makes a forward, a filter or an app password while it is in.
  double sets_something = 0;
  double complained = 0.006;    // of living recipients, 0.3 to 1 % of a spam run
  double logins_a_message = 0;  // further logins by IMAP during the run
  // Who stole it sells it on, and the buyer has a run of their own; 0: kept.
  double sold_after_days = 0;
  std::uint32_t messages_when_sold = 0;
  // A spam engine stops after this many refused messages in a row.
  std::uint32_t gives_up_after = 30;
  double retries = 0.15;  // chance that it tries a refused message again
};

// The machines of one crew; the accounts that it has taken over share them.
struct Crew {
  std::uint64_t seed = 0;
  ProviderKind kind = ProviderKind::kHosting;
  // Countries of its machines; empty: any.
  std::vector<std::uint16_t> countries;
  std::uint32_t same_provider = 0;  // not 0: all machines at this provider (number + 1)
};

struct Brief {
  World& world;
  Random& random;
  Person& victim;
  Crew& crew;
  std::uint32_t member = 0;  // which of the crew's accounts
  std::uint32_t members = 1;
  std::uint64_t family_seed = 0;
  std::uint32_t questions = 0;

  // A number around `median`; the test variant's medians and spreads are others.
  double around(double median, double sigma);
  std::uint32_t count_around(double median, double sigma, std::uint32_t least = 1);
  // A choice; the test variant's odds are others.
  bool likely(double probability);
  std::uint16_t bot_country() { return world.geography().pick_bot_country(random); }
};

}  // namespace postreeve::lab
