// A node as `postreeve serve` puts it together, without its sockets.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "app/count_watcher.h"
#include "app/state.h"
#include "guard/clue_collector.h"
#include "guard/guard.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve::bench {

struct NodeOptions {
  std::filesystem::path folder;  // the node's own: state, spool
  std::string key_file;          // the same for all nodes
  std::string redis;             // URL; empty: records are in the node's own file
  bool in_memory = false;        // records and counters are in memory alone
  PostgresqlServer ledger;       // without a connection it is in the node's own file
};

// Any thread.
class Node {
 public:
  // Ends the program with a message when the state cannot be opened.
  Node(const NodeOptions& options, Guard::Clock clock);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  // Returns the answer when it has come.
  Action ask(Event event, Door door);
  // What a log tells.
  void note(Event event) { (void)guard_->note(std::move(event), Door::kLog); }

  // What `serve` does every second, and what it does every other second. One thread.
  void tend();
  void write_books();
  // Counts a message of each of so many accounts, then writes that. Returns the seconds of the writing.
  double write_counts(std::uint64_t first_account, std::uint64_t accounts);

  [[nodiscard]] Guard& guard() { return *guard_; }
  [[nodiscard]] std::uint64_t judged_again() const;  // another node had written the record meanwhile
  [[nodiscard]] std::uint64_t judged_alone() const;  // Redis did not answer in time
  [[nodiscard]] std::uint64_t spooled() const;       // PostgreSQL did not

 private:
  Result<void> follow(std::uint64_t version);

  Guard::Clock clock_;
  std::unique_ptr<State> state_;
  std::unique_ptr<JudgingThreads> judging_;  // null: judging waits for nobody
  MemoryAccountStore accounts_in_memory_;
  MemorySharedCounters counters_in_memory_;
  CountWatcher counts_;
  ClueCollector strangers_;
  std::unique_ptr<Guard> guard_;
};

}  // namespace postreeve::bench
