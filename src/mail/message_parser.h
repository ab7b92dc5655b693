// Reads a message while it comes in and keeps what judging needs of it (message_content.h).
//
// Total: there is a result for every sequence of bytes. Bounded: some 20 KiB and the largest piece given,
// beside the result, which is bounded as message_content.h says. Time linear in the message.
//
// Limits: charsets are not converted (ASCII words of UTF-16 texts are not seen), archives, TNEF and encrypted
// parts are attachments like any other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mail/message_content.h"

namespace postreeve {

struct ParsedMessage {
  // Raw field bodies, unfolded, cut to kMaxTextBytes; of a field that stands twice the first.
  std::string from;
  std::string to;
  std::string subject;
  std::string message_id;
  std::uint64_t size = 0;  // bytes of header and body as they came
  MessageContent content;
};

// One message, in its order: header fields, then the body. Not thread-safe.
class MessageParser {
 public:
  MessageParser();
  ~MessageParser();
  MessageParser(MessageParser&&) noexcept;
  MessageParser& operator=(MessageParser&&) noexcept;

  // A field of the message's header; ignored once the body has begun.
  void header(std::string_view name, std::string_view value);
  // The next piece of the body, cut anywhere.
  void body(std::string_view piece);
  // Once, at the end.
  [[nodiscard]] ParsedMessage finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A whole message with its header.
[[nodiscard]] ParsedMessage parse_message(std::string_view message);

}  // namespace postreeve
