// Which account sent the message with a queue ID: what gives deliveries and scans in a
// trace their account.
#pragma once

#include <string>
#include <unordered_map>

#include "mail/event.h"

namespace postreeve {

// As many messages as a busy server has in five days of queue.
inline constexpr std::size_t kRememberedMessages = 500'000;

// Remembers at least the latest `capacity` queue IDs and at most twice as many; of a queue ID
// used again the latest use counts. Not thread-safe.
class TraceAccounts {
 public:
  explicit TraceAccounts(std::size_t capacity) : capacity_(capacity) {}

  // Takes the next event of the trace, in its order. Returns false when it belongs to no account;
  // else its account is filled in.
  [[nodiscard]] bool settle(Event& event);

 private:
  void remember(const Submission& submission);
  [[nodiscard]] bool complete(const std::string& queue_id, AccountId& account) const;

  using Accounts = std::unordered_map<std::string, AccountId>;  // an empty account: nobody's message

  std::size_t capacity_;
  Accounts recent_;
  Accounts older_;
};

}  // namespace postreeve
