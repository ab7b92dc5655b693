// An engine with accounts that have a month behind them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "bench/lives.h"
#include "engine/engine.h"
#include "engine/message.h"
#include "net/locator.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve::bench {

struct TownOptions {
  std::uint64_t accounts = 1000;
  std::uint32_t days = 30;
  std::filesystem::path geography = {};  // empty: none
  bool has_limits = false;               // three, as an operator has them
};

// Bytes of records, of all accounts.
struct RecordSizes {
  double mean = 0;
  double median = 0;
  double p95 = 0;
  double with_stranger = 0;  // share of accounts somebody unfamiliar is about
  double resident = 0;       // the process's growth an account: records, index, shared counters
};

class Town {
 public:
  explicit Town(const TownOptions& options);

  [[nodiscard]] Engine& engine() { return *engine_; }
  // When the month is over.
  [[nodiscard]] Timestamp today() const { return kMonday + std::chrono::hours{24} * days_; }
  [[nodiscard]] const RecordSizes& sizes() const { return sizes_; }

 private:
  void live(std::uint64_t first, std::uint64_t last);
  void measure(std::uint64_t accounts);

  std::uint32_t days_;
  Policy policy_;
  Locator locator_;
  HashKey key_;
  MemoryAccountStore accounts_;
  MemorySharedCounters counters_;
  std::unique_ptr<Engine> engine_;
  RecordSizes sizes_;
};

}  // namespace postreeve::bench
