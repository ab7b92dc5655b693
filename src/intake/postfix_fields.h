// The parts that Postfix's lines are made of. Used by postfix.cc only; rules as in field_cursor.h.
#pragma once

#include <optional>
#include <string_view>

#include "intake/field_cursor.h"
#include "intake/record.h"

namespace postreeve {

// Short queue IDs are upper-case hexadecimal, long ones are written with digits and
// consonants (postconf(5), enable_long_queue_ids). "NOQUEUE" is none.
[[nodiscard]] bool is_postfix_queue_id(std::string_view text) noexcept;

// Takes "QUEUEID: " and returns the ID; empty for "NOQUEUE: ".
[[nodiscard]] std::optional<std::string_view> take_postfix_queue_id(FieldCursor& line) noexcept;

// Takes an address in <> or, as some log rewriters leave it, up to the next comma.
[[nodiscard]] std::optional<std::string_view> take_address(FieldCursor& line) noexcept;

// Takes the name behind "sasl_username=" up to the next field that smtpd writes behind it.
[[nodiscard]] std::string_view take_sasl_username(FieldCursor& line) noexcept;

// Takes one "name=value" up to ", " whose name is a plain word.
[[nodiscard]] bool skip_named_field(FieldCursor& line) noexcept;

// Takes conn_use=, delay=, delays= or tls= up to the comma, which stays.
[[nodiscard]] bool take_delivery_detail(FieldCursor& line) noexcept;

// Takes "sent (250 ...)" and completes the delivery. Address probes (deliverable,
// undeliverable) are no deliveries: NothingToSay.
[[nodiscard]] Record finish_delivery(DeliverySeen& delivery, FieldCursor line) noexcept;

// Takes the text of header_checks up to " from name[address]; from=<".
[[nodiscard]] std::optional<std::string_view> take_checked_text(FieldCursor& line) noexcept;

// Whether `word` is what smtpd or cleanup may say that it does with a message.
[[nodiscard]] bool is_postfix_action(std::string_view word) noexcept;

// The reason that a SASL warning gives.
[[nodiscard]] LoginFailure postfix_login_failure(std::string_view reason) noexcept;

}  // namespace postreeve
