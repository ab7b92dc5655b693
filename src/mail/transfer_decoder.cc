#include "mail/transfer_decoder.h"

#include <array>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr std::uint8_t kNoDigit = 64;

constexpr std::array<std::uint8_t, 256> base64_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  std::uint8_t value = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) {
    digits[static_cast<unsigned char>(c)] = value++;
  }
  return digits;
}
constexpr std::array<std::uint8_t, 256> kDigits = base64_digits();

}  // namespace

TransferEncoding transfer_encoding_from_text(std::string_view text) noexcept {
  text = trim(text);
  if (equals_ignoring_case(text, "base64")) return TransferEncoding::kBase64;
  if (equals_ignoring_case(text, "quoted-printable")) return TransferEncoding::kQuotedPrintable;
  return TransferEncoding::kIdentity;
}

void TransferDecoder::decode(std::string_view piece, std::string& out) {
  switch (encoding_) {
    case TransferEncoding::kIdentity:
      out.append(piece);
      break;
    case TransferEncoding::kBase64:
      decode_base64(piece, out);
      break;
    case TransferEncoding::kQuotedPrintable:
      decode_quoted_printable(piece, out);
      break;
  }
}

void TransferDecoder::decode_base64(std::string_view piece, std::string& out) {
  for (const char c : piece) {
    const std::uint8_t digit = kDigits[static_cast<unsigned char>(c)];
    if (digit != kNoDigit) {
      bits_ = bits_ << 6 | digit;
      if (++digits_ < 4) continue;
      out.push_back(static_cast<char>(bits_ >> 16 & 0xff));
      out.push_back(static_cast<char>(bits_ >> 8 & 0xff));
      out.push_back(static_cast<char>(bits_ & 0xff));
      digits_ = 0;
      bits_ = 0;
    } else if (c == '=') {
      finish(out);  // a group of its own may follow: concatenated base64
    }
  }
}

void TransferDecoder::decode_quoted_printable(std::string_view piece, std::string& out) {
  for (const char c : piece) {
    if (kept_.empty()) {
      if (c == '=') {
        kept_.push_back(c);
      } else {
        out.push_back(c);
      }
      continue;
    }
    if (c == '\n' && (kept_.size() == 1 || kept_[1] == '\r')) {
      kept_.clear();  // RFC 2045 6.7 (5): a soft line break
      continue;
    }
    const bool is_second = kept_.size() == 2;
    if (is_second && hex_value(kept_[1]) >= 0 && hex_value(c) >= 0) {
      out.push_back(static_cast<char>(hex_value(kept_[1]) << 4 | hex_value(c)));
      kept_.clear();
      continue;
    }
    if (!is_second && (hex_value(c) >= 0 || c == '\r')) {
      kept_.push_back(c);
      continue;
    }
    out.append(kept_);
    kept_.clear();
    if (c == '=') {
      kept_.push_back(c);
    } else {
      out.push_back(c);
    }
  }
}

void TransferDecoder::finish(std::string& out) {
  if (digits_ >= 2) {
    const std::uint32_t bits = bits_ << 6 * (4 - digits_);
    out.push_back(static_cast<char>(bits >> 16 & 0xff));
    if (digits_ == 3) out.push_back(static_cast<char>(bits >> 8 & 0xff));
  }
  digits_ = 0;
  bits_ = 0;
  if (kept_ != "=") out.append(kept_);
  kept_.clear();
}

}  // namespace postreeve
