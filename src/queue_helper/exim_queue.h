// Exim's queue: its spool is read directly, and changed by exim -Mf, -Mt and -Mrm.
//
// Limits: the main queue only, no named queues (queue_name in ACLs).
#pragma once

#include <memory>
#include <span>
#include <string>

#include "queue_helper/mail_queue.h"

namespace postreeve {

class EximQueue final : public MailQueue {
 public:
  // `configuration`: a file; empty: Exim's own default. Asks Exim where its spool is. kInvalidInput for a
  // file that others than root can write to, kUnavailable without an Exim.
  [[nodiscard]] static Result<std::unique_ptr<EximQueue>> open(const std::string& configuration);

  [[nodiscard]] bool is_queue_id(std::string_view text) const override;
  [[nodiscard]] Result<std::vector<QueuedMessage>> scan(const Wanted& wanted) override;
  [[nodiscard]] Result<StoredMessage> read(const std::string& queue_id, std::size_t most_bytes) override;
  // A message that is being delivered is locked, and stays as it is.
  [[nodiscard]] Result<void> hold(const std::vector<QueuedMessage>& messages) override;
  // Thaws them, at most 20,000, and lets one process in the background deliver those in their order.
  [[nodiscard]] Result<void> release(const std::vector<QueuedMessage>& messages, Deadline deadline) override;
  [[nodiscard]] Result<void> remove(const std::vector<QueuedMessage>& messages) override;

 private:
  EximQueue(std::string program, std::string configuration, std::string folder);
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> arguments) const;
  // How many it came to before the deadline.
  [[nodiscard]] Result<std::size_t> run(const std::string& option, std::span<const QueuedMessage> messages,
                                        Deadline deadline) const;

  std::string program_;
  std::string configuration_;
  std::string folder_;  // spool/input
};

}  // namespace postreeve
