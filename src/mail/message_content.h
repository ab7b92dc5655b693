// What a message says and carries, as far as judging needs it: facts, never the message itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postreeve {

// How much of a message is looked at and kept. What lies beyond is counted or left out, never an error.
inline constexpr std::size_t kMostParts = 1000;        // of a message; further ones are not looked into
inline constexpr std::size_t kMostDepth = 16;          // of multiparts inside each other
inline constexpr std::size_t kMostAttachments = 32;    // kept
inline constexpr std::size_t kMostUrlHosts = 32;       // kept, each once
inline constexpr std::size_t kMostNameBytes = 255;     // of an attachment's name, and of a URL's host
inline constexpr std::size_t kMostTextRead = 1 << 20;  // bytes of decoded text looked at for URLs and words

struct Attachment {
  std::string media_type;                     // as declared, lower-cased: "application/pdf"
  std::string name;                           // decoded, printable; empty when it has none
  bool is_inline = false;                     // part of what is shown: a logo
  std::uint64_t size = 0;                     // bytes, decoded
  std::array<unsigned char, 32> sha256 = {};  // of the decoded bytes

  friend bool operator==(const Attachment&, const Attachment&) = default;
};

struct MessageContent {
  // Raw field bodies, unfolded, cut to kMaxTextBytes (event.h).
  std::string reply_to;
  std::string in_reply_to;
  std::string list_unsubscribe;
  std::string mailer;               // User-Agent, else X-Mailer
  std::uint32_t references = 0;     // message-ids in References
  std::uint32_t header_fields = 0;  // of the message itself

  std::string media_type;   // of the message itself: "multipart/mixed"
  std::uint32_t parts = 0;  // with something in them; 1 for a message that is no multipart
  std::uint32_t depth = 0;  // of multiparts; 0 for a message that is none
  bool has_text = false;
  bool has_html = false;
  bool is_cut = false;  // a limit above was met, or a multipart did not end

  std::uint32_t urls = 0;              // all of them, with the same host too
  std::vector<std::string> url_hosts;  // lower-cased, in the order in which they were met

  std::uint32_t attachment_count = 0;  // all of them
  std::vector<Attachment> attachments;

  // Agree for the mails of one campaign that differ in names, numbers and addresses (text_digest.h).
  std::uint32_t words = 0;        // that the digest is of
  std::uint64_t text_digest = 0;  // 0: too few words to tell anything

  friend bool operator==(const MessageContent&, const MessageContent&) = default;
};

// The part of a host name that somebody registered, as well as can be told without the public suffix list:
// "example.co.uk" of "www.example.co.uk". Addresses and what has no dot stay whole. A view into `host`.
[[nodiscard]] std::string_view registered_part(std::string_view host) noexcept;

}  // namespace postreeve
