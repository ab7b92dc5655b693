// What a ledger says of standings and incidents, as lines: whether two ledgers tell the same story.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/ledger/incident_book.h"

namespace postreeve::lab {

struct LedgerLines {
  std::map<std::string, std::string> standings;  // by account; those that are clear are not among them
  std::map<std::string, std::string> incidents;  // by number: how it stands, what got out, its timeline
};

[[nodiscard]] Result<LedgerLines> read_ledger(const IncidentBook& incidents);

// How many there are in either ledger, and how many of them are not the same in both.
struct LedgerComparison {
  std::size_t standings = 0;
  std::size_t other_standings = 0;
  std::size_t incidents = 0;
  std::size_t other_incidents = 0;
  std::vector<std::string> differences;  // in words
};

[[nodiscard]] LedgerComparison compare(const LedgerLines& one, const LedgerLines& other);

}  // namespace postreeve::lab
