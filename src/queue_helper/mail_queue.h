// A mail server's queue as the helper's verbs use it: one class a server.
//
// Nothing here asks whose mail it is: verbs.h does.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "queue_helper/queued_message.h"

namespace postreeve {

struct Wanted {
  std::optional<std::set<std::string, std::less<>>> ids;  // nullopt: all
  bool with_bounce_originals = false;                     // reads the content of what the server itself made
};

struct StoredMessage {
  QueuedMessage message;  // with all its recipients
  std::string content;    // header, empty line, body; lines end with LF
};

class MailQueue {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  MailQueue() = default;
  MailQueue(const MailQueue&) = delete;
  MailQueue& operator=(const MailQueue&) = delete;
  virtual ~MailQueue() = default;

  [[nodiscard]] virtual bool is_queue_id(std::string_view text) const = 0;

  // In the order of arrival. What the server is moving about meanwhile may be missed; files that nobody can
  // read are left out.
  [[nodiscard]] virtual Result<std::vector<QueuedMessage>> scan(const Wanted& wanted) = 0;
  // kNotFound, kLimitExceeded for more than `most_bytes`, kCorrupt.
  [[nodiscard]] virtual Result<StoredMessage> read(const std::string& queue_id, std::size_t most_bytes) = 0;

  // Each returns when the server's own programs were called; what came of it, a scan tells.
  [[nodiscard]] virtual Result<void> hold(const std::vector<QueuedMessage>& messages) = 0;
  // Out of the hold queue and under way, one after the other. Stops at the deadline.
  [[nodiscard]] virtual Result<void> release(const std::vector<QueuedMessage>& messages,
                                             Deadline deadline) = 0;
  // From the hold queue only, and nobody is told.
  [[nodiscard]] virtual Result<void> remove(const std::vector<QueuedMessage>& messages) = 0;
};

// Oldest first; those of one microsecond by their IDs. Of two with one ID the later entry stays.
void sort_by_arrival(std::vector<QueuedMessage>& messages);

}  // namespace postreeve
