// Canary recipient: an address nobody honest writes to, to which thieves send a test
// from each stolen login.
//
// Conclusive from an unfamiliar origin only: a shop on whose form somebody typed a canary is
// honest, so anywhere else the weight is 3 nats, which alone slows nobody.
#include "detect/detectors.h"

namespace postreeve {

std::optional<Evidence> weigh_canary_recipient(const Scene& scene) {
  if (scene.kind != StepKind::kRecipient || !scene.recipient.is_canary) return std::nullopt;
  constexpr double kAtUsualPlace = 3.0;
  const bool strange = scene.side == Side::kStranger;
  Evidence evidence =
      make_evidence(Reason::kCanaryHit, strange ? static_cast<double>(kMaxNats) : kAtUsualPlace,
                    {ShortText(scene.recipient.address)});
  evidence.conclusive = strange;
  return evidence;
}

}  // namespace postreeve
