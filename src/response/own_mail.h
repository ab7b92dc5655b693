// A mail that we write ourselves: plain text in UTF-8 on lines of seven bits, with headers that nothing from
// outside can break, and that no machine answers (RFC 3834).
//
//   const std::string entity = text_entity(text);                    // what may be signed (mail_signer.h)
//   deliver_mail(server, to, mail_headers(mail) + entity);
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "mail/address.h"
#include "response/task.h"

namespace postreeve {

// A name for people, and an address: "Abuse desk <abuse@hoster.example>".
struct OwnMailbox {
  std::string name;  // UTF-8; may be empty
  Address address;
};
// Reads what a configuration writes; nullopt without a whole address.
[[nodiscard]] std::optional<OwnMailbox> parse_own_mailbox(std::string_view text);

struct OwnMail {
  OwnMailbox from;
  Address to;
  std::optional<OwnMailbox> reply_to;
  std::string subject;
  std::string message_id;               // as own_message_id() makes it
  std::vector<std::string> references;  // message ids of the thread's mails, the first one first
  std::string language;                 // "de"; empty: not said
  Timestamp date{};
  bool is_bulk = false;  // "Precedence: bulk" too
};

// "<postreeve.00000000c0ffee00.17@hoster.example>": the same at every attempt.
[[nodiscard]] std::string own_message_id(IncidentId incident, std::uint64_t row, const Address& from);

// All headers but Content-*, each line ended by CR LF; without the empty line.
[[nodiscard]] std::string mail_headers(const OwnMail& mail);

// Content-* headers, the empty line, and the text in quoted-printable. Its lines, which end with LF, are
// broken at 72 characters where there is a space, for programs to join again (format=flowed, RFC 3676).
[[nodiscard]] std::string text_entity(std::string_view text);

// "Sun, 01 Mar 2026 03:00:00 +0000" (RFC 5322 3.3).
[[nodiscard]] std::string rfc5322_date(Timestamp time);

// The value of an unstructured header, folded: as it is if it is ASCII, else as encoded-words (RFC 2047).
[[nodiscard]] std::string header_text(std::string_view text);
// RFC 2045 6.7 of lines that end with LF; each is ended by CR LF.
[[nodiscard]] std::string quoted_printable(std::string_view text);

}  // namespace postreeve
