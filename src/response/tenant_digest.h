// When many accounts of one tenant are restricted within an hour, the tenant's contact gets one mail with the
// list instead of one each, and at most one of them an hour.
//
// The first `alone` notices of an hour go out as they are. Whoever comes after them asks for a row of the
// outbox about the campaign, unless one is under way: it is carried out when kCollect has passed, and an hour
// after the digest before. What is in it is read from the outbox then.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "response/notice_text.h"
#include "response/task.h"
#include "store/ledger/outbox.h"

namespace postreeve {

// One thread at a time.
class TenantDigest {
 public:
  static constexpr Duration kCollect = std::chrono::minutes{10};

  // `action`: the notice's name in the configuration; `alone` 0: everything goes out as it is. The ledger
  // outlives it.
  TenantDigest(LedgerDatabase& ledger, std::string action, std::uint64_t alone)
      : outbox_(ledger), action_(std::move(action)), alone_(alone) {}

  // Whether the contact learns of it by a digest, which is asked for then; the same at every attempt.
  // kUnavailable.
  [[nodiscard]] Result<bool> takes(const Task& task);

  // What a digest that is due now tells: each account as it was left last, in the order of their first
  // notices since the digest before. Requires a task that is about the campaign. kUnavailable.
  [[nodiscard]] Result<std::vector<DigestLine>> lines(const Task& digest) const;

 private:
  Outbox outbox_;
  std::string action_;
  std::uint64_t alone_;
};

}  // namespace postreeve
