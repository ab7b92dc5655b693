// The secret key of the hashes that stand for names in learned state.
#pragma once

#include <string>

#include "base/keyed_hash.h"
#include "base/result.h"

namespace postreeve {

// Reads the file's 32 bytes of secret, or makes it (mode 0600) with new ones; the key is derived from them
// with BLAKE2b. kCorrupt when the file is no key, kUnavailable when the system says no or others may read it.
// Without its key a state is of no use: back both up.
[[nodiscard]] Result<HashKey> load_or_make_key(const std::string& file);
// The same of a key that must be there: kNotFound.
[[nodiscard]] Result<HashKey> load_key(const std::string& file);
// The same secret in a new file (mode 0600). kUnavailable when the file is there, or the system says no.
[[nodiscard]] Result<void> copy_key(const std::string& from, const std::string& to);

}  // namespace postreeve
