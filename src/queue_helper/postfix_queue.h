// Postfix's queue: its files are read directly, and changed by postsuper, postqueue and postkick.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "queue_helper/mail_queue.h"

namespace postreeve {

class PostfixQueue final : public MailQueue {
 public:
  // `configuration`: the folder of main.cf; empty: Postfix's own default. Asks postconf where the queue is.
  // kInvalidInput for a folder that others than root can write to, kUnavailable without a Postfix.
  [[nodiscard]] static Result<std::unique_ptr<PostfixQueue>> open(const std::string& configuration);

  [[nodiscard]] bool is_queue_id(std::string_view text) const override;
  [[nodiscard]] Result<std::vector<QueuedMessage>> scan(const Wanted& wanted) override;
  [[nodiscard]] Result<StoredMessage> read(const std::string& queue_id, std::size_t most_bytes) override;
  [[nodiscard]] Result<void> hold(const std::vector<QueuedMessage>& messages) override;
  // Mail that is past half of its life is queued anew (postsuper -r): Postfix counts its life from then on,
  // it gets another queue ID, and goes through content filters again.
  [[nodiscard]] Result<void> release(const std::vector<QueuedMessage>& messages, Deadline deadline) override;
  [[nodiscard]] Result<void> remove(const std::vector<QueuedMessage>& messages) override;

 private:
  struct Lifetimes {
    std::int64_t mail = 0;  // seconds; 0: Postfix tries once only
    std::int64_t bounce = 0;
  };

  PostfixQueue(std::string configuration, std::string folder, Lifetimes lifetimes);
  [[nodiscard]] Result<std::string> run(const std::string& program, std::vector<std::string> arguments,
                                        std::string input = {}) const;
  [[nodiscard]] bool is_old(const QueuedMessage& message, std::int64_t now) const;
  // `keeps_up`: the queue manager has taken in time what it was given so far.
  [[nodiscard]] Result<void> release_young(const std::vector<QueuedMessage>& messages, bool& keeps_up) const;
  [[nodiscard]] Result<void> queue_anew(const QueuedMessage& message) const;

  std::string configuration_;
  std::string folder_;  // of the queue
  Lifetimes lifetimes_;
};

// All that lies in the folders of the queue, each message once. Those that move between the active and the
// deferred queue meanwhile are looked for until nothing new is found. `before_looking` is called before each
// folder, for tests.
[[nodiscard]] std::vector<QueuedMessage> messages_in_postfix_queue(
    const std::string& folder, const Wanted& wanted,
    const std::function<void(QueueName)>& before_looking = {});

// "5d", "36h", "100" (seconds): as main.cf has it. nullopt: not so.
[[nodiscard]] std::optional<std::int64_t> read_postfix_seconds(std::string_view text);

}  // namespace postreeve
