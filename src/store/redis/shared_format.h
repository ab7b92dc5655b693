// Which record format the nodes on one Redis write: the lowest that all of them know.
//
// While machines are brought to a new version one after the other, the newer ones write what the older ones
// read. Each says every second which format is the newest that it knows (a key that goes away after ten
// seconds); when no older one has been heard of for ten seconds more, the new format is written, record by
// record as accounts are seen.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "base/result.h"
#include "redis/redis_client.h"

namespace postreeve {

// Any thread.
class SharedFormat {
 public:
  // `newest` is what this node knows.
  explicit SharedFormat(std::uint8_t newest);

  // Says what this node knows, and asks what the others do; call every second. One question.
  [[nodiscard]] Result<void> look(RedisClient& client);

  // What is written for now: at first the oldest.
  [[nodiscard]] std::uint8_t written() const noexcept { return written_; }
  [[nodiscard]] std::uint8_t newest() const noexcept { return newest_; }

 private:
  const std::uint8_t newest_;
  std::atomic<std::uint8_t> written_;
  std::mutex mutex_;
  // In a row, that found only nodes which know a newer format than written_; and the oldest of these.
  int looks_without_older_ = 0;
  std::uint8_t oldest_heard_;
};

}  // namespace postreeve
