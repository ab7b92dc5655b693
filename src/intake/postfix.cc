// Limits: before Postfix 3.5 (and with info_log_address_format=internal) addresses are logged
// unquoted, and a recipient can write `>, relay=...` into its own localpart. It can forge the
// outcome of its own delivery, under the queue ID that the line begins with, and nothing else.
#include <algorithm>
#include <array>
#include <limits>

#include "base/ascii.h"
#include "intake/field_cursor.h"
#include "intake/grammars.h"
#include "intake/postfix_daemon.h"
#include "intake/postfix_fields.h"

namespace postreeve {
namespace {

using Client = FieldCursor::Client;

// `SASL LOGIN authentication failed: reason, sasl_username=name`, behind the client's name.
// The name is whatever the client typed: all of the rest, whatever it looks like.
Record parse_failed_login(FieldCursor line, const Client& client) {
  const auto mechanism = line.take_until(" authentication failed:");
  if (!mechanism || mechanism->find(' ') != std::string_view::npos) return NotUnderstood{};
  LoginSeen login;
  login.client_address = client.address;
  login.client_name = client.name;
  login.service = Service::kSmtp;
  const auto reason = line.take_until(", sasl_username=");
  login.failure = postfix_login_failure(reason ? *reason : line.rest());
  if (reason) login.login = line.take_rest();
  return login;
}

Record parse_warning(PostfixDaemon daemon, FieldCursor line) {
  const bool may_report_logins = daemon == PostfixDaemon::kSmtpd || daemon == PostfixDaemon::kUnknown;
  if (!may_report_logins) return NothingToSay{};
  const auto client = line.take_client();
  if (!client || !line.take(": SASL ")) return NothingToSay{};
  return parse_failed_login(line, *client);
}

// smtpd: `client=name[address], sasl_method=, sasl_username=, sasl_sender=<>, orig_queue_id=, orig_client=`
Record parse_client(std::string_view queue_id, FieldCursor line) {
  const auto client = line.take_client();
  if (!client) return NotUnderstood{};
  MessageReceived message;
  message.queue_id = queue_id;
  message.client_address = client->address;
  message.client_name = client->name;
  while (line.take(", ")) {
    if (line.take("sasl_username=")) {
      message.login = take_sasl_username(line);
    } else if (line.take("orig_queue_id=")) {
      message.original_queue_id = line.take_before(',');
    } else if (line.take("orig_client=")) {
      const auto original = line.take_client();
      if (!original) return NotUnderstood{};
      message.original_client_address = original->address;
    } else if (!skip_named_field(line)) {
      return NotUnderstood{};
    }
  }
  if (!line.at_end()) return NotUnderstood{};
  return message;
}

// pickup: `uid=0 from=<root>[ orig_id=QUEUEID]`
Record parse_pickup(std::string_view queue_id, FieldCursor line) {
  if (!line.take_number() || !line.take(" from=")) return NotUnderstood{};
  const auto sender = line.take_angle();
  if (!sender) return NotUnderstood{};
  MessageReceived message;
  message.queue_id = queue_id;
  message.sender = *sender;
  if (line.take(" orig_id=")) message.original_queue_id = line.take_word();
  return line.at_end() ? Record{message} : Record{NotUnderstood{}};
}

// cleanup: `message-id=<...>`; some senders put something else there.
Record parse_message_id(std::string_view queue_id, FieldCursor line) {
  MessageIdSeen seen{.queue_id = queue_id, .message_id = {}};
  FieldCursor angle = line;
  const auto content = angle.take_angle();
  seen.message_id = content && angle.at_end() ? *content : line.take_rest();
  return seen;
}

// qmgr: `from=<>, size=1, nrcpt=1 (queue active)` or `from=<>, status=expired, returned to sender`
Record parse_queued(std::string_view queue_id, FieldCursor line) {
  const auto sender = line.take_angle();
  if (!sender) return NotUnderstood{};
  if (line.take(", status=expired") || line.take(", status=force-expired")) {
    DeliverySeen expired;
    expired.queue_id = queue_id;
    expired.sender = *sender;
    expired.status = DeliveryStatus::kExpired;
    return expired;
  }
  if (!line.take(", size=")) return NotUnderstood{};
  const auto size = line.take_number();
  if (!size || !line.take(", nrcpt=")) return NotUnderstood{};
  const auto recipients = line.take_number();
  if (!recipients || !(line.at_end() || line.sees(" (queue "))) return NotUnderstood{};
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  MessageQueued queued;
  queued.queue_id = queue_id;
  queued.sender = *sender;
  queued.size = *size;
  queued.recipient_count = static_cast<std::uint32_t>(std::min(*recipients, kMost));
  return queued;
}

// A delivery: `to=<>[, orig_to=<>], relay=[, conn_use=], delay=[, delays=][, tls=][, dsn=], status=sent (250
// ...)`
Record parse_delivery(std::string_view queue_id, FieldCursor line) {
  const auto recipient = take_address(line);
  if (!recipient || !line.take(", ")) return NotUnderstood{};
  DeliverySeen delivery;
  delivery.queue_id = queue_id;
  delivery.recipient = *recipient;
  if (line.take("orig_to=")) {
    const auto original = take_address(line);
    if (!original || !line.take(", ")) return NotUnderstood{};
    delivery.original_recipient = *original;
  }
  if (!line.take("relay=")) return NotUnderstood{};
  const auto relay = line.take_until(", ");
  if (!relay) return NotUnderstood{};
  delivery.relay = *relay;
  while (!line.take("status=")) {
    if (line.take("dsn=")) {
      const auto dsn = EnhancedStatus::parse(line.take_before(','));
      if (dsn) delivery.dsn = *dsn;
    } else if (!take_delivery_detail(line)) {
      return NotUnderstood{};
    }
    if (!line.take(", ")) return NotUnderstood{};
  }
  return finish_delivery(delivery, line);
}

// bounce: `sender non-delivery notification: QUEUEID`, `postmaster delay notification: QUEUEID`
Record parse_notification(std::string_view queue_id, FieldCursor line) {
  if (!line.take("non-delivery notification: ") && !line.take("delivery status notification: ") &&
      !line.take("delay notification: ")) {
    return NotUnderstood{};
  }
  NotificationSent sent{.queue_id = queue_id, .notification_queue_id = line.take_word()};
  return line.at_end() && is_postfix_queue_id(sent.notification_queue_id) ? Record{sent}
                                                                          : Record{NotUnderstood{}};
}

// `reject: RCPT from name[address]: 550 5.1.1 text; from=<> to=<> proto= helo=<>`, behind the action.
Record parse_transaction_action(std::string_view queue_id, std::string_view action, FieldCursor line) {
  const auto stage = line.take_until(" from ");
  if (!stage || stage->find(' ') != std::string_view::npos) return NotUnderstood{};
  const auto client = line.take_client();
  if (!client || !(line.at_end() || line.take(": "))) return NotUnderstood{};
  if (action != "reject" && action != "milter-reject") return NothingToSay{};
  Refused refused;
  refused.queue_id = queue_id;
  refused.client_address = client->address;
  refused.whole_message = *stage == "DATA" || *stage == "BDAT" || *stage == "END-OF-MESSAGE";
  if (line.take_until("; from=") && line.take_angle() && (line.take(", to=") || line.take(" to="))) {
    if (const auto recipient = line.take_angle()) refused.recipient = *recipient;
  }
  return refused;
}

// The last `helo=<>` of a logged context. Postfix cleans the name, so it ends at the first `>`;
// whatever stands before it may be forged by the message.
std::string_view helo_of_context(std::string_view context) {
  constexpr std::string_view kField = " helo=<";
  const auto at = context.rfind(kField);
  if (at == std::string_view::npos) return {};
  const auto name = context.substr(at + kField.size());
  return name.substr(0, name.find('>'));
}

// cleanup: `warning: header Subject: text from name[address]; from=<> to=<> proto= helo=<>: advice`,
// behind the action and its colon.
Record parse_header_action(std::string_view queue_id, std::string_view action, FieldCursor line) {
  const bool is_header = line.take("header ");
  if (!is_header && !line.take("body ") && !line.take("mime header ") && !line.take("nested header ")) {
    return NotUnderstood{};
  }
  const auto text = take_checked_text(line);
  if (!text) return NotUnderstood{};
  if (action == "reject") {
    Refused refused;
    refused.queue_id = queue_id;
    refused.whole_message = true;
    return refused;
  }
  FieldCursor header(*text);
  const auto name = header.take_until(':');
  if (!is_header || !name) return NothingToSay{};
  return HeaderSeen{.queue_id = queue_id,
                    .name = *name,
                    .value = trim(header.rest()),
                    .helo_name = helo_of_context(line.rest())};
}

// Everything that begins with a word and a colon behind the queue ID.
Record parse_action(PostfixDaemon daemon, std::string_view queue_id, FieldCursor line) {
  const auto action = line.take_until(": ");
  if (!action || !is_postfix_action(*action)) return NotUnderstood{};
  if (action->starts_with("proxy-") || action->starts_with("milter-header-")) return NothingToSay{};
  if (daemon == PostfixDaemon::kCleanup) {
    Record header = parse_header_action(queue_id, *action, line);
    if (!std::holds_alternative<NotUnderstood>(header)) return header;
  }
  return parse_transaction_action(queue_id, *action, line);
}

// The lines about one message, behind "QUEUEID: ".
Record parse_message_line(PostfixDaemon daemon, std::string_view queue_id, FieldCursor line) {
  using enum PostfixDaemon;
  const bool is_open = daemon == kUnknown;
  if (daemon != kSmtpd && line.take("to=")) return parse_delivery(queue_id, line);
  if ((is_open || daemon == kSmtpd) && line.take("client=")) return parse_client(queue_id, line);
  if ((is_open || daemon == kQueue) && line.take("from=")) return parse_queued(queue_id, line);
  if ((is_open || daemon == kCleanup) && line.take("message-id=")) return parse_message_id(queue_id, line);
  if ((is_open || daemon == kPickup) && line.take("uid=")) return parse_pickup(queue_id, line);
  if (line.rest() == "removed") return MessageRemoved{queue_id};
  if (line.take("sender ") || line.take("postmaster ")) return parse_notification(queue_id, line);
  if (is_postfix_small_talk(daemon, line.rest(), true)) return NothingToSay{};
  return parse_action(daemon, queue_id, line);
}

bool take_complaint(FieldCursor& line) noexcept {
  return line.take("error: ") || line.take("fatal: ") || line.take("panic: ") || line.take("statistics: ");
}

}  // namespace

Record parse_postfix(std::string_view service, std::string_view message) {
  while (!message.empty() && is_space(message.back())) message.remove_suffix(1);
  const auto daemon = postfix_daemon_of(service);
  FieldCursor line(message);
  if (line.take("warning: ")) return parse_warning(daemon, line);
  if (take_complaint(line)) return NothingToSay{};
  if (const auto queue_id = take_postfix_queue_id(line)) {
    Record record = parse_message_line(daemon, *queue_id, line);
    if (!std::holds_alternative<NotUnderstood>(record)) return record;
    return is_postfix_verbose_noise(message) ? Record{NothingToSay{}} : record;
  }
  if (is_postfix_small_talk(daemon, message, false)) return NothingToSay{};
  if (is_postfix_verbose_noise(message)) return NothingToSay{};
  return NotUnderstood{};
}

}  // namespace postreeve
