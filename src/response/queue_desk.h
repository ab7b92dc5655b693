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
#include "response/account_places.h"
#include "response/actions.h"
#include "response/doveadm.h"
#include "response/queue_helper_client.h"
#include "response/queue_removal.h"
#include "store/ledger/database.h"

namespace postreeve {

// Whose mail: the account's, or of it what belongs to an incident.
struct MailScope {
  AccountId account;  // empty: the incident's
  IncidentId incident;
};

enum class QueueVerb : std::uint8_t { kHold, kRelease, kDelete };
[[nodiscard]] std::optional<QueueVerb> queue_verb_from(std::string_view text) noexcept;  // "hold"

struct QueueOrder {
  QueueVerb verb{};
  bool is_dry_run = false;
  // To delete an incident's mail although nobody has confirmed it, to release it although somebody has, or
  // either although its evidence is not kept.
  bool is_forced = false;
};

struct QueueChange {
  std::vector<MailInQueue> messages;  // that are meant, oldest first, as they were before
  std::vector<QueueResult> results;   // none of a dry run
  // "would release 3 messages of ...", "released 3 of 3 messages of ...", and what stays
  std::string says;
};

class QueueDesk {
 public:
  QueueDesk(QueueHelper helper, QueueRemovalOptions removal, LedgerDatabase& ledger,
            AccountPlaces places = {});

  // Of an incident: what came since its first message and from its networks, as far as the action
  // "queue_delete" minds either; from everywhere where no network is known. kNotFound: no such incident;
  // kInvalidInput: an account that is not the incident's.
  [[nodiscard]] Result<std::vector<MailInQueue>> list(const MailScope& scope) const;
  // Of an account: delete means all its mail, on hold or not (it is held first). Of an incident: hold and
  // release mean of what list() shows what is not held, or is; delete what the action "queue_delete" would
  // (removable_mail). kConflict, unless forced, to delete when nobody has confirmed it, to release when
  // somebody has, and for both when its evidence is not kept. Mail is copied first where the action does.
  // kUnavailable "412 deleted, 1900 to go" when time is up.
  [[nodiscard]] Result<QueueChange> change(const QueueOrder& order, const MailScope& scope) const;

 private:
  struct Meant;
  [[nodiscard]] Result<Meant> meant(QueueTalk& talk, const MailScope& scope,
                                    std::optional<QueueOrder> order) const;
  [[nodiscard]] Result<AccountId> account_of(const MailScope& scope) const;
  [[nodiscard]] Result<IncidentSpan> span_of(IncidentId incident) const;
  // kConflict when the order needs to be forced.
  [[nodiscard]] Result<void> may_change(const QueueOrder& order, IncidentId incident) const;
  // What came of each message; `says` gets what is to be said beside.
  [[nodiscard]] Result<std::vector<QueueResult>> act(QueueVerb verb, QueueTalk& talk, IncidentId incident,
                                                     const Meant& meant, std::string& says) const;

  QueueHelper helper_;
  QueueRemovalOptions removal_;
  LedgerDatabase& ledger_;
  AccountPlaces places_;
};

// From the first action of type "queue_delete" (which may preserve), else "queue"; nullopt without either.
[[nodiscard]] std::optional<QueueDesk> queue_desk_of(const std::vector<ConfiguredAction>& configured,
                                                     const ActionWorld& world);
// From the first action of type "sessions"; nullopt without one.
[[nodiscard]] std::optional<Doveadm> doveadm_of(const std::vector<ConfiguredAction>& configured);

}  // namespace postreeve
