// Two policies' reports about the same history, and where they part.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "finding/standing.h"
#include "replay/report.h"

namespace postreeve {

// What one policy did to one account.
struct AccountFate {
  Level standing = Level::kClear;      // the worst
  std::uint64_t messages_touched = 0;  // deferred, held, diverted or rejected
  std::uint64_t messages_out = 0;      // of its incidents
  std::uint64_t recipients_out = 0;

  friend bool operator==(const AccountFate&, const AccountFate&) = default;
};

struct Difference {
  std::string account;
  AccountFate a;
  AccountFate b;
};

struct Comparison {
  std::string name_a;
  std::string name_b;
  Report a;
  Report b;
  std::vector<Difference> differences;  // by account
};

[[nodiscard]] Comparison compare(std::string name_a, Report a, std::string name_b, Report b);

}  // namespace postreeve
