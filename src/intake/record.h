// What one log line says, whatever program wrote it: the common form that the
// grammars (postfix.h, exim.h, dovecot.h) produce and the joiner understands.
//
// All texts are views into the line they were parsed from and live as long as it.
// A field the line does not have is empty. Nothing here is validated beyond the
// grammar: a login name is whatever stood at the login's place.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "mail/event.h"

namespace postreeve {

// A line that is understood and says nothing about an account.
struct NothingToSay {};

// A line no grammar matches. It is counted and sampled, never guessed at.
struct NotUnderstood {};

// Somebody logged in or failed to (Dovecot, Postfix SASL warnings, Exim authenticators).
struct LoginSeen {
  std::string_view login;
  std::string_view client_address;
  std::string_view client_name;
  std::string_view helo_name;
  std::string_view session_id;  // Dovecot's session=<...>: one session may be reported by two lines
  Service service = Service::kUnknown;
  LoginFailure failure = LoginFailure::kNone;  // kNone: it succeeded
  std::uint32_t attempts = 1;                  // wrong passwords in this one session
  bool may_go_on = false;  // one user database does not know the name: the next one may, within the session
};

// A message was accepted from a client: Postfix smtpd `client=`, pickup `uid=`, Exim `<=`.
struct MessageReceived {
  std::string_view queue_id;  // empty: Postfix hands it to a filter before it has one (smtpd_proxy_filter)
  std::string_view login;     // sasl_username, Exim A=authenticator:login
  std::string_view client_address;
  std::string_view client_name;
  std::string_view helo_name;
  std::string_view original_queue_id;        // re-injection: Postfix orig_queue_id=, Exim R= of a bounce
  std::string_view original_client_address;  // re-injection: Postfix orig_client=
  std::string_view sender;                   // Exim only; Postfix tells in MessageQueued
  std::string_view message_id;
  std::string_view subject;
  std::uint64_t size = 0;
  // Exim's "for a b c", split; empty when the selector is off. Then recipients come with the deliveries.
  std::vector<std::string_view> recipients;
  bool may_have_more =
      false;  // the line's room for recipients was used up: more may come with the deliveries
  bool sender_known = false;
  bool is_bounce = false;  // made by the server itself
};

// Postfix cleanup `message-id=`.
struct MessageIdSeen {
  std::string_view queue_id;
  std::string_view message_id;
};

// A header that Postfix cleanup logged (header_checks WARN/INFO): subject, from, to.
struct HeaderSeen {
  std::string_view queue_id;
  std::string_view name;       // as logged: "Subject"
  std::string_view value;      // up to the logged context
  std::string_view helo_name;  // of the context: the only place where Postfix logs it
};

// Postfix qmgr `from=<>, size=, nrcpt=`.
struct MessageQueued {
  std::string_view queue_id;
  std::string_view sender;
  std::uint64_t size = 0;
  std::uint32_t recipient_count = 0;
};

// One recipient's delivery: Postfix `to=<>, ... status=`, Exim => -> ** ==.
struct DeliverySeen {
  std::string_view queue_id;
  std::string_view recipient;
  std::string_view original_recipient;  // Postfix orig_to=
  std::string_view relay;               // as logged: "mx.example[192.0.2.1]:25", "none", "dovecot"
  std::string_view response;
  std::string_view sender;  // Exim F=<>, when the selector is on
  EnhancedStatus dsn;
  DeliveryStatus status = DeliveryStatus::kSent;
};

// A transaction or one recipient was refused by the server itself (reject, hold, milter-reject).
struct Refused {
  std::string_view queue_id;  // empty for NOQUEUE
  std::string_view login;     // Exim logs it; Postfix does not
  std::string_view client_address;
  std::string_view recipient;
  bool whole_message = false;  // refused at DATA, at the end of the message or by a milter: it is not queued
};

// `sender non-delivery notification: QID2`: the second message belongs to the first's story.
struct NotificationSent {
  std::string_view queue_id;
  std::string_view notification_queue_id;
};

// The message left the queue: Postfix `removed`, Exim `Completed`.
struct MessageRemoved {
  std::string_view queue_id;
};

using Record =
    std::variant<NothingToSay, NotUnderstood, LoginSeen, MessageReceived, MessageIdSeen, HeaderSeen,
                 MessageQueued, DeliverySeen, Refused, NotificationSent, MessageRemoved>;

}  // namespace postreeve
