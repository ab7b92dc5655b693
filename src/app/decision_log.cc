#include "app/decision_log.h"

#include <string>

#include <fmt/format.h>

#include "app/logfmt.h"
#include "finding/explain.h"
#include "guard/event_words.h"

namespace postreeve {
namespace {

bool matters(const Decided& decided) {
  const Observation& observation = decided.observation;
  if (observation.repeated) return false;
  if (decided.would != Action::kAccept) return true;
  if (!observation.change) return false;
  if (observation.change->observed_only) return true;
  return is_restriction(observation.change->before.level) || is_restriction(observation.change->after.level);
}

std::string sentences(const EvidenceList& evidence) {
  std::string text;
  for (const Evidence& found : evidence) {
    if (found.nats < 0.5F) continue;
    text += (text.empty() ? "" : "; ") + explain(found);
  }
  return text;
}

}  // namespace

void DecisionLog::saw(const Decided& decided) {
  if (!matters(decided)) return;
  const Verdict& verdict = decided.observation.verdict;
  std::string line =
      fmt::format("decision event={} account={} verdict={} standing={} risk={:.2f} client={} gate={}",
                  kind_of(decided.event), logfmt_value(account_of(decided.event).text()),
                  to_text(decided.would), to_text(verdict.standing.level), verdict.risk,
                  logfmt_value(client_of(decided.event)), to_text(decided.door));
  if (decided.is_observed) line += " observed=true";
  if (decided.observation.change && decided.observation.change->observed_only) line += " fuse=out";
  if (!decided.rule.empty()) line += fmt::format(" rule={}", logfmt_value(decided.rule));
  if (verdict.limit != 0) line += fmt::format(" limit={}", verdict.limit);
  if (verdict.standing.incident.known())
    line += fmt::format(" incident={}", verdict.standing.incident.to_string());
  if (const std::string text = sentences(verdict.evidence); !text.empty())
    line += fmt::format(" evidence={}", logfmt_value(text));
  logger_->warn(line);
}

}  // namespace postreeve
