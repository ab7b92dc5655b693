// A write that waits for the ledger. For .cc files of this folder only.
#pragma once

#include <soci/soci.h>

#include <optional>

#include "base/result.h"
#include "store/ledger/database.h"

namespace postreeve {

struct WriteItem {
  LedgerDatabase::Work work;
  std::optional<SpooledWrite> spooled;  // how it is kept while the server is away
  LedgerDatabase::Committed done;
  Result<void> outcome;
};

}  // namespace postreeve
