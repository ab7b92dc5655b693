// Which account sent the message with a queue ID: what gives deliveries, scans and complaints
// in a trace their account.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mail/event.h"

namespace postreeve {

// As many messages as a busy server has in its queue.
inline constexpr std::size_t kRememberedMessages = 500'000;

// Remembers at least the latest `capacity` queue IDs and at most twice as many; of a queue ID
// used again the latest use counts. Queue IDs are kept as 64-bit hashes. Not thread-safe.
class TraceAccounts {
 public:
  explicit TraceAccounts(std::size_t capacity) : capacity_(capacity) {}

  // Takes the next event of the trace, in its order. Returns false when it belongs to no account;
  // else its account is filled in.
  [[nodiscard]] bool settle(Event& event);

 private:
  // What was remembered in one span of time, forgotten as a whole.
  class Generation {
   public:
    void put(std::uint64_t queue_id, const AccountId& account);
    // nullptr when the queue ID is not remembered.
    [[nodiscard]] const AccountId* find(std::uint64_t queue_id) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return used_; }

   private:
    struct Slot {
      std::uint64_t queue_id = 0;
      std::uint32_t account = 0;  // 1 + its place in accounts_; 0: the slot is free
    };
    [[nodiscard]] std::size_t place_of(std::uint64_t queue_id) const noexcept;
    [[nodiscard]] std::uint32_t number_of(const AccountId& account);
    void grow();

    std::vector<Slot> slots_;  // open addressing, a power of two, at most half full
    std::size_t used_ = 0;
    std::vector<AccountId> accounts_;  // an empty one: nobody's message
    std::unordered_map<AccountId, std::uint32_t> numbers_;
  };

  void remember(const Submission& submission);
  [[nodiscard]] bool complete(std::string_view queue_id, AccountId& account) const;

  std::size_t capacity_;
  Generation recent_;
  Generation older_;
};

}  // namespace postreeve
