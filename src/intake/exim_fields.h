// The fields of an Exim log line: "KEY=value" and bare flags ("L", "PRDR"), in any order.
//
// Exim quotes subjects, confirmations and certificate names; message ids are parsed
// addresses (receive.c). Only HELO names can hold blanks unquoted, where a server
// accepts junk (helo_accept_junk_hosts): such a name ends at one of several ") [", and
// the reader is asked again with the next one until the whole line makes sense. A line
// with a forged field then has text left over or an open quote, and fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "intake/field_cursor.h"

namespace postreeve {

// A peer as Exim writes it: "name (helo) [address]:port", each part but the address optional.
struct EximHost {
  std::string_view name;
  std::string_view helo;
  std::string_view address;
  std::string_view text;  // all of it, port included
};

struct EximFields {
  EximHost host;                // H=
  std::string_view protocol;    // P=
  std::string_view user;        // U=: ident or the calling local user
  std::string_view auth;        // A= as written: "plain:alice@x.example"
  std::string_view reference;   // R=: a router, or on "<=" the message that was bounced
  std::string_view transport;   // T= without quotes
  std::string_view subject;     // T="...", escapes as written
  std::string_view sender;      // F=<...>
  std::string_view message_id;  // id=
  std::string_view reply;       // C="...", escapes as written
  std::uint64_t size = 0;       // S=
  bool has_host = false;
  bool has_size = false;
  bool sender_known = false;
};

// HELO names with more ") [" than this are not understood.
inline constexpr unsigned kMostHeloEnds = 8;

// Takes a peer. `helo_end` says at which ") [address]" its HELO name ends, 0 the first.
[[nodiscard]] bool take_exim_host(FieldCursor& cursor, EximHost& host, unsigned helo_end = 0);

// Takes fields, blanks between them, up to the first text that is no field. False for a
// field that is broken: an open quote, a second H=. A field that is written twice counts
// as it is written last: what a client can name (ident, SNI) stands before what the
// server says.
[[nodiscard]] bool take_exim_fields(FieldCursor& cursor, EximFields& fields, unsigned helo_end = 0);

// Takes one address up to a blank or the ':' of ": text"; quoted local parts may hold both.
[[nodiscard]] std::optional<std::string_view> take_exim_address(FieldCursor& cursor);

// The login in A=authenticator:login[:sender of MAIL AUTH=]; empty when there is none.
[[nodiscard]] std::string_view exim_login(std::string_view auth);

}  // namespace postreeve
