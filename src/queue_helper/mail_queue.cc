#include "queue_helper/mail_queue.h"

#include <algorithm>
#include <tuple>

namespace postreeve {

void sort_by_arrival(std::vector<QueuedMessage>& messages) {
  std::ranges::reverse(messages);
  std::ranges::stable_sort(messages, [](const QueuedMessage& a, const QueuedMessage& b) {
    return std::tie(a.arrived, a.queue_id) < std::tie(b.arrived, b.queue_id);
  });
  const auto [first, last] = std::ranges::unique(messages, {}, &QueuedMessage::queue_id);
  messages.erase(first, last);
}

}  // namespace postreeve
