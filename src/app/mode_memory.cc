#include "app/mode_memory.h"

#include <cstdint>
#include <string>

namespace postreeve {
namespace {

// The number of the latest row that says so; 0: none.
std::uint64_t latest(const AuditTrail& audit, Mode mode) {
  AuditQuery query;
  query.verb = "mode";
  query.subject = std::string(to_text(mode));
  query.most = 1;
  const auto found = audit.find(query);
  return found && !found->empty() ? found->front().id : 0;
}

}  // namespace

Mode remembered_mode(const AuditTrail& audit) {
  return latest(audit, Mode::kEnforce) > latest(audit, Mode::kObserve) ? Mode::kEnforce : Mode::kObserve;
}

}  // namespace postreeve
