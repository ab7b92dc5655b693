// Kind "queue_delete": deletes the held mail of a confirmed incident, so that nobody gets a bounce.
//
// Bounces about the thief's mail, be it in the queue or gone (incident_mail.h), are deleted with it, held or
// not, unless `bounces` is false: they go to people whose addresses the thief wrote under.
//
// With preserve_folder each message is copied there first, with its envelope; what cannot be preserved is not
// deleted. Deleted is what came since the incident's first message and, unless only_client is false, came
// from the networks of the incident (incident_mail.h): honest mail that is held beside it stays.
//
// As long as nobody has confirmed the incident, and as long as an action that keeps evidence of it is not
// done, nothing is deleted. A queue that is longer than one attempt has time for takes several.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "response/action_type.h"
#include "response/queue_helper_client.h"
#include "response/queue_removal.h"

namespace postreeve {

// One thread at a time.
class QueueDelete final : public ResponseAction {
 public:
  QueueDelete(QueueHelper helper, QueueRemovalOptions options, LedgerDatabase& ledger,
              AccountPlaces places = {});

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] std::string rehearse(const Task& task, std::optional<Outcome> judged) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  [[nodiscard]] Result<RemovableMail> meant(QueueTalk& talk, const Task& task,
                                            const IncidentSpan& span) const;

  QueueHelper helper_;
  QueueRemovalOptions options_;
  LedgerDatabase& ledger_;
  AccountPlaces places_;
};

[[nodiscard]] std::span<const ActionKey> queue_delete_keys() noexcept;
[[nodiscard]] Result<std::unique_ptr<ResponseAction>> make_queue_delete(const ActionSettings& settings,
                                                                        const ActionWorld& world);

}  // namespace postreeve
