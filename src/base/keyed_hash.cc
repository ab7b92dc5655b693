#include "base/keyed_hash.h"

#include <sodium/crypto_shorthash_siphash24.h>

#include <cstring>

namespace postreeve {

static_assert(crypto_shorthash_siphashx24_KEYBYTES == sizeof(HashKey));
static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(Hash128));

Hash128 keyed_hash(const HashKey& key, std::string_view text) noexcept {
  Hash128 hash;
  unsigned char out[crypto_shorthash_siphashx24_BYTES];
  crypto_shorthash_siphashx24(out, reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                              key.bytes.data());
  std::memcpy(&hash, out, sizeof hash);
  return hash;
}

}  // namespace postreeve
