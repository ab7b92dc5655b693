// Learns what other nodes change: at once by notification, within a second if one gets lost. For .cc files of
// this folder only.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "store/ledger/database.h"
#include "store/ledger/server_link.h"

namespace postreeve {

// While the server is there it also keeps the spool's copy of standings, lists, policies, tokens and the mode
// as they are there: what a node goes on with when it is not. What is deleted there is deleted here.
class ChangeFollower {
 public:
  ChangeFollower(const PostgresqlServer& server, const ServerLink& link, LedgerDatabase& spool,
                 LedgerFollowing following);
  ~ChangeFollower();
  ChangeFollower(const ChangeFollower&) = delete;
  ChangeFollower& operator=(const ChangeFollower&) = delete;

 private:
  struct Seen {
    std::uint64_t standings = 0;
    std::uint64_t rules = ~std::uint64_t{0};  // looked at once in any case, as below
    std::uint64_t forgotten = ~std::uint64_t{0};
  };

  void run(const std::stop_token& stopped);
  [[nodiscard]] Result<void> listen();
  [[nodiscard]] Result<void> look();
  [[nodiscard]] Result<Seen> numbers();
  [[nodiscard]] Result<void> follow_standings(std::uint64_t now);
  [[nodiscard]] Result<void> follow_rules(std::uint64_t now);
  [[nodiscard]] Result<void> follow_forgetting(std::uint64_t now);
  void wait(const std::stop_token& stopped);
  // "SELECT ... FROM table" of the columns that the spool's table has: a newer node may have added others.
  [[nodiscard]] std::string all_known_of(const std::string& table) const;

  const PostgresqlServer server_;
  const ServerLink& link_;
  LedgerDatabase& spool_;
  const LedgerFollowing following_;
  Seen seen_;
  std::unique_ptr<soci::session> session_;
  int wake_;  // an eventfd
  std::jthread thread_;
};

}  // namespace postreeve
