// What Postfix would ask a policy service while accounts live as in lives.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "bench/lives.h"

namespace postreeve::bench {

// One message: a request for each recipient, then DATA, then END-OF-MESSAGE.
struct Transaction {
  Timestamp time{};
  std::vector<std::string> requests;
};

// The messages of some accounts, day by day.
class Traffic {
 public:
  explicit Traffic(std::uint64_t accounts);

  // In the order of time.
  [[nodiscard]] std::vector<Transaction> next_day();

 private:
  std::vector<Life> lives_;
  std::uint32_t day_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace postreeve::bench
