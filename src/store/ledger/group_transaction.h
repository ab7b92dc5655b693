// A group of writes as one transaction, each a savepoint. For .cc files of this folder only.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <functional>
#include <span>

#include "base/result.h"
#include "store/ledger/write_item.h"

namespace postreeve {

enum class Attempt : std::uint8_t {
  kDecided,        // every item has its outcome
  kUndone,         // the transaction as a whole failed
  kNoTransaction,  // none could be begun
  kServerTrouble,  // nothing was committed, and trying again now is no use
  kUnknown,        // the server fell silent at the commit: it may have happened
};

struct GroupTransaction {
  const char* begin = "BEGIN";
  // What else belongs into the transaction; may throw.
  std::function<void(soci::session&)> before = {};
  std::function<void(soci::session&)> after = {};
};

// Carries out the items. Of all but kDecided their outcomes say nothing yet; `why` tells of the others.
[[nodiscard]] Attempt attempt_group(soci::session& session, const GroupTransaction& transaction,
                                    std::span<WriteItem> group, Error& why);

}  // namespace postreeve
