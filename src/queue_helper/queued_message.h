// A message in a mail server's queue: what the privileged helper tells of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postreeve {

enum class QueueName : std::uint8_t {
  kIncoming,
  kActive,  // under way (Exim: whatever is not frozen)
  kDeferred,
  kHold,  // Exim: frozen
};
[[nodiscard]] constexpr std::string_view to_text(QueueName name) noexcept {
  switch (name) {
    case QueueName::kIncoming:
      return "incoming";
    case QueueName::kActive:
      return "active";
    case QueueName::kDeferred:
      return "deferred";
    case QueueName::kHold:
      return "hold";
  }
  return "";
}

// Texts are as the server's file has them: any bytes.
struct QueuedMessage {
  std::string queue_id;
  QueueName queue{};
  std::string login;           // SASL login as it was typed; empty: without one
  std::string client_address;  // empty: made on this machine
  std::string sender;          // envelope sender; empty: the null sender
  bool is_local = false;       // made by the server itself: a bounce, a warning
  std::int64_t arrived = 0;    // microseconds since the epoch: when the client began to send it
  // Seconds since the epoch: when it came into the queue, the first recipient having been accepted. From here
  // on Postfix counts until it gives up; `postsuper -r` sets it anew and leaves `arrived` alone.
  std::int64_t created = 0;
  std::uint64_t size = 0;               // bytes
  std::vector<std::string> recipients;  // still to be served; the first kMostListedRecipients in a list
  std::uint32_t open_recipients = 0;    // how many there are
  std::uint32_t done_recipients = 0;
  // Of a bounce: the queue IDs and Message-IDs (in <>) of what it is about.
  std::vector<std::string> bounce_of;
};

inline constexpr std::size_t kMostListedRecipients = 20;

// Letters and digits only: what may be an argument of postsuper, or a file's name.
[[nodiscard]] bool is_postfix_queue_id(std::string_view text) noexcept;
// "1xUvDu-0003Kj-2j", "1xUvDu-0000000CkHm-2jkl" (4.97 and later).
[[nodiscard]] bool is_exim_message_id(std::string_view text) noexcept;

}  // namespace postreeve
