// Redis Cluster: which of the 16,384 slots a key belongs to, and which node has a slot.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "redis/resp.h"

namespace postreeve {

inline constexpr std::uint16_t kClusterSlots = 16'384;

// CRC16 (XMODEM) of the key, or of what its first non-empty pair of braces encloses.
[[nodiscard]] std::uint16_t cluster_slot_of(std::string_view key) noexcept;

struct RedisNodeName {
  std::string host;  // a name or an IP address without brackets
  std::uint16_t port = 0;

  friend bool operator==(const RedisNodeName&, const RedisNodeName&) = default;
};

// Slots from `first` to `last` are the node's.
struct SlotRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  RedisNodeName master;
};

// Reads the answer to CLUSTER SLOTS; a node without a host is the one that answers, `asked`.
[[nodiscard]] Result<std::vector<SlotRange>> read_cluster_slots(const RespValue& answer,
                                                                const RedisNodeName& asked);

// "MOVED 3999 127.0.0.1:6381" and "ASK 3999 [::1]:6381"; a node without a host is `asked`.
struct Redirection {
  enum class Kind : std::uint8_t { kNone, kMoved, kAsk };
  Kind kind = Kind::kNone;
  std::uint16_t slot = 0;
  RedisNodeName node;
};
[[nodiscard]] Redirection read_redirection(std::string_view error, const RedisNodeName& asked);

}  // namespace postreeve
