// What people do with the mail queue and with sessions from the command line: `queue
// list|hold|release|delete` and `sessions list|kick`, each first as a preview.
//
// Made from the settings of an action "queue" (or "queue_delete") and of an action "sessions". Any thread;
// each call blocks up to half a minute.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "finding/standing.h"
#include "mail/account_id.h"
#include "response/actions.h"
#include "response/doveadm.h"
#include "response/queue_helper_client.h"
#include "store/ledger/database.h"

namespace postreeve {

// Whose mail: the account's, or of it what belongs to an incident.
struct MailScope {
  AccountId account;  // empty: the incident's
  IncidentId incident;
};

enum class QueueVerb : std::uint8_t { kHold, kRelease, kDelete };
[[nodiscard]] std::optional<QueueVerb> queue_verb_from(std::string_view text) noexcept;  // "hold"

struct QueueChange {
  std::vector<MailInQueue> messages;  // that are meant, oldest first, as they were before
  std::vector<QueueResult> results;   // none of a dry run
  std::string says;                   // "would release 3 messages", "released 3 of 3 messages"
};

class QueueDesk {
 public:
  QueueDesk(QueueHelper helper, std::string preserve_folder, LedgerDatabase& ledger);

  // kNotFound: no such incident; kInvalidInput: an account that is not the incident's.
  [[nodiscard]] Result<std::vector<MailInQueue>> list(const MailScope& scope) const;
  // Delete means mail that is on hold or waits (which is held first); it is preserved where the action
  // preserves. Release and delete of an incident mean what came since its first message.
  [[nodiscard]] Result<QueueChange> change(QueueVerb verb, const MailScope& scope, bool is_dry_run) const;

 private:
  [[nodiscard]] Result<std::vector<MailInQueue>> meant(QueueTalk& talk, const MailScope& scope) const;
  [[nodiscard]] Result<AccountId> account_of(const MailScope& scope) const;
  [[nodiscard]] Result<std::vector<QueueResult>> act(QueueVerb verb, QueueTalk& talk, IncidentId incident,
                                                     const std::vector<MailInQueue>& messages) const;

  QueueHelper helper_;
  std::string preserve_folder_;
  LedgerDatabase& ledger_;
};

// From the first action of type "queue_delete" (which may preserve), else "queue"; nullopt without either.
[[nodiscard]] std::optional<QueueDesk> queue_desk_of(const std::vector<ConfiguredAction>& configured,
                                                     LedgerDatabase& ledger);
// From the first action of type "sessions"; nullopt without one.
[[nodiscard]] std::optional<Doveadm> doveadm_of(const std::vector<ConfiguredAction>& configured);

}  // namespace postreeve
