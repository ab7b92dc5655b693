// Kind "queue_delete": deletes the held mail of a confirmed incident, so that nobody gets a bounce.
//
// With preserve_folder each message is copied there first, with its envelope; what cannot be preserved is not
// deleted. Deleted is what came since the incident's first message and, unless only_client is false, came
// from the networks of the incident (incident_mail.h): honest mail that is held beside it stays.
//
// As long as nobody has confirmed the incident, nothing is deleted.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "response/action_type.h"
#include "response/incident_mail.h"
#include "response/queue_helper_client.h"

namespace postreeve {

struct QueueDeleteOptions {
  std::string preserve_folder;  // empty: nothing is copied
  bool only_since = true;
  bool only_client = true;
};

// One thread at a time.
class QueueDelete final : public ResponseAction {
 public:
  QueueDelete(QueueHelper helper, QueueDeleteOptions options, LedgerDatabase& ledger);

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  QueueHelper helper_;
  QueueDeleteOptions options_;
  LedgerDatabase& ledger_;
};

[[nodiscard]] std::span<const ActionKey> queue_delete_keys() noexcept;
[[nodiscard]] Result<std::unique_ptr<ResponseAction>> make_queue_delete(const ActionSettings& settings,
                                                                        const ActionWorld& world);

// Of the messages those that could be preserved; all of them without a folder. `why_not` gets the latest
// reason why one could not. kUnavailable when nothing can be written, or the helper does not answer.
[[nodiscard]] Result<std::vector<std::string>> preserve_all(QueueTalk& talk, const std::string& folder,
                                                            IncidentId incident,
                                                            const std::vector<std::string>& ids,
                                                            std::string& why_not);

}  // namespace postreeve
