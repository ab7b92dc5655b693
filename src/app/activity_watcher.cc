#include "app/activity_watcher.h"

#include <algorithm>
#include <variant>

#include "guard/event_words.h"

namespace postreeve {

bool ActivityWatcher::wants(const AccountId& account) const {
  return std::ranges::find(domains_, account.domain()) != domains_.end();
}

void ActivityWatcher::saw(const Decided& decided) {
  if (decided.observation.repeated || domains_.empty() || !wants(account_of(decided.event))) return;
  const auto* login = std::get_if<Login>(&decided.event);
  const auto* message = std::get_if<Submission>(&decided.event);
  if (message == nullptr && (login == nullptr || !login->success)) return;
  ActivityRow row;
  row.account = account_of(decided.event);
  row.time = time_of(decided.event);
  row.kind = kind_of(decided.event);
  row.client = client_of(decided.event);
  row.country = decided.observation.country;
  if (message != nullptr) row.recipients = message->recipient_count;
  row.action = to_text(decided.action);
  book_.add(std::move(row));
}

}  // namespace postreeve
