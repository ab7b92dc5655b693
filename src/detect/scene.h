// One event beside what is remembered: all that a detector may look at.
//
// A Scene borrows everything; it lives for one step. Records stand as they were
// before the event.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "finding/evidence.h"
#include "mail/event.h"
#include "profile/account_record.h"
#include "profile/familiarity.h"
#include "profile/origin.h"
#include "profile/surroundings.h"

namespace postreeve {

enum class StepKind : std::uint8_t {
  kLogin,
  kRecipient,
  kMessage,
  kDelivery,
  kScan,
  kSettingChange,
  kComplaint
};

// A recipient asked.
struct RecipientFacts {
  std::uint32_t key = 0;  // keyed hash of the canonical address
  bool is_known = false;  // written to before
  bool is_canary = false;
  bool is_retry = false;         // we deferred this very mail before: no novelty, no budget
  std::uint32_t in_message = 0;  // recipients of this message so far, with this one
  std::string_view address;
};

// A message at its end.
struct MessageFacts {
  std::uint32_t recipients = 0;
  std::uint64_t size = 0;  // bytes; 0 unknown
  bool is_retry = false;
  std::uint32_t unknown_recipients = 0;  // never written to before this message
  std::string_view recipient_domain;     // of the only recipient; empty otherwise
  std::string_view subject;
  std::string_view helo_name;
  std::string_view sender;        // envelope sender; empty for the null sender
  bool sender_is_own = true;      // the account's name, an alias, or a habit
  std::string_view from_address;  // of the From header; empty when not known
  ShortText from_name_address;    // an address inside the From display name that is another one
  bool from_is_own = true;
  bool from_is_of_domain = false;  // the From address is of the account's own domain
  bool to_name_is_address = false;
  // The account has written from_name_address of some kind on several days.
  bool pretends_often = false;
};

struct AnswerFacts {
  bool refused = false;
  EnhancedStatus dsn;
  DestinationSnapshot everybody;  // before this answer
  // To the owner's mail within the last day, before this answer.
  std::uint32_t refused_today = 0;
  std::uint32_t delivered_today = 0;
};

// A setting that was made.
struct SettingFacts {
  SettingKind kind{};
  // Domain of the address it names; empty when it names none.
  std::string_view target_domain;
  bool is_own = false;  // the address is one of the account's own, or of its domain
};

struct Scene {
  StepKind kind{};
  Timestamp time{};
  const AccountRecord& record;
  Side side{};
  float strangeness = 0;     // detect/strangeness.h
  const Activity& activity;  // of the event's side
  const Origin& origin;
  Use use = Use::kRead;
  bool names_own_host = false;             // the EHLO name is of a host below the account's own domain
  NetworkSnapshot network;                 // of the event's network, before this event
  const Neighbours* neighbours = nullptr;  // nullptr: nothing is known of other accounts
  RecipientFacts recipient;                // kRecipient
  MessageFacts message;                    // kMessage
  AnswerFacts answer;                      // kDelivery
  const Scan* scan = nullptr;              // kScan
  SettingFacts setting;                    // kSettingChange
  bool is_grave = false;                   // kComplaint: of fraud or a virus
};

}  // namespace postreeve
