// The nodes that share a ledger, as its server last heard of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/ledger/database.h"

namespace postreeve {

struct NodeRow {
  std::string id;
  std::string name;
  std::string version;
  Timestamp heartbeat{};      // by the server's clock; every five seconds while the node sees the server
  std::uint64_t spooled = 0;  // what waited in its spool then
};

// By name; none without a server. While it is away the nodes are not known: kUnavailable. Any thread.
[[nodiscard]] Result<std::vector<NodeRow>> nodes_of(const LedgerDatabase& database);

// Whether a node uses the ledger of the server right now, without becoming one: the name of the one that was
// heard of last. Nothing is made there. kUnavailable when the server is away.
[[nodiscard]] Result<std::optional<std::string>> who_serves(const PostgresqlServer& server);

}  // namespace postreeve
