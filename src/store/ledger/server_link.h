// The ledger on PostgreSQL, and what becomes of writes while it is away. For .cc files of this folder only.
//
// Up: a group is one transaction on the server (or some, when it is large). Each begins by taking the turn of
// all nodes' writers and notes its number (ledger_node.written), so that after a commit whose answer got lost
// one can look whether it happened.
//
// Down (the connection is lost, the server is silent for its timeout, has no room, is a replica): a group
// goes into the spool, a SQLite ledger of its own, as the rows that readers want and as words
// (spooled_write). Once a second the server is looked for. When it is there, what was spooled is brought over
// in its order, some at a time: each part is one transaction that notes how far it got (ledger_node.spooled),
// so that nothing is done twice, whoever is killed in between. Then it is up again.
#pragma once

#include <soci/soci.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "socket/time_limit.h"
#include "store/ledger/database.h"
#include "store/ledger/group_transaction.h"
#include "store/ledger/write_item.h"

namespace postreeve {

class ServerLink {
 public:
  // `spool` is a ledger in a SQLite file; it outlives the link. `node` names this one in columns.
  ServerLink(const LedgerOptions& options, LedgerDatabase& spool, std::string node);
  ~ServerLink();
  ServerLink(const ServerLink&) = delete;
  ServerLink& operator=(const ServerLink&) = delete;

  // Connects, brings the tables up to date and over what is spooled. A server that is away is no error;
  // tables that a newer version made are (kCorrupt).
  [[nodiscard]] Result<void> begin();
  // Looks for the server from now on; `poke` makes the writer call commit() soon.
  void start(std::function<void()> poke);
  void stop();

  // The writer's thread.
  void commit(std::span<WriteItem> group);

  // Any thread.
  [[nodiscard]] bool is_up() const noexcept { return is_up_; }
  [[nodiscard]] bool has_duty() const noexcept { return has_duty_; }
  [[nodiscard]] bool is_settled() const noexcept;
  [[nodiscard]] LedgerHealth health() const;
  // For all who wait for the server.
  [[nodiscard]] TimeWatch& watch() const noexcept { return *watch_; }
  // A reader saw that the server is away.
  void suspect(const Error& why);

 private:
  using Session = std::unique_ptr<soci::session>;
  struct Spooled {
    std::uint64_t number = 0;
    std::uint64_t attempt = 0;
    SpooledWrite write;
  };

  [[nodiscard]] Result<Session> connect() const;
  [[nodiscard]] Result<void> prepare_tables(soci::session& session) const;
  [[nodiscard]] TimeLimit limit_of(soci::session& session, std::size_t writes = 0) const;
  void take_what_was_found();
  void commit_on_server(std::span<WriteItem> group);
  [[nodiscard]] Attempt attempt(std::span<WriteItem> group, Error& why);
  void spool_all(std::span<WriteItem> group, std::uint64_t attempt, const Error& why);
  void go_down(const Error& why);

  // False when nothing is left to be brought over.
  [[nodiscard]] Result<bool> bring_some(soci::session& session);
  [[nodiscard]] Result<std::vector<Spooled>> next_spooled() const;
  [[nodiscard]] Result<void> leave_out_what_arrived(soci::session& session, std::vector<Spooled>& rows);
  [[nodiscard]] Result<void> bring(soci::session& session, std::span<Spooled> rows);
  [[nodiscard]] Result<void> forget_spooled(std::uint64_t last);
  void be_up(Session session);

  void keep();
  void look_for_server();
  void keep_house();
  void tell(bool is_bad, const std::string& what) const;

  const PostgresqlServer server_;
  const LedgerNode who_;
  const std::function<void(bool, const std::string&)> tell_;
  LedgerDatabase& spool_;
  const std::string node_;
  // Its thread is made at the start: later there may be none to be had.
  const std::unique_ptr<TimeWatch> watch_ = std::make_unique<TimeWatch>();
  std::function<void()> poke_;

  // The writer's thread, and before it starts.
  Session session_;
  Session bringing_;           // reached, but not everything is brought over yet
  std::uint64_t written_ = 0;  // the number of the latest group that was attempted
  std::uint64_t brought_this_time_ = 0;

  std::atomic<bool> is_up_ = false;
  std::atomic<bool> has_duty_ = false;
  std::atomic<std::chrono::steady_clock::time_point> settled_{};
  std::atomic<std::uint64_t> spooled_ = 0;
  std::atomic<std::uint64_t> brought_ = 0;
  std::atomic<std::uint64_t> dropped_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string trouble_;
  Session fresh_;          // found by the keeper, for the writer
  bool is_found_ = false;  // the writer has it, or will
  bool stopping_ = false;

  Session house_;  // the keeper's own: heartbeat and duty
  unsigned turn_ = 0;
  std::thread keeper_;
};

}  // namespace postreeve
