// The milter protocol's frames, both ways: what an MTA sends about a message, and what it may be answered.
//
// A frame is its length (four bytes, most significant first, of all that follows), a command's letter and
// data. There is no RFC; Sendmail's libmilter/docs and mfdef.h are the reference, and Postfix's milter8.c is
// what we are asked by. Versions 2 to 6 are understood.
//
// Parsers return views into what they were given, never throw and allocate nothing but bounded lists. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postreeve::milter {

// The largest frame, with its length: Postfix sends bodies in pieces of 65,535 bytes and cuts header fields
// (header_size_limit) at 102,400.
inline constexpr std::size_t kMostFrameBytes = 256UL * 1024;
inline constexpr std::size_t kMostMacros = 128;    // in one frame; further ones are not looked at
inline constexpr std::size_t kMostArguments = 64;  // of MAIL and RCPT; likewise

inline constexpr std::uint32_t kOldestVersion = 2;
inline constexpr std::uint32_t kOurVersion = 6;

enum class Command : char {
  kAbort = 'A',  // this message is over, without an end
  kBody = 'B',
  kConnect = 'C',
  kMacro = 'D',
  kEndOfBody = 'E',  // data: a last piece of the body
  kHelo = 'H',
  kQuitNewConnection = 'K',  // another SMTP client follows on the same connection
  kHeader = 'L',
  kMail = 'M',
  kEndOfHeaders = 'N',
  kNegotiate = 'O',
  kQuit = 'Q',
  kRecipient = 'R',
  kData = 'T',
  kUnknown = 'U',  // an SMTP command that the MTA does not know
};

enum class Response : char {
  kAddHeader = 'h',
  kAccept = 'a',  // this message, or this connection, is asked about no more
  kContinue = 'c',
  kDiscard = 'd',
  kNegotiate = 'O',
  kProgress = 'p',  // wait on
  kQuarantine = 'q',
  kReject = 'r',
  kReplyCode = 'y',
  kTempfail = 't',
};

// What a milter asks to do (SMFIF_*).
enum Action : std::uint32_t {
  kAddsHeaders = 0x1,
  kQuarantines = 0x20,
  kChoosesMacros = 0x100,
};

// Steps left out and replies not waited for (SMFIP_*).
enum Protocol : std::uint32_t {
  kNoConnect = 0x1,
  kNoHelo = 0x2,
  kNoEndOfHeaders = 0x40,
  kNoReplyToHeader = 0x80,
  kNoUnknown = 0x100,
  kNoData = 0x200,
  kNoReplyToConnect = 0x1000,
  kNoReplyToHelo = 0x2000,
  kNoReplyToEndOfHeaders = 0x40000,
  kNoReplyToBody = 0x80000,
};

struct Frame {
  Command command{};  // the letter as it came: may be none of those above
  std::string_view data;
};

// The whole size of the frame at the front of `input`; 0 when more bytes are needed. kInvalidInput for a
// frame without a command, kLimitExceeded for one above kMostFrameBytes.
[[nodiscard]] Result<std::size_t> frame_size(std::string_view input);
// Requires a whole frame.
[[nodiscard]] Frame split_frame(std::string_view frame) noexcept;

struct Offer {
  std::uint32_t version = 0;
  std::uint32_t actions = 0;
  std::uint32_t protocol = 0;
};
// kInvalidInput for less than twelve bytes and for a version below kOldestVersion.
[[nodiscard]] Result<Offer> parse_offer(std::string_view data);

struct Macro {
  std::string_view name;  // without braces: "auth_authen", "i"
  std::string_view value;
};
struct Macros {
  Command stage{};
  std::vector<Macro> values;  // in their order
};
[[nodiscard]] Result<Macros> parse_macros(std::string_view data);

struct Client {
  std::string_view name;     // "[192.0.2.7]" when it has none
  std::string_view address;  // "192.0.2.7", "IPv6:2001:db8::1" or a socket's path; empty when unknown
  char family = 'U';         // '4', '6', 'L'ocal, 'U'nknown
  std::uint16_t port = 0;
};
[[nodiscard]] Result<Client> parse_client(std::string_view data);

struct HeaderField {
  std::string_view name;
  std::string_view value;  // folded lines keep their breaks; one leading space may be there or not
};
[[nodiscard]] Result<HeaderField> parse_header_field(std::string_view data);

// The address of MAIL or RCPT and its ESMTP parameters, each ended by a zero byte.
[[nodiscard]] Result<std::vector<std::string_view>> parse_arguments(std::string_view data);
// The text before the first zero byte (HELO, UNKNOWN).
[[nodiscard]] std::string_view parse_text(std::string_view data) noexcept;

// Writers append one frame.
void append_frame(std::string& out, char command, std::string_view data);
inline void append_response(std::string& out, Response response) {
  append_frame(out, static_cast<char>(response), {});
}
// "451 4.7.1 Try again later": `text` without the percent signs that have a meaning for MTAs, and without
// line breaks. Requires a reply that starts with 4 or 5.
void append_reply_code(std::string& out, std::string_view text);
void append_quarantine(std::string& out, std::string_view reason);
void append_header(std::string& out, std::string_view name, std::string_view value);

// Which macros are wanted at one stage.
struct MacroWish {
  std::uint32_t stage = 0;  // SMFIM_*: 0 connect, 1 HELO, 2 MAIL, 3 RCPT, 4 DATA, 5 end of message
  std::string_view names;   // "i {auth_authen}"
};
// What we answer to `offer`: never more than it offers. Wishes go out only where macros may be chosen.
[[nodiscard]] Offer agree(const Offer& offer, std::uint32_t actions, std::uint32_t protocol) noexcept;
void append_agreement(std::string& out, const Offer& agreed, const std::vector<MacroWish>& wishes);

}  // namespace postreeve::milter
