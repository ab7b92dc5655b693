// Redis for callers that may block: a single server or a cluster, found out by asking.
//
// Every call ends within the time limit, whatever the network does, but for a host that is given by name: the
// system looks that up in its own time (redis_connection.h). Commands of one call that go to the same
// server are one pipeline, and all servers are asked before one is waited for. In a cluster slots are
// followed: MOVED and ASK, nodes that come and go. Nothing is ever sent again, so nothing is carried out
// twice.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "redis/redis_address.h"
#include "redis/redis_node.h"
#include "redis/resp.h"

namespace postreeve {

struct RedisOptions {
  RedisAddress address = {};
  std::string password = {};                  // empty: none
  std::string ca_file = {};                   // of TLS; empty: what the system trusts
  std::chrono::milliseconds time_limit{250};  // of a call, from its beginning to its last reply
};

// One command about one key.
class RedisCommand {
 public:
  RedisCommand(std::string_view key, std::initializer_list<std::string_view> parts)
      : slot_(cluster_slot_of(key)) {
    append_command(wire_, parts);
  }
  RedisCommand(std::string_view key, const std::vector<std::string_view>& parts)
      : slot_(cluster_slot_of(key)) {
    append_command(wire_, parts);
  }

  [[nodiscard]] std::uint16_t slot() const noexcept { return slot_; }
  [[nodiscard]] const std::string& wire() const noexcept { return wire_; }

 private:
  std::uint16_t slot_;
  std::string wire_;
};

// A script that the server keeps; sent whole when it does not know it (yet, or any more).
class RedisScript {
 public:
  explicit RedisScript(std::string_view source);

  [[nodiscard]] const std::string& source() const noexcept { return source_; }
  [[nodiscard]] const std::string& digest() const noexcept { return digest_; }

 private:
  std::string source_;
  std::string digest_;  // SHA-1 in hexadecimal
};

// Any thread.
class RedisClient {
 public:
  // Talks to nobody yet. kInvalidInput: the certificates cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<RedisClient>> make(RedisOptions options);
  ~RedisClient();

  // A reply, never an error reply: these are kInvalidInput with Redis's own words, or kUnavailable when
  // another attempt later may succeed (loading, failing over, out of memory, not let in).
  [[nodiscard]] Result<RespValue> ask(const RedisCommand& command);
  [[nodiscard]] std::vector<Result<RespValue>> ask_all(std::span<const RedisCommand> commands);
  // The same of a client that is barred.
  [[nodiscard]] std::vector<Result<RespValue>> ask_all_the_same(std::span<const RedisCommand> commands);
  // All keys must have one hash tag.
  [[nodiscard]] Result<RespValue> run(const RedisScript& script, std::span<const std::string_view> keys,
                                      std::span<const std::string_view> arguments);

  // Every key that matches `pattern` (SCAN), some hundreds at a time, of all servers that have slots; ends
  // with the first error. A key may come twice; those that are made or removed meanwhile may be missed.
  using OnKeys = std::function<Result<void>(std::vector<std::string>& keys)>;
  [[nodiscard]] Result<void> each_key(std::string_view pattern, const OnKeys& on_keys);

  // Asks every server that has slots whether it is there and takes writes (of a key that goes away), and a
  // cluster for what has changed when one does not; so health() is true without other questions. Of a client
  // that is barred nothing is written. Call every second or so.
  void look_around();

  // Whether the server of that key took what was written last, as far as is known: one that answers may be
  // full, loading or a replica by now, and what can be read there is then older than what is known here.
  [[nodiscard]] bool takes_writes(std::string_view key) const;

  // From now on every question is answered with kUnavailable and `why`; empty: no more.
  void bar(std::string why);

  struct Health {
    // Every server that has slots answered the latest question and takes writes, and it is not barred.
    bool is_up = false;
    bool is_cluster = false;
    std::size_t nodes = 0;   // servers that have slots
    std::size_t away = 0;    // those of them that do not answer or take no writes
    std::string last_fault;  // empty: none yet
    std::string barred;      // why; empty: it is not
    std::uint64_t faults = 0;
    std::uint64_t connects = 0;
    std::uint64_t redirections = 0;
    // How often a server was gone, if only for a moment, or another one got its slots: what was written
    // last may be forgotten.
    std::uint64_t breaks = 0;
  };
  [[nodiscard]] Health health() const;

 private:
  using Node = std::shared_ptr<RedisNode>;
  struct Call;

  RedisClient(RedisOptions options, TlsContext tls);
  [[nodiscard]] Node node_of(std::uint16_t slot) const;
  [[nodiscard]] Node node_named(const RedisNodeName& name);
  [[nodiscard]] Result<void> know_slots(Deadline until);
  [[nodiscard]] Result<void> learn_slots(Node node, Deadline until);
  void adopt(const std::vector<SlotRange>& ranges);
  [[nodiscard]] std::vector<Node> nodes_with_slots() const;
  void learn_anew(Deadline until);
  [[nodiscard]] bool is_as_it_should_be(const Node& node);
  [[nodiscard]] std::string key_on(const Node& node) const;
  [[nodiscard]] Result<void> each_key_on(RedisNode& node, std::string_view pattern, const OnKeys& on_keys);
  void ask_pending(Call& call);
  void take_answers(Call& call, const Node& node, const std::vector<std::size_t>& numbers,
                    Result<std::vector<RespValue>> answers);
  void take_answer(Call& call, const Node& node, std::size_t number, RespValue answer);
  [[nodiscard]] Result<RespValue> ask_there(const RedisNodeName& name, const RedisCommand& command,
                                            Deadline until);

  const RedisOptions options_;
  const RedisLogin login_;
  std::mutex learning_mutex_;
  Deadline learned_{};  // under learning_mutex_: when slots were last asked for
  mutable std::mutex mutex_;
  std::vector<Node> nodes_;                                   // under mutex_, as all below
  std::array<std::uint16_t, kClusterSlots> owner_of_slot_{};  // place in nodes_
  bool is_known_ = false;
  std::string barred_;
  std::atomic<bool> is_barred_{false};
  std::atomic<bool> is_cluster_{false};
  std::atomic<std::uint64_t> redirections_{0};
  std::atomic<std::uint64_t> moves_{0};  // of slots that had an owner before
};

}  // namespace postreeve
