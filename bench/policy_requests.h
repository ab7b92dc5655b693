// What mail servers would ask a gate while accounts live as in lives.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "bench/lives.h"

namespace postreeve::bench {

// What is asked about one message.
struct Transaction {
  Timestamp time{};
  std::vector<std::string> requests;
};

using MakeTransaction = Transaction (*)(const Life& life, const Act& act, std::uint64_t message);
// Postfix's policy protocol: a request for each recipient, then DATA, then END-OF-MESSAGE.
[[nodiscard]] Transaction policy_transaction(const Life& life, const Act& act, std::uint64_t message);
// The milter protocol as Postfix speaks it: a new client with MAIL, each RCPT, header and body at once.
[[nodiscard]] Transaction milter_transaction(const Life& life, const Act& act, std::uint64_t message);
// Dovecot's auth policy: whether the login may go on, then that it went well.
[[nodiscard]] Transaction auth_transaction(const Life& life, const Act& act, std::uint64_t message);

// Whether `reply` answers a request of that protocol: replies end differently.
[[nodiscard]] bool is_whole_policy_reply(std::string_view reply);
[[nodiscard]] bool is_whole_milter_reply(std::string_view reply);
[[nodiscard]] bool is_whole_http_reply(std::string_view reply);

// The messages of some accounts, day by day.
class Traffic {
 public:
  explicit Traffic(std::uint64_t accounts, MakeTransaction make = policy_transaction);

  // By another protocol from now on.
  void tell_by(MakeTransaction make) { make_ = make; }

  // In the order of time.
  [[nodiscard]] std::vector<Transaction> next_day();

 private:
  MakeTransaction make_;
  std::vector<Life> lives_;
  std::uint32_t day_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace postreeve::bench
