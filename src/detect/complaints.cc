// Complaints: people who got the account's mail and called it abuse.
//
// A Poisson ratio over the complaints k of the last days about mail to n recipients:
//   k ln(p1 / p0) - n (p1 - p0)
// p1 = 0.5 % of the recipients of a spam run (0.3 to 1 %), at least three times p0; p0 the
// account's own rate with a prior of 10 in 20,000, between 0.02 and 0.3 % (honest newsletters
// have 0.02 to 0.1 %). A rate of 0.1 % thus speaks for the owner, one of 0.3 % against.
// n is what was sent within a day, or a week's usual mail if that is more: complaints come late.
//
// About mail from established places nothing is said below three complaints, and at most 4 nats:
// one in a hundred honest senders annoys people himself. A complaint about what a stranger sent
// weighs from the first one, up to 6. One of fraud or a virus adds a nat.
//
// Limits: few providers have feedback loops, and they report hours to days after the mail;
// many leave out who complained, so that a report sent twice counts twice.
#include "detect/complaints.h"

#include <algorithm>
#include <cmath>

#include "base/ascii.h"
#include "detect/detectors.h"

namespace postreeve {
namespace {

constexpr double kSpamRate = 0.005;
constexpr double kPriorComplaints = 10;
constexpr double kPriorRecipients = 20'000;
constexpr double kLeastRate = 0.0002;
constexpr double kMostRate = 0.003;
constexpr double kLeastComplaints = 3;
constexpr double kMostOfOwner = 4.0;
constexpr double kMostOfStranger = 6.0;
constexpr double kGrave = 1.0;
// Rates forget by half in 30 days of use: their sum is that of some 43 days.
constexpr double kWeeks = 6;

double owner_rate(const Rates& rates) noexcept {
  const double complaints = static_cast<double>(rates.complaints) + kPriorComplaints;
  const double recipients = static_cast<double>(rates.recipients) + kPriorRecipients;
  return std::clamp(complaints / recipients, kLeastRate, kMostRate);
}

double recipients_of(const Scene& scene) noexcept {
  const double today = scene.activity.recipients_day.count(scene.time);
  if (scene.side != Side::kStranger)
    return std::max(today, static_cast<double>(scene.record.profile.rates.recipients) / kWeeks);
  const double out = scene.record.stranger == nullptr ? 0 : scene.record.stranger->outgo.recipients;
  return std::max(today, out);
}

}  // namespace

bool is_complaint(std::string_view feedback_type) noexcept {
  constexpr std::string_view kNone[] = {"not-spam",     "opt-out", "opt-out-list",
                                        "auth-failure", "dkim",    "dmarc"};
  return std::ranges::none_of(
      kNone, [&](std::string_view none) { return equals_ignoring_case(none, feedback_type); });
}

bool is_grave_complaint(std::string_view feedback_type) noexcept {
  return equals_ignoring_case(feedback_type, "fraud") || equals_ignoring_case(feedback_type, "virus");
}

std::optional<Evidence> weigh_complaints(const Scene& scene) {
  if (scene.kind != StepKind::kComplaint) return std::nullopt;
  const bool strangers = scene.side == Side::kStranger;
  const double complaints = scene.activity.complaints.count(scene.time) + 1;
  if (!strangers && complaints < kLeastComplaints) return std::nullopt;
  const double honest = owner_rate(scene.record.profile.rates);
  const double spam = std::max(kSpamRate, 3 * honest);
  const double recipients = recipients_of(scene);
  const double ratio = complaints * std::log(spam / honest) - recipients * (spam - honest);
  if (ratio <= 0) return std::nullopt;
  const double nats =
      std::min(strangers ? kMostOfStranger : kMostOfOwner, ratio + (scene.is_grave ? kGrave : 0));
  return make_evidence(
      strangers ? Reason::kComplaintsOfStranger : Reason::kComplaints, nats,
      {std::llround(complaints), std::llround(std::max(recipients, complaints)), std::llround(1 / honest)});
}

}  // namespace postreeve
