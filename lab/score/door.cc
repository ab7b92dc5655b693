#include "lab/score/door.h"

namespace postreeve::lab {
namespace {

Fate fate_of(Action action) {
  switch (action) {
    case Action::kDefer:
      return Fate::kDeferred;
    case Action::kReject:
      return Fate::kRejected;
    case Action::kHold:
      return Fate::kHeld;
    case Action::kAccept:
    case Action::kDivert:
      break;
  }
  return Fate::kOut;
}

}  // namespace

void fates_from(const MessageOutcome& outcome, std::vector<Fate>& fates) {
  fates.clear();
  for (const Action action : outcome.fates) fates.push_back(fate_of(action));
}

}  // namespace postreeve::lab
