// Compare and set: a value in Redis that many nodes change, each starting from what it saw last.
//
// A value begins with a mark of 8 bytes that no other writing has. Whoever writes says which mark he saw;
// when the value has another one by now he is answered with it, and starts again from there. Marks are not
// numbers that count up: a Redis that failed over may have lost the latest writings, and a number would be
// given twice.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "redis/redis_client.h"

namespace postreeve {

inline constexpr std::size_t kMarkBytes = 8;

// The mark of what Redis has; all of it when that is shorter. Empty: there is nothing.
[[nodiscard]] inline std::string_view mark_of(std::string_view value) {
  return value.substr(0, kMarkBytes);
}
[[nodiscard]] inline std::string_view content_of(std::string_view value) {
  return value.size() < kMarkBytes ? std::string_view() : value.substr(kMarkBytes);
}

class MarkedValues {
 public:
  // `lifetime`: after the latest writing; 0: for ever. The client must outlive it.
  explicit MarkedValues(RedisClient& client, std::chrono::seconds lifetime = {});

  // A new mark, different from all others anywhere.
  [[nodiscard]] std::string new_mark();

  // The value with its mark; nullopt when there is none. kUnavailable.
  [[nodiscard]] Result<std::optional<std::string>> load(const std::string& key);

  struct Stored {
    bool is_written = false;
    std::optional<std::string> newer;  // when it was not written; nullopt: there is nothing by now
  };
  // Writes `value`, which begins with a new mark, if the mark in Redis is `seen` (empty: nothing is there).
  // One round trip. kUnavailable: it is not known whether it was written.
  [[nodiscard]] Result<Stored> store(const std::string& key, std::string_view seen, std::string_view value);

 private:
  RedisClient& client_;
  const std::string lifetime_;
  std::atomic<std::uint64_t> marks_;
  const std::uint64_t salt_;
};

}  // namespace postreeve
