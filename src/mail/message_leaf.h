// One part of a message that is no multipart: undoes its encoding and takes its facts.
#pragma once

#include <string>
#include <string_view>

#include <sodium/crypto_hash_sha256.h>

#include "mail/message_content.h"
#include "mail/mime_field.h"
#include "mail/text_digest.h"
#include "mail/transfer_decoder.h"
#include "mail/url_finder.h"

namespace postreeve {

// What a part's header says of it.
struct PartHeader {
  MimeField type;
  MimeField disposition;
  TransferEncoding encoding = TransferEncoding::kIdentity;

  // "text/plain" when it says nothing (RFC 2045 5.2).
  [[nodiscard]] std::string media_type() const;
};

// Reads one part after the other; texts and attachments of all of them end up in one MessageContent.
class LeafReader {
 public:
  explicit LeafReader(MessageContent& content) : content_(content) {}

  void begin(const PartHeader& header);
  void add(std::string_view encoded);
  void end();

  void finish();  // after the last part

 private:
  void flush();

  MessageContent& content_;
  TransferDecoder decoder_;
  std::string decoded_;  // not looked at yet
  bool is_open_ = false;
  bool has_links_ = false;  // a text, or an attachment of HTML
  bool has_words_ = false;  // a text that is shown
  bool is_attachment_ = false;
  std::size_t text_left_ = kMostTextRead;
  Attachment attachment_;
  crypto_hash_sha256_state hash_ = {};
  UrlFinder urls_;
  TextDigest digest_;
};

}  // namespace postreeve
