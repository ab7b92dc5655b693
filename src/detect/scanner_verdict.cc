// Scanner verdicts: a virus in a message weighs 7 nats and is conclusive, spam 1.5 (scanners
// take newsletters for spam).
#include "detect/detectors.h"

namespace postreeve {

std::optional<Evidence> weigh_scanner_verdict(const Scene& scene) {
  if (scene.kind != StepKind::kScan || scene.scan == nullptr) return std::nullopt;
  if (scene.scan->result == ScanResult::kClean) return std::nullopt;
  const bool infected = scene.scan->result == ScanResult::kInfected;
  Evidence evidence = make_evidence(infected ? Reason::kInfected : Reason::kSpam, infected ? 7.0 : 1.5,
                                    {ShortText(scene.scan->scanner), ShortText(scene.scan->signature)});
  evidence.conclusive = infected;
  return evidence;
}

}  // namespace postreeve
