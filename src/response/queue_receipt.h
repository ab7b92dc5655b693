// What undoing needs to know of the mail that the action "queue" put on hold, in at most 64 KiB.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postreeve {

struct QueueReceipt {
  // More messages than that, and the receipt names those instead that were on hold before.
  static constexpr std::size_t kMostIds = 2000;

  std::uint32_t since = 0;                     // seconds: what came earlier is none of ours
  bool is_exclusion = false;                   // `lines` are what others had held; all else is ours
  std::set<std::string, std::less<>> lines{};  // queue IDs; "ID ORIGINAL" for bounces
  // Networks that the account had long sent from when its mail was held (account_places.h): what a thief
  // teaches meanwhile is not among them.
  std::set<std::uint32_t> familiar{};

  // Whether the action holds that message.
  [[nodiscard]] bool is_ours(std::string_view line, bool is_since) const {
    return is_exclusion ? is_since && !lines.contains(line) : lines.contains(line);
  }
};

// kLimitExceeded when neither fits: thousands of messages, and thousands that others had held.
[[nodiscard]] Result<QueueReceipt> queue_receipt_for(const std::vector<std::string>& to_hold,
                                                     const std::vector<std::string>& held_before,
                                                     std::uint32_t since,
                                                     const std::vector<std::uint32_t>& familiar = {});
[[nodiscard]] std::string to_text(const QueueReceipt& receipt);
// kCorrupt. An empty text is an empty receipt.
[[nodiscard]] Result<QueueReceipt> read_queue_receipt(std::string_view text);

}  // namespace postreeve
