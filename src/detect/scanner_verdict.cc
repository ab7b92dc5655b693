// Scanner verdicts: a virus found in a message weighs 7 nats and is conclusive; what only looks like one 2,
// spam 1.5 (scanners take newsletters for spam).
//
// ClamAV answers FOUND likewise for what its signatures know and for what its heuristics, its class of
// unwanted programs and signatures of third parties (".UNOFFICIAL") suspect. Honest mail meets the latter
// every day: a link whose text names another domain is "Heuristics.Phishing.Email.SpoofedDomain".
#include <string_view>

#include "detect/detectors.h"

namespace postreeve {
namespace {

bool is_suspicion(std::string_view signature) noexcept {
  return signature.starts_with("Heuristics.") || signature.starts_with("PUA.") ||
         signature.ends_with(".UNOFFICIAL");
}

Evidence found(Reason reason, double nats, const Scan& scan) {
  return make_evidence(reason, nats, {ShortText(scan.scanner), ShortText(scan.signature)});
}

}  // namespace

std::optional<Evidence> weigh_scanner_verdict(const Scene& scene) {
  if (scene.kind != StepKind::kScan || scene.scan == nullptr) return std::nullopt;
  const Scan& scan = *scene.scan;
  if (scan.result == ScanResult::kClean) return std::nullopt;
  if (scan.result == ScanResult::kSpam) return found(Reason::kSpam, 1.5, scan);
  if (is_suspicion(scan.signature)) return found(Reason::kLooksInfected, 2.0, scan);
  Evidence evidence = found(Reason::kInfected, 7.0, scan);
  evidence.conclusive = true;
  return evidence;
}

}  // namespace postreeve
