// parse_header_mailbox over any bytes: bounded, and the name shown to people is clean.
#include <cstdint>
#include <cstdlib>

#include "mail/address.h"
#include "mail/encoded_word.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  const postreeve::HeaderMailbox mailbox = postreeve::parse_header_mailbox(header);
  require(mailbox.display_name.size() <= 3 * size);
  require(mailbox.address.size() <= size);
  for (char c : mailbox.display_name) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  // Valid UTF-8 is not replaced, so decoding again never makes it longer.
  require(postreeve::decode_header_text(mailbox.display_name).size() <= mailbox.display_name.size());
  return 0;
}
