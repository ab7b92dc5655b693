#include "app/mode_memory.h"

#include <optional>
#include <string>

namespace postreeve {

Mode remembered_mode(const AuditTrail& audit) {
  std::optional<AuditEntry> latest;
  for (const Mode mode : {Mode::kObserve, Mode::kEnforce}) {
    AuditQuery query;
    query.subject = std::string(to_text(mode));
    query.most = 1;
    const auto found = audit.find(query);
    if (!found || found->empty() || found->front().verb != "mode") continue;
    if (!latest || found->front().id > latest->id) latest = found->front();
  }
  return latest && latest->subject == to_text(Mode::kEnforce) ? Mode::kEnforce : Mode::kObserve;
}

}  // namespace postreeve
