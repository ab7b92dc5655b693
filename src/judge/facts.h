// One event prepared for judging: everything about it that does not depend on the
// account's record. The engine makes it before the record's lock is taken.
#pragma once

#include <cstdint>

#include "base/keyed_hash.h"
#include "detect/scene.h"
#include "finding/verdict.h"
#include "judge/policy.h"
#include "mail/event.h"

namespace postreeve {

// The strictest of the operator's limits that this event goes beyond.
struct LimitFacts {
  Action action = Action::kAccept;
  std::uint16_t number = 0;
  // The smallest recipients-a-message limit that applies, checked where the message is counted.
  std::uint32_t most_in_message = UINT32_MAX;
  Action most_action = Action::kAccept;
  std::uint16_t most_number = 0;
};

struct Facts {
  StepKind kind{};
  Timestamp time{};
  Hash128 account;
  Origin origin;
  Use use = Use::kRead;
  // It came through the web server: its place is that of a webmail session (profile/webmail.h), which
  // only the record knows.
  bool by_webmail = false;
  bool opens_webmail = false;   // kLogin: such a session begins, at `origin`
  bool names_own_host = false;  // the EHLO name is of a host below the account's own domain
  NetworkSnapshot network;
  const Neighbours* neighbours = nullptr;
  // kRecipient, kMessage, kComplaint: keys of the step, of the mail whatever its transaction, of the
  // transaction.
  std::uint32_t step_key = 0;  // 0: cannot be recognized again
  std::uint32_t mail_key = 0;
  std::uint32_t transaction_key = 0;
  RecipientFacts recipient;
  MessageFacts message;
  std::uint32_t sender_key = 0;       // of a foreign envelope sender; 0: the account's own
  std::uint32_t header_from_key = 0;  // likewise of the From address
  AnswerFacts answer;
  std::uint32_t answer_transaction = 0;  // of a message: what answers to it will name
  const Scan* scan = nullptr;
  SettingFacts setting;   // kSettingChange
  bool is_grave = false;  // kComplaint: of fraud or a virus
  const Login* login = nullptr;
  LimitFacts limit;
  // Too many accounts were restricted within the hour: no further one is.
  bool fuse_is_out = false;
};

}  // namespace postreeve
