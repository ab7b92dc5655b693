#include "app/mode_memory.h"

#include <cstdint>
#include <string>

namespace postreeve {
namespace {

// The number of the latest row that says so; 0: none.
Result<std::uint64_t> latest(const AuditTrail& audit, Mode mode) {
  AuditQuery query;
  query.verb = "mode";
  query.subject = std::string(to_text(mode));
  query.most = 1;
  const auto found = audit.find(query);
  if (!found) return fail(found.error());
  return found->empty() ? 0 : found->front().id;
}

}  // namespace

Result<Mode> remembered_mode(const AuditTrail& audit) {
  const auto enforce = latest(audit, Mode::kEnforce);
  const auto observe = latest(audit, Mode::kObserve);
  if (!enforce) return fail(enforce.error());
  if (!observe) return fail(observe.error());
  return *enforce > *observe ? Mode::kEnforce : Mode::kObserve;
}

}  // namespace postreeve
