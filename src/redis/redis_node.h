// One Redis server: its connections, and whether it answers.
//
// Callers block, each on a connection of its own: as many are open as ever talked at the same time. A server
// that failed is left alone for a while, longer and longer: meanwhile everybody is told at once that it is
// down, and one caller at a time finds out whether it is back.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "redis/redis_connection.h"

namespace postreeve {

// Any thread.
class RedisNode {
 public:
  RedisNode(RedisNodeName name, RedisLogin login) : name_(std::move(name)), login_(std::move(login)) {}

  [[nodiscard]] const RedisNodeName& name() const noexcept { return name_; }

  // Writes a pipeline and reads its replies, in order; error replies are replies. Connections that were
  // closed while they were idle are replaced; nothing is ever sent twice. kUnavailable, with the server's
  // name: what was carried out is not known.
  [[nodiscard]] Result<std::vector<RespValue>> ask(std::string_view pipeline, std::size_t replies,
                                                   Deadline until);

  using Connection = std::unique_ptr<RedisConnection>;
  // A pipeline that was written and is not answered yet.
  struct Asked {
    Connection connection;
    bool was_idle = false;
    bool is_probe = false;
  };
  // The two halves of ask(), for whoever asks several servers at once: one that hangs takes no time from the
  // others. When no time is left nothing is sent, and nothing is held against the server.
  [[nodiscard]] Result<Asked> send(std::string_view pipeline, Deadline until);
  [[nodiscard]] Result<std::vector<RespValue>> receive(Asked asked, std::size_t replies, Deadline until);

  // What it answers to whoever writes, when that is an error for now; empty: it takes writes.
  void note_refusal(std::string_view error);
  [[nodiscard]] bool takes_writes() const noexcept { return takes_writes_; }

  struct Health {
    bool is_up = true;       // as far as is known
    std::string refusal;     // as note_refusal() had it last
    std::string last_fault;  // empty: none yet
    std::uint64_t faults = 0;
    std::uint64_t connects = 0;
    // How often it went away, or closed all connections: it may have forgotten what was written last.
    std::uint64_t breaks = 0;
  };
  [[nodiscard]] Health health() const;

 private:
  // Whether this caller is the one who finds out if the server is back.
  [[nodiscard]] Result<bool> admit(Deadline until);
  // One that the server has not closed; null: none is left.
  [[nodiscard]] Connection take_idle();
  void put_back(Connection connection);
  [[nodiscard]] Result<Connection> connect(Deadline until);
  Error note_failure(const Asked& asked, const Error& error);
  Error note_fault(const Error& error, bool is_probe);
  [[nodiscard]] Error with_name(const Error& error) const;

  const RedisNodeName name_;
  const RedisLogin login_;
  mutable std::mutex mutex_;
  std::vector<Connection> idle_;
  Deadline closed_until_{};
  std::chrono::milliseconds back_off_{0};  // 0: it is up
  std::atomic<bool> takes_writes_{true};
  Health health_;
};

}  // namespace postreeve
