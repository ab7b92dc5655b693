#include "app/mode_memory.h"

#include <algorithm>
#include <optional>
#include <string>

namespace postreeve {
namespace {

// Subjects are whatever was acted on: an account or a token may be called "enforce" too.
std::optional<AuditEntry> latest_choice(const AuditTrail& audit, Mode mode) {
  AuditQuery query;
  query.subject = std::string(to_text(mode));
  while (true) {
    const auto found = audit.find(query);
    if (!found || found->empty()) return std::nullopt;
    const auto chosen = std::ranges::find(*found, "mode", &AuditEntry::verb);
    if (chosen != found->end()) return *chosen;
    query.before_id = found->back().id;
  }
}

}  // namespace

Mode remembered_mode(const AuditTrail& audit) {
  const std::optional<AuditEntry> observe = latest_choice(audit, Mode::kObserve);
  const std::optional<AuditEntry> enforce = latest_choice(audit, Mode::kEnforce);
  if (!enforce) return Mode::kObserve;
  return !observe || observe->id < enforce->id ? Mode::kEnforce : Mode::kObserve;
}

}  // namespace postreeve
