// Canary recipient: an address nobody honest writes to, to which thieves send a test
// from each stolen login.
//
// Conclusive from an unfamiliar origin only (strangeness of a half or more), where it weighs up to 8
// nats: a shop on whose form somebody typed a canary is honest, be it on its first days or on a new
// server, so anywhere else the weight is 3, which alone slows nobody.
#include "detect/detectors.h"
#include "detect/strangeness.h"

namespace postreeve {

std::optional<Evidence> weigh_canary_recipient(const Scene& scene) {
  if (scene.kind != StepKind::kRecipient || !scene.recipient.is_canary) return std::nullopt;
  constexpr double kAtUsualPlace = 3.0;
  constexpr float kConclusiveStrangeness = 0.5F;
  Evidence evidence =
      make_evidence(Reason::kCanaryHit, by_strangeness(scene, kAtUsualPlace, static_cast<double>(kMaxNats)),
                    {ShortText(scene.recipient.address)});
  evidence.conclusive = scene.side == Side::kStranger && scene.strangeness >= kConclusiveStrangeness;
  return evidence;
}

}  // namespace postreeve
