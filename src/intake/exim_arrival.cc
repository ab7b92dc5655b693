#include "intake/exim_fields.h"
#include "intake/exim_lines.h"

namespace postreeve {
namespace {

// " for a b c" at the end of the line. What comes from a host is qualified by Exim: a word
// without a domain is then no recipient, but the rest of a HELO name that forges fields.
bool take_recipients(FieldCursor& line, bool is_local, std::vector<std::string_view>& recipients) {
  while (!line.at_end()) {
    const auto recipient = take_exim_address(line);
    if (!recipient || recipient->empty()) return false;
    if (!is_local && recipient->find('@') == std::string_view::npos) return false;
    recipients.push_back(*recipient);
    line.skip_spaces();
  }
  return !recipients.empty();
}

// "esmtpa", "esmtpsa", "asmtp" of Exim 3: an authenticated session. Exim writes P= before
// anything that a client without a login can name (SNI, certificate), so that a forged A= is
// void; and it always writes S= after A=, so that a line cut within the login names nobody.
bool is_authenticated(const EximFields& fields) {
  return fields.has_size && (fields.protocol.ends_with('a') || fields.protocol == "asmtp");
}

bool take_tail(FieldCursor& line, bool is_local, std::vector<std::string_view>& recipients) {
  if (line.take(" from ") && !line.take_angle()) return false;  // received_sender
  if (line.take(" for ")) return take_recipients(line, is_local, recipients);
  line.skip_spaces();
  return line.at_end();
}

MessageReceived make_received(std::string_view id, std::string_view sender, const EximFields& fields) {
  MessageReceived message;
  message.queue_id = id;
  if (is_authenticated(fields)) message.login = exim_login(fields.auth);
  message.client_address = fields.host.address;
  message.client_name = fields.host.name;
  // A name that the address was found to have is told once when the client called itself by it, too.
  message.helo_name = fields.host.helo.empty() ? fields.host.name : fields.host.helo;
  message.original_queue_id = fields.reference;
  message.sender = sender;
  message.sender_known = true;
  message.message_id = fields.message_id;
  message.subject = fields.subject;
  message.size = fields.size;
  message.is_bounce = sender.empty() && !fields.reference.empty() && !fields.has_host;
  return message;
}

}  // namespace

Record parse_exim_arrival(std::string_view id, FieldCursor line) {
  const auto sender = line.take("<>") ? std::string_view{} : take_exim_address(line);
  if (!sender) return NotUnderstood{};
  for (unsigned helo_end = 0; helo_end < kMostHeloEnds; ++helo_end) {
    FieldCursor attempt = line;
    EximFields fields;
    std::vector<std::string_view> recipients;
    if (take_exim_fields(attempt, fields, helo_end) && take_tail(attempt, !fields.has_host, recipients)) {
      auto message = make_received(id, *sender, fields);
      message.recipients = std::move(recipients);
      return message;
    }
    if (!fields.has_host) break;  // no HELO name that could end elsewhere
  }
  return NotUnderstood{};
}

}  // namespace postreeve
