// Kind "queue": holds what the account has in the mail queue, and gives it free again.
//
// What is held: the account's mail that came since the incident's first message (only_since), on request from
// the deciding event's address only (only_client), on request also the bounces it caused (bounces), as far as
// what they are about is in the queue as well.
//
// Undoing releases, in the order of arrival, what is still there of
//   * what this action held: the receipt lists the queue IDs. What somebody else had held before stays;
//   * what our gate had accepted into the hold queue (verdict HOLD). A mail server keeps no note of who held
//   a
//     message, so this is: held, of the account, and come since the incident was opened.
// In an incident that a person has confirmed, mail from the incident's networks stays on hold, and so does
// what the gate held: "queue_delete" and people decide about it.
//
// Limits: mail that is being delivered at that moment goes on. A rule of the site that holds mail of the
// account during an incident is taken for our gate.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "response/action_type.h"
#include "response/incident_mail.h"
#include "response/queue_helper_client.h"

namespace postreeve {

struct QueueOptions {
  bool only_since = true;
  bool only_client = false;
  bool with_bounces = false;
};

// One thread at a time.
class QueueAction final : public ResponseAction {
 public:
  QueueAction(QueueHelper helper, QueueOptions options, LedgerDatabase& ledger);

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] bool has_undo() const noexcept override { return true; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] Result<std::string> prepare(const Task& task) override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;
  [[nodiscard]] Result<std::string> undo(const Task& task) override;

 private:
  [[nodiscard]] bool is_meant(const MailInQueue& mail, const IncidentSpan& span, const Task& task) const;

  QueueHelper helper_;
  QueueOptions options_;
  LedgerDatabase& ledger_;
};

[[nodiscard]] std::span<const ActionKey> queue_keys() noexcept;
[[nodiscard]] Result<std::unique_ptr<ResponseAction>> make_queue(const ActionSettings& settings,
                                                                 const ActionWorld& world);

}  // namespace postreeve
