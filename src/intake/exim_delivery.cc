#include <algorithm>
#include <array>

#include "intake/exim_fields.h"
#include "intake/exim_lines.h"

namespace postreeve {
namespace {

struct Address {
  std::string_view final;     // what was delivered to
  std::string_view original;  // what was asked for, in <...>
};

// A file, a pipe or an automatic reply may hold anything; the address it came from follows in <...>.
bool take_non_address(FieldCursor& line, Address& address) {
  const auto rest = line.rest();
  for (auto open = rest.find(" <"); open != std::string_view::npos; open = rest.find(" <", open + 1)) {
    FieldCursor ahead(rest.substr(open + 1));
    const auto original = ahead.take_angle();
    if (!original || (original->find('@') == std::string_view::npos && *original != "system-filter"))
      continue;
    if (!ahead.at_end() && ahead.peek() != ' ' && ahead.peek() != ':') continue;
    address = {rest.substr(0, open), *original};
    line = ahead;
    return true;
  }
  return false;
}

// "final", "final (between) <original>", "localpart <localpart@domain>".
bool take_address(FieldCursor& line, Address& address) {
  constexpr std::string_view kNoAddress = "|/>:";  // a pipe, a file, a reply, ":blackhole:"
  if (kNoAddress.find(line.peek()) != std::string_view::npos) return take_non_address(line, address);
  const auto final = take_exim_address(line);
  if (!final) return take_non_address(line, address);
  address.final = *final;
  FieldCursor ahead = line;
  if (ahead.take(" (") && ahead.take_until(')')) line = ahead;  // all_parents
  ahead = line;
  if (ahead.take(' ')) {
    if (const auto original = ahead.take_angle()) {
      address.original = *original;
      line = ahead;
    }
  }
  return true;
}

// What stands before a destination's own words; the command named in it ends at ": ".
constexpr std::array<std::string_view, 5> kReplyIntroductions{
    "SMTP error from remote mail server after ",  // Exim 4
    "SMTP error from remote mailer after ",       // Exim 3
    "LMTP error after ",
    "PRDR error after ",
    "Remote host closed connection in response to ",
};

// "RCPT TO:<a@x.example>", "pipelined end of data".
bool skip_command(FieldCursor& text) {
  const auto open = text.rest().find('<');
  if (open < text.rest().find(": ")) {
    text = FieldCursor(text.rest().substr(open));
    if (!text.take_angle()) return false;
  }
  return text.take_until(": ").has_value();
}

// "host mx.example [192.0.2.1]: " of Exim 3.
void skip_host(FieldCursor& text) {
  FieldCursor ahead = text;
  EximHost host;
  if (ahead.take("host ") && take_exim_host(ahead, host) && ahead.take(": ")) text = ahead;
}

// The destination's own words where there are some, else Exim's reason.
std::string_view response_of(std::string_view reason) {
  for (const auto introduction : kReplyIntroductions) {
    FieldCursor text(reason);
    if (!text.take(introduction)) continue;
    if (!skip_command(text)) return reason;
    skip_host(text);
    return text.rest();
  }
  return reason;
}

// What follows the fields: ": reason", "defer (-44) H=host [address]: reason", "defer (111): reason".
std::string_view take_reason(FieldCursor& line, EximFields& fields) {
  line.skip_spaces();
  static_cast<void>(line.take("routing "));
  if (line.take("defer (") && line.take_until(')')) {
    if (line.take(": ")) return line.take_rest();
    if (!take_exim_fields(line, fields)) {
      static_cast<void>(line.take_until(": "));  // a host that is not whole: the reason begins behind it
      return line.take_rest();
    }
    line.skip_spaces();
  }
  if (line.take(':')) line.skip_spaces();
  return line.take_rest();
}

// Exim gave up after trying, which is not the destination's refusal.
bool is_expiry(std::string_view reason) {
  return reason.starts_with("retry timeout exceeded") ||
         reason.starts_with("retry time not reached for any host after a long failure period") ||
         reason.starts_with("all hosts") || reason.starts_with("message has been in the queue too long");
}

DeliveryStatus status_of(std::string_view flag, std::string_view reason) {
  if (flag == "==") return DeliveryStatus::kDeferred;
  if (flag != "**") return DeliveryStatus::kSent;
  return is_expiry(reason) ? DeliveryStatus::kExpired : DeliveryStatus::kBounced;
}

// The address that was asked for; where only a local part was delivered to, the one in <...>.
std::string_view recipient_of(const Address& address) {
  const bool is_whole = address.final.find('@') != std::string_view::npos &&
                        std::string_view("|/>").find(address.final.front()) == std::string_view::npos;
  return is_whole ? address.final : address.original;
}

}  // namespace

Record parse_exim_delivery(std::string_view id, std::string_view flag, FieldCursor line) {
  Address address;
  if (!take_address(line, address)) return NotUnderstood{};
  EximFields fields;
  if (!take_exim_fields(line, fields)) return NotUnderstood{};
  const auto reason = take_reason(line, fields);
  const auto recipient = recipient_of(address);
  if (recipient.empty()) return NothingToSay{};  // "blackhole (local_scan discarded recipients)"
  const bool is_sent = flag != "**" && flag != "==";
  DeliverySeen delivery;
  delivery.queue_id = id;
  delivery.recipient = recipient;
  if (address.original != recipient) delivery.original_recipient = address.original;
  delivery.relay = fields.has_host ? fields.host.text : fields.transport;
  delivery.response = is_sent ? fields.reply : response_of(reason);
  delivery.sender = fields.sender;
  delivery.status = status_of(flag, reason);
  delivery.dsn = EnhancedStatus::find_in_reply(delivery.response).value_or(EnhancedStatus{});
  return delivery;
}

}  // namespace postreeve
