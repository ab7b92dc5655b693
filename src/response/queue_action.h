// Kind "queue": holds what the account has in the mail queue, and gives it free again.
//
// What is held: the account's mail that came since the incident's first message (only_since), on request from
// the deciding event's address only (only_client; from the incident's networks where what decided has none,
// as a person's word or a bounce, and from everywhere where these are unknown too), on request also the
// bounces it caused (bounces): those about mail that is in the queue as well, and about the stranger's that
// is gone, as far as clues of it were kept.
//
// Undoing concerns what is still there of
//   * what this action held: the receipt lists the queue IDs. What somebody else had held before stays;
//   * what our gate had accepted into the hold queue (verdict HOLD). A mail server keeps no note of who held
//     a message, so this is: held, of the account, and come since the incident was opened, unless nothing
//     was restricted in it. For that no receipt is needed.
// What came since the account's next incident is that one's, unless it is dismissed.
// In an incident that a person has dismissed all of it is released, in the order of arrival. Else only what
// came from networks that the account had long sent from when it was held, and that are none of the
// incident's: a restriction that ends by itself, or that somebody lifts, says nothing about whose mail the
// rest is. That stays on hold until a person confirms ("queue_delete") or dismisses.
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
#include "response/queue_receipt.h"

namespace postreeve {

struct QueueOptions {
  bool only_since = true;
  bool only_client = false;
  bool with_bounces = false;
};

// One thread at a time.
class QueueAction final : public ResponseAction {
 public:
  QueueAction(QueueHelper helper, QueueOptions options, const ActionWorld& world);

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] bool has_undo() const noexcept override { return true; }
  [[nodiscard]] bool undo_awaits_judgement() const noexcept override { return true; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] std::string rehearse(const Task& task, std::optional<Outcome> judged) const override;
  [[nodiscard]] Result<std::string> prepare(const Task& task) override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;
  [[nodiscard]] Result<std::string> undo(const Task& task) override;

 private:
  // What undoing does with what is on hold: lines for the helper, and how many messages stay.
  struct Sorted {
    std::vector<std::string> to_release;
    std::size_t kept = 0;
    Outcome outcome{};
  };
  [[nodiscard]] Result<Sorted> sort_out(QueueTalk& talk, const Task& task,
                                        std::optional<Outcome> judged) const;
  // Lines of what is to be held, and is not yet.
  [[nodiscard]] Result<std::vector<std::string>> still_to_hold(QueueTalk& talk, const Task& task) const;
  [[nodiscard]] Result<BounceOriginals> originals_in(const std::vector<MailInQueue>& queue,
                                                     const Task& task) const;
  // Whether it is the owner's, whoever says so.
  [[nodiscard]] bool is_honest(const MailInQueue& mail, const IncidentSpan& span,
                               const QueueReceipt& receipt) const;
  [[nodiscard]] bool is_meant(const MailInQueue& mail, const IncidentSpan& span, const Task& task) const;

  QueueHelper helper_;
  QueueOptions options_;
  LedgerDatabase& ledger_;
  AccountPlaces places_;
};

[[nodiscard]] std::span<const ActionKey> queue_keys() noexcept;
[[nodiscard]] Result<std::unique_ptr<ResponseAction>> make_queue(const ActionSettings& settings,
                                                                 const ActionWorld& world);

}  // namespace postreeve
