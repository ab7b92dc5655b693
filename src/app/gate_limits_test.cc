#include "app/gate_limits.h"

#include <gtest/gtest.h>

#include "gate/milter.h"
#include "gate/milter_codec.h"
#include "gate/postfix_policy.h"

namespace postreeve {
namespace {

using std::chrono::minutes;

Serving serving_with(std::optional<std::uint32_t> most_request_kib,
                     std::optional<std::chrono::seconds> idle) {
  Serving serving;
  serving.most_request_kib = most_request_kib;
  serving.idle = idle;
  return serving;
}

TEST(GateLimits, AreEachProtocolsOwnWhenNothingIsConfigured) {
  const Serving serving;
  EXPECT_EQ(as_configured(kPostfixPolicyLimits, serving).idle, kPostfixPolicyLimits.idle);
  EXPECT_EQ(as_configured(kPostfixPolicyLimits, serving).request_bytes, kPostfixPolicyLimits.request_bytes);
  EXPECT_EQ(as_configured(HttpLimits{}, serving).idle, HttpLimits{}.idle);
  EXPECT_EQ(as_configured(HttpLimits{.body_bytes = 5}, serving).body_bytes, 5U);
  EXPECT_EQ(milter_limits(serving).idle, kMilterLimits.idle);
}

TEST(GateLimits, OfPostfixOutlastTheFiveMinutesForWhichItKeepsAConnection) {
  EXPECT_GT(kPostfixPolicyLimits.idle, minutes{5});
}

TEST(GateLimits, CanBeShorterAndLonger) {
  for (const auto idle : {minutes{1}, minutes{90}}) {
    const Serving serving = serving_with(64, idle);
    EXPECT_EQ(as_configured(kPostfixPolicyLimits, serving).idle, idle);
    EXPECT_EQ(as_configured(HttpLimits{}, serving).idle, idle);
  }
}

TEST(GateLimits, OfARequestHoldForHttpToo) {
  const Serving serving = serving_with(8, std::nullopt);
  EXPECT_EQ(as_configured(kPostfixPolicyLimits, serving).request_bytes, 8192U);
  EXPECT_EQ(as_configured(HttpLimits{}, serving).body_bytes, 8192U);
}

TEST(GateLimits, DoNotCutTheMiltersFramesNorItsClientsSilence) {
  const SessionLimits limits = milter_limits(serving_with(8, minutes{1}));
  EXPECT_GE(limits.request_bytes, milter::kMostFrameBytes);
  EXPECT_EQ(limits.idle, kMilterLimits.idle);
  EXPECT_EQ(milter_limits(serving_with(8, std::chrono::hours{5})).idle, std::chrono::hours{5});
}

}  // namespace
}  // namespace postreeve
