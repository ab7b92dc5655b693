// Several nodes on one Redis and one PostgreSQL beside the engine at the door: do they judge as one?
//
// Each step (a recipient, a message, a login, ...) goes to a node picked at random, and to one node that has
// databases for itself; what the two say is compared, and in the end what their ledgers say. The world lives
// on with the door's answer, so that all have seen the same steps whatever they say. The door itself is in
// memory and without a ledger, and estimates by another sketch than Redis's how many accounts failed from a
// network: what it says otherwise is counted by itself.
//
// Limits: steps come one after the other, so nothing is in flight at two nodes at once. What expires in Redis
// does so by the clock on the wall, and here months pass in minutes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/temporary_folder.h"
#include "engine/message.h"
#include "lab/random.h"
#include "lab/score/ledger_lines.h"
#include "lab/score/node_group.h"
#include "lab/sink.h"
#include "lab/world.h"

namespace postreeve::lab {

// Steps whose verdicts were compared.
struct Comparison {
  std::uint64_t steps = 0;
  std::uint64_t other_action = 0;
  std::uint64_t other_standing = 0;  // level, scope, incident, begin or end
  float most_risk = 0;               // the largest difference in nats

  void add(const Comparison& other);
};

class Nodes final : public StepWatcher {
 public:
  // Empty ones, of which nobody takes anything away afterwards.
  struct Servers {
    std::string redis;       // URL of a single server, of which databases 0 and 1 are used
    std::string postgresql;  // connection to a database, in which two schemas are made
  };

  // Policy and locator outlive them. kConflict: the servers are in use, kUnavailable: one is not there.
  [[nodiscard]] static Result<std::unique_ptr<Nodes>> open(const Policy& policy, const Locator& locator,
                                                           std::size_t count, const Servers& servers);
  ~Nodes() override;

  // Whose the next steps are.
  void expect(Doer doer) { attack_ = doer.attack; }
  void saw(const Event& step, const Observation& said) override;

  // What owners did.
  [[nodiscard]] const Comparison& honest() const { return honest_; }
  // By the number of the take-over; those at the end that did nothing may be missing.
  [[nodiscard]] const std::vector<Comparison>& attacks() const { return attacks_; }
  // What the one node said otherwise than the door in memory.
  [[nodiscard]] const Comparison& beside_memory() const { return beside_memory_; }
  // As they are now.
  [[nodiscard]] Result<LedgerComparison> ledgers() const;
  [[nodiscard]] std::size_t size() const { return nodes_->size(); }
  // See NodeGroup; of all of them.
  [[nodiscard]] std::uint64_t judged_again() const { return nodes_->judged_again(); }
  [[nodiscard]] std::uint64_t judged_alone() const;
  [[nodiscard]] std::uint64_t faults() const;

 private:
  Nodes();

  TemporaryFolder folder_{"lab"};  // of spools
  std::unique_ptr<NodeGroup> nodes_;
  std::unique_ptr<NodeGroup> alone_;
  Random random_{6};
  std::int32_t attack_ = -1;
  Comparison beside_memory_;
  Comparison honest_;
  std::vector<Comparison> attacks_;
};

// The comparison by family.
[[nodiscard]] std::string nodes_text(World& world, const Nodes& nodes);

}  // namespace postreeve::lab
