// Any bytes as a message: total, bounded, and the same however its body is cut.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "mail/event.h"
#include "mail/message_parser.h"

namespace {

using namespace postreeve;

void require(bool holds) {
  if (!holds) std::abort();
}

MessageContent parse_body(std::string_view type, std::string_view body, std::size_t piece) {
  MessageParser parser;
  parser.header("Content-Type", type);
  while (!body.empty()) {
    parser.body(body.substr(0, piece));
    body.remove_prefix(std::min(piece, body.size()));
  }
  return parser.finish().content;
}

void check(const ParsedMessage& message) {
  const MessageContent& content = message.content;
  require(message.from.size() <= kMaxTextBytes && message.subject.size() <= kMaxTextBytes);
  require(content.parts <= kMostParts && content.depth <= kMostDepth);
  require(content.url_hosts.size() <= kMostUrlHosts && content.url_hosts.size() <= content.urls);
  require(content.attachments.size() <= kMostAttachments);
  for (const std::string& host : content.url_hosts) {
    require(!host.empty() && host.size() <= kMostNameBytes);
    require(!registered_part(host).empty());
  }
  for (const Attachment& attachment : content.attachments) {
    require(attachment.name.size() <= kMostNameBytes && attachment.media_type.size() <= kMostNameBytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check(parse_message(input));
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view type = input.substr(0, line);
  const std::string_view body = input.substr(line);
  const std::size_t piece = 1 + (size > 0 ? data[size - 1] % 32 : 0);
  require(parse_body(type, body, piece) == parse_body(type, body, size + 1));
  return 0;
}
