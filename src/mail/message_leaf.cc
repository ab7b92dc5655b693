#include "mail/message_leaf.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/printable.h"
#include "mail/encoded_word.h"

namespace postreeve {
namespace {

constexpr std::size_t kFlushBytes = 4096;

std::string name_of(const PartHeader& header) {
  std::string name = header.disposition.parameter("filename");
  if (name.empty()) name = header.type.parameter("name");
  // Programs write encoded-words into parameters, which RFC 2047 5 forbids.
  name = printable(decode_header_text(name));
  std::size_t end = std::min(name.size(), kMostNameBytes);
  while (end < name.size() && end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  name.resize(end);  // never inside a character
  return name;
}

bool ends_like_html(std::string_view name) {
  const std::string lower = to_lower(name.substr(name.size() - std::min<std::size_t>(name.size(), 6)));
  for (const std::string_view end : {".htm", ".html", ".xhtml", ".svg"}) {
    if (lower.ends_with(end)) return true;
  }
  return false;
}

}  // namespace

std::string PartHeader::media_type() const {
  const std::string& value = type.value();
  if (value.find('/') == std::string::npos) return "text/plain";
  return value.substr(0, kMostNameBytes);
}

void LeafReader::begin(const PartHeader& header) {
  const std::string media_type = header.media_type();
  std::string name = name_of(header);
  const bool is_text = media_type.starts_with("text/");
  const bool is_html = media_type == "text/html";
  is_open_ = true;
  is_attachment_ = !is_text || header.disposition.value() == "attachment" || !name.empty();
  has_words_ = !is_attachment_;
  has_links_ = is_text || ends_like_html(name);
  decoder_ = TransferDecoder(header.encoding);
  decoded_.clear();
  if (has_words_) {
    content_.has_html |= is_html;
    content_.has_text |= !is_html;
    digest_.begin_text(is_html);
  }
  if (!is_attachment_) return;
  attachment_ = {};
  attachment_.media_type = media_type;
  attachment_.name = std::move(name);
  attachment_.is_inline = header.disposition.value() == "inline";
  crypto_hash_sha256_init(&hash_);
}

void LeafReader::add(std::string_view encoded) {
  decoder_.decode(encoded, decoded_);
  if (decoded_.size() >= kFlushBytes) flush();
}

void LeafReader::end() {
  if (!is_open_) return;
  decoder_.finish(decoded_);
  flush();
  is_open_ = false;
  if (has_links_) urls_.end_text();
  if (has_words_) digest_.end_text();
  if (!is_attachment_) return;
  ++content_.attachment_count;
  if (content_.attachments.size() >= kMostAttachments) return;
  crypto_hash_sha256_final(&hash_, attachment_.sha256.data());
  content_.attachments.push_back(std::move(attachment_));
}

void LeafReader::flush() {
  if (is_attachment_) {
    attachment_.size += decoded_.size();
    if (content_.attachments.size() < kMostAttachments) {
      crypto_hash_sha256_update(&hash_, reinterpret_cast<const unsigned char*>(decoded_.data()),
                                decoded_.size());
    }
  }
  if (has_links_) {
    const std::string_view text = std::string_view(decoded_).substr(0, text_left_);
    if (text.size() < decoded_.size()) content_.is_cut = true;
    text_left_ -= text.size();
    urls_.add(text);
    if (has_words_) digest_.add(text);
  }
  decoded_.clear();
}

void LeafReader::finish() {
  content_.urls = urls_.count();
  content_.url_hosts = urls_.take_hosts();
  content_.words = digest_.words();
  content_.text_digest = digest_.finish();
}

}  // namespace postreeve
