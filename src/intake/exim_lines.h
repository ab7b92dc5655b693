// The kinds of line in Exim's mainlog and rejectlog, one function each; exim.cc tells
// them apart. A function answers nullopt (or NotUnderstood) for a text that is not of
// its kind. `id` is the message id, empty for a line that has none.
#pragma once

#include <optional>
#include <string_view>

#include "intake/field_cursor.h"
#include "intake/record.h"

namespace postreeve {

// "<= sender ..." and "(= sender ..." (accepted, though the client was told otherwise);
// `line` is what follows the flag.
[[nodiscard]] Record parse_exim_arrival(std::string_view id, FieldCursor line);

// "=> -> >> ** ==" and an address; `line` is what follows the flag.
[[nodiscard]] Record parse_exim_delivery(std::string_view id, std::string_view flag, FieldCursor line);

// "plain authenticator failed for host: 535 Incorrect authentication data (set_id=login)".
[[nodiscard]] std::optional<Record> parse_exim_failed_login(std::string_view line);

// "no MAIL in SMTP connection from host D=1s A=plain:login C=EHLO,AUTH,QUIT": a login and no message.
[[nodiscard]] std::optional<Record> parse_exim_session_without_mail(std::string_view line);

// "H=host F=<sender> A=plain:login rejected RCPT <recipient>: text" and its relatives.
[[nodiscard]] std::optional<Record> parse_exim_refusal(std::string_view id, std::string_view line);

// Everything that says nothing about an account: the daemon's own sentences, remarks on a
// message, what the configuration writes itself (logwrite), headers dumped in the rejectlog.
[[nodiscard]] bool is_exim_remark(std::string_view id, std::string_view line);

}  // namespace postreeve
