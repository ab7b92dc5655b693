// Undoes a part's Content-Transfer-Encoding (RFC 2045 6) piece by piece.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postreeve {

enum class TransferEncoding : std::uint8_t { kIdentity, kBase64, kQuotedPrintable };
// kIdentity for "7bit", "8bit", "binary" and anything unknown.
[[nodiscard]] TransferEncoding transfer_encoding_from_text(std::string_view text) noexcept;

// Total: whatever is no part of the encoding is skipped (base64) or kept as it is (quoted-printable), as mail
// programs do.
class TransferDecoder {
 public:
  TransferDecoder() = default;
  explicit TransferDecoder(TransferEncoding encoding) noexcept : encoding_(encoding) {}

  // Appends what `piece` decodes to: at most its own size plus two bytes kept from the piece before.
  void decode(std::string_view piece, std::string& out);
  // Appends what was kept in the hope of more.
  void finish(std::string& out);

 private:
  void decode_base64(std::string_view piece, std::string& out);
  void decode_quoted_printable(std::string_view piece, std::string& out);

  TransferEncoding encoding_ = TransferEncoding::kIdentity;
  std::uint32_t bits_ = 0;  // base64: those of the digits of an open group
  unsigned digits_ = 0;     // base64: in the open group, 0 to 3
  std::string kept_;        // quoted-printable: "=", "=A" or "=\r"
};

}  // namespace postreeve
