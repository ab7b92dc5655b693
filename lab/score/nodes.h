// Several nodes on one Redis beside the engine at the door: do they judge as one?
//
// Each step (a recipient, a message, a login, ...) goes to a node picked at random, and to one node that has
// a database for itself; what the two say is compared. The world lives on with the door's answer, so that all
// have seen the same steps whatever they say. The door itself is in memory, where how many accounts failed
// from a network is estimated by another sketch than Redis's: that difference is counted by itself.
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
#include "engine/message.h"
#include "lab/random.h"
#include "lab/sink.h"
#include "lab/world.h"

namespace postreeve::lab {

// Steps whose verdicts were compared.
struct Comparison {
  std::uint64_t steps = 0;
  std::uint64_t other_action = 0;
  std::uint64_t other_level = 0;  // of the standing
  float most_risk = 0;            // the largest difference in nats

  void add(const Comparison& other);
};

class Nodes final : public StepWatcher {
 public:
  // Policy and locator outlive them. `redis`: a single server, of which databases 0 and 1 are used.
  // kConflict: they are not empty, kUnavailable: it is not there.
  [[nodiscard]] static Result<std::unique_ptr<Nodes>> open(const Policy& policy, const Locator& locator,
                                                           std::size_t count, const std::string& redis);
  ~Nodes() override;

  // Whose the next steps are.
  void expect(Doer doer) { attack_ = doer.attack; }
  void saw(const Event& step, const Observation& said) override;

  // What owners did.
  [[nodiscard]] const Comparison& honest() const { return honest_; }
  // By the number of the take-over; those at the end that did nothing may be missing.
  [[nodiscard]] const std::vector<Comparison>& attacks() const { return attacks_; }
  // What the one node on Redis said otherwise than the door in memory.
  [[nodiscard]] const Comparison& beside_memory() const { return beside_memory_; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  // Steps that were judged again, since another node had written the record; and without Redis.
  [[nodiscard]] std::uint64_t judged_again() const;
  [[nodiscard]] std::uint64_t judged_alone() const;

 private:
  struct Node;
  Nodes();
  void refresh(Timestamp now);

  std::vector<std::unique_ptr<Node>> nodes_;
  std::unique_ptr<Node> alone_;
  Random random_{6};
  std::int32_t attack_ = -1;
  Timestamp refreshed_{};
  bool has_changed_ = false;  // a standing, since nodes refreshed
  Observation expected_;
  Observation got_;
  Comparison beside_memory_;
  Comparison honest_;
  std::vector<Comparison> attacks_;
};

// The comparison by family.
[[nodiscard]] std::string nodes_text(World& world, const Nodes& nodes);

}  // namespace postreeve::lab
