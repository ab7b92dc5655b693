#include "app/gate_limits.h"

#include <algorithm>
#include <cstddef>

#include "gate/milter.h"
#include "gate/milter_codec.h"

namespace postreeve {
namespace {

constexpr std::size_t kKib = 1024;

}  // namespace

SessionLimits as_configured(SessionLimits own, const Serving& serving) {
  if (serving.most_request_kib) own.request_bytes = *serving.most_request_kib * kKib;
  if (serving.idle) own.idle = *serving.idle;
  return own;
}

HttpLimits as_configured(HttpLimits own, const Serving& serving) {
  if (serving.most_request_kib) own.body_bytes = *serving.most_request_kib * kKib;
  if (serving.idle) own.idle = *serving.idle;
  return own;
}

SessionLimits milter_limits(const Serving& serving) {
  SessionLimits limits = kMilterLimits;
  static_assert(kMilterLimits.request_bytes >= milter::kMostFrameBytes);
  if (serving.idle) limits.idle = std::max(limits.idle, *serving.idle);
  return limits;
}

}  // namespace postreeve
