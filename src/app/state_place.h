// Where a configuration keeps what lasts.
#pragma once

#include <string>

#include "app/serving.h"
#include "store/ledger/database.h"

namespace postreeve {

struct StatePlace {
  std::string records;  // and shared counters: a file or a URL
  std::string ledger;   // a file or a connection

  friend bool operator==(const StatePlace&, const StatePlace&) = default;
};
// Paths without detours, so that two configurations that mean the same file say so.
[[nodiscard]] StatePlace place_of(const Serving& serving);

// Of this machine; "unknown" when it has none.
[[nodiscard]] std::string host_name();
// The file of the key, whether it is there or not.
[[nodiscard]] std::string key_file_of(const Serving& serving);
// In the state's file, or on a server with the spool beside the file.
[[nodiscard]] LedgerOptions ledger_options(const Serving& serving);

}  // namespace postreeve
