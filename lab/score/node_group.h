// Nodes on one Redis and one PostgreSQL, each a guard as `postreeve serve` has it, without sockets.
//
// One step after the other: when judge() returns, what the step changed is in the ledger and all nodes have
// taken it over, as `serve` takes over what others changed. What `serve` does every second is done in those
// seconds in which there is a step; standings that end are looked at by the first node, which has the duty,
// just before their end and just after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "finding/standing.h"
#include "finding/verdict.h"
#include "judge/policy.h"
#include "lab/score/ledger_lines.h"
#include "mail/event.h"
#include "net/locator.h"
#include "store/ledger/postgresql_session.h"

namespace postreeve::lab {

// What a step came to.
struct Seen {
  Action action = Action::kAccept;
  Standing standing;
  float risk = 0;  // 0 of a judgement that settled an incident
};

class NodeGroup {
 public:
  // Where nodes keep what they share; each place is the group's own.
  struct Places {
    std::string redis;  // URL of a single server
    int redis_database = 0;
    PostgresqlServer ledger;
    std::filesystem::path folder;  // of spools; is there
  };

  // Policy and locator outlive them. kConflict: the Redis database is not empty, kUnavailable: a server is
  // not there.
  [[nodiscard]] static Result<std::unique_ptr<NodeGroup>> open(const Policy& policy, const Locator& locator,
                                                               std::size_t count, const Places& places);
  ~NodeGroup();
  NodeGroup(const NodeGroup&) = delete;
  NodeGroup& operator=(const NodeGroup&) = delete;

  // By the node of this number, at the step's own time.
  Seen judge(const Event& step, std::size_t number);

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] Result<LedgerLines> ledger() const;
  // Steps that were judged again, since another node had written the record; and without Redis.
  [[nodiscard]] std::uint64_t judged_again() const;
  [[nodiscard]] std::uint64_t judged_alone() const;
  // What went wrong: a step that could not be judged, a question that the ledger did not answer, a write that
  // it did not take at once.
  [[nodiscard]] std::uint64_t faults() const;

 private:
  struct Node;
  NodeGroup() = default;
  void pass(Timestamp now);
  void refresh();
  void follow();
  void tend(bool is_to_look);

  std::vector<std::unique_ptr<Node>> nodes_;
  Timestamp now_{};
  Timestamp tended_{};
  Timestamp refreshed_{};
  std::set<Timestamp> looks_;  // when to look at standings that end
  std::uint64_t version_ = 0;  // of the latest standing that nodes have taken over
  std::uint64_t unanswered_ = 0;
};

}  // namespace postreeve::lab
