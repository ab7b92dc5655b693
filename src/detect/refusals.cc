// Refusals: what destination servers say about the account's mail, a sequential
// probability ratio test (Wald) over delivery reports.
//
// t1 = 30 % for spam lists (10-50 %). t0 is the account's own decayed rate, at least 1 %: with
// 1 % a refused recipient gives +3.4 nats, a delivered one -0.35. An account without answers
// starts at t0 = 5 % (+1.8 and -0.3) and comes to its own rate within 200 of them: it may be a
// relay with dead addresses. What came back today is not in t0, or a run would be measured by itself. A relay
// with 13 % bounces for months has t0 = 13 % and gathers little. Always against what the others of the
// platform get from the same destination in the same hour: when our own address is listed there, t0 is that
// share, and nobody is accused. What the account itself got is left out, or on a small server a thief would
// be excused by his own run; of its answers the day's are known, not the hour's, so that rather too much is
// left out. A refusal that blames our address by its words does not come here at all (mail/delivery_reply.h).
//
// From the sum (0 to 12) recipients of the day without an answer take 0.1 each, and many
// deliveries of the day ln(1 + deliveries / 10); and it says at most 2 more than the whole day does, or an
// honest mailing would be accused by the one corner of its list that is old. Below three refusals nothing
// is said. But for strangers at most 6 nats, less while the account is young: old lists of honest people are
// refused, too. Up to 2 more for a day that no old list explains, by the same test against one of which 15 %
// is dead (docs/decisions/0040): so a machine that somebody else uses from the owner's own place stands out.
//
// Limits: answers come seconds to days after the mail; a list without dead addresses
// gives none.
#include "detect/refusals.h"

#include <algorithm>
#include <cmath>

#include "detect/detectors.h"
#include "detect/excess.h"
#include "sketch/cusum.h"

namespace postreeve {
namespace {

constexpr double kSpamRate = 0.30;
constexpr double kHonestRate = 0.01;
constexpr double kPriorAnswers = 20;
// Of an account with few answers nobody knows yet whether it is a relay with dead addresses.
constexpr double kUnknownRate = 0.05;
constexpr double kUnknownAnswers = 40;
constexpr std::uint32_t kLeastRefusals = 3;
constexpr float kLeastEverybody = 8;  // answers to others from a destination that tell something
// A blow for the content or the sender (5.7.x) is a stronger sign than a dead mailbox.
constexpr double kPolicyBonus = 0.5;
// Refusals come back sooner than deliveries: recipients without an answer speak a little for
// the owner, or a newsletter would be accused by the first four dead addresses of its list.
constexpr double kPending = 0.1;
constexpr double kAnswersForOneTrial = 10;
// The sum since its worst moment may say so much more than the whole day.
constexpr double kWorstMoment = 2.0;
constexpr double kMostAtUsualPlace = 6.0;
constexpr double kOldListRate = 0.15;
constexpr double kMostBeyondOldLists = 2.0;

double owner_rate(const AccountProfile& profile, const AnswerFacts& answer) noexcept {
  const double refused = std::max(0.0, static_cast<double>(profile.rates.refused) - answer.refused_today);
  const double delivered =
      std::max(0.0, static_cast<double>(profile.rates.delivered) - answer.delivered_today);
  const double answers = refused + delivered;
  // The prior fades from the unknown rate to the honest one as answers come.
  const double known = std::min(1.0, answers / (5 * kUnknownAnswers));
  const double prior = (1 - known) * kUnknownRate + known * kHonestRate;
  const double weight = (1 - known) * kUnknownAnswers + known * kPriorAnswers;
  return std::clamp((refused + prior * weight) / (answers + weight), kHonestRate, 0.9);
}

double rate_of_others(const AnswerFacts& answer) noexcept {
  const auto without = [](float all, std::uint32_t own) {
    return std::max(0.0F, all - static_cast<float>(own));
  };
  const float refused = without(answer.everybody.refused, answer.refused_today);
  const float answers = refused + without(answer.everybody.delivered, answer.delivered_today);
  if (answers < kLeastEverybody) return 0;
  return static_cast<double>(refused / answers);
}

// Recipients of the last day that no answer has come for yet.
double pending(const Scene& scene) noexcept {
  const Activity& activity = scene.activity;
  const double answers =
      activity.delivered_day.count(scene.time) + activity.refused_day.count(scene.time) + 1.0;
  return std::max(0.0, activity.recipients_day.count(scene.time) - answers);
}

// Below certainty, or the one delivery among everybody's refusals would accuse.
double expected_rate(const AccountProfile& profile, const AnswerFacts& answer) noexcept {
  return std::min(0.95, std::max(owner_rate(profile, answer), rate_of_others(answer)));
}

double step_of(double expected, bool refused) noexcept {
  return novelty_llr(refused, expected, std::max(kSpamRate, expected));
}

// The whole day's answers, without the choice of the worst moment to begin at.
double sum_of_day(const Scene& scene, double expected) noexcept {
  return (scene.activity.refused_day.count(scene.time) + 1) * step_of(expected, true) +
         scene.activity.delivered_day.count(scene.time) * step_of(expected, false);
}

// What is left when the day is compared with an old list.
double beyond_old_lists(const Scene& scene, double expected) noexcept {
  const double sum = sum_of_day(scene, std::max(kOldListRate, expected)) - kPending * pending(scene);
  return std::clamp(sum, 0.0, kMostBeyondOldLists);
}

}  // namespace

bool is_refusal(DeliveryStatus status, const EnhancedStatus& dsn) noexcept {
  return status == DeliveryStatus::kBounced && !dsn.is_transient();
}

double refusal_step(const AccountProfile& profile, const AnswerFacts& answer) noexcept {
  const double step = step_of(expected_rate(profile, answer), answer.refused);
  const bool policy = answer.refused && answer.dsn.subject == 7 && step > 1;
  return policy ? step + kPolicyBonus : step;
}

std::optional<Evidence> weigh_refusals(const Scene& scene) {
  if (scene.kind != StepKind::kDelivery || !scene.answer.refused) return std::nullopt;
  // Whoever gets thousands of answers a day sees three refusals in a row every day.
  const double many = std::log1p(scene.activity.delivered_day.count(scene.time) / kAnswersForOneTrial);
  const double sum = scene.activity.refusals + refusal_step(scene.record.profile, scene.answer) -
                     kPending * pending(scene) - many;
  const std::uint32_t refused = scene.activity.refused_day.count(scene.time) + 1;
  const double expected = expected_rate(scene.record.profile, scene.answer);
  const double most = most_at(scene, kMostAtUsualPlace) + beyond_old_lists(scene, expected);
  const double nats = std::min({sum, sum_of_day(scene, expected) + kWorstMoment, most});
  if (nats <= 0 || refused < kLeastRefusals) return std::nullopt;
  const std::uint32_t answers = refused + scene.activity.delivered_day.count(scene.time);
  return make_evidence(Reason::kRefusedRecipients, nats,
                       {static_cast<std::int64_t>(refused), static_cast<std::int64_t>(answers),
                        ShortText(scene.answer.dsn.to_string())});
}

}  // namespace postreeve
